"""A reader's choice among the figures: of which weeks, which part and which group of categories. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from backend.common.errors import NotFound
from backend.insights.selectors.extents import Reach
from backend.insights.shapes import USUAL_WEEKS, Narrowing, Period, weeks_until
from backend.rulebook.wording import Group

WEEKS = (4, 12, 26, 52)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A reader's choice, as the address of the page says it."""

    weeks: int
    part: UUID | None
    group: Group | None

    @property
    def query(self) -> str:
        """The choice as part of an address."""
        return urlencode({"weeks": self.weeks, "part": self.part or "", "group": self.group or ""})

    def narrowing(self, reach: Reach) -> Narrowing:
        """Return the choice as figures take it; raise NotFound for what the reader does not count."""
        of = {"school": self.part} if reach.by_school else {"office": self.part}
        narrowing = Narrowing(group=self.group, **of)
        reach.check(narrowing)
        return narrowing

    def period(self, reach: Reach, now: datetime) -> Period:
        """Return its weeks, the last of which is the present one of the reader's school."""
        return weeks_until(today=reach.today(now), weeks=self.weeks)


def chosen_of(given: Mapping[str, str]) -> Chosen:
    """Return what an address or a form chooses; what cannot be read is the usual, or raises NotFound."""
    weeks = next((one for one in WEEKS if given.get("weeks") == str(one)), USUAL_WEEKS)
    group = next((one for one in Group if given.get("group") == one), None)
    try:
        return Chosen(weeks, UUID(given["part"]) if given.get("part") else None, group)
    except ValueError as error:
        raise NotFound from error

"""The periods for which a school keeps what names people or holds words: their shape, bounds and values. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext

from backend.common.file_faults import Fault, fault
from backend.common.file_shapes import closed

DAYS = {"type": "string", "pattern": r"^\d{1,4}d$"}
YEAR = 365
BOUNDS: Mapping[str, tuple[int, int]] = {
    "tickets": (YEAR, 10 * YEAR),
    "sealed_tickets": (3 * YEAR, 20 * YEAR),
    "callers": (1, 30),
    "patrols": (YEAR, 10 * YEAR),
    "news": (YEAR, 3 * YEAR),
}
"""By what is kept, the fewest and the most days that a rulebook may say; the database refuses to forget it sooner."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how many days each is kept: tickets from their end, of callers too; all else from when it was written."""

    tickets: int = 3 * YEAR
    sealed_tickets: int = 12 * YEAR
    callers: int = 30
    patrols: int = YEAR
    news: int = YEAR

    def of(self, what: str) -> timedelta:
        """Return the period of one of them."""
        return timedelta(days=getattr(self, what))


USUAL_KEEPING = Keeping()
"""The periods of a rulebook that says nothing; of class K2: nine years at school, and three more."""
KEEPING_SHAPE = closed(dict.fromkeys(BOUNDS, DAYS), optional=tuple(BOUNDS))


def keeping_read(content: Mapping[str, str]) -> Keeping:
    """Return the periods of the checked content of a rulebook file."""
    return Keeping(**{what: _days(said) for what, said in content.items()})


def keeping_faults(content: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield each period that lies outside its bounds."""
    for what, said in content.get("keeping", {}).items():
        fewest, most = BOUNDS[what]
        if not fewest <= _days(said) <= most:
            words = _("this is kept for at least %(fewest)s days and at most %(most)s.")
            yield fault(("keeping", what), words, fewest=fewest, most=most)


def days_said(days: int) -> str:
    """Return a period in words: in years where it is whole ones."""
    years, rest = divmod(days, YEAR)
    if years and not rest:
        return ngettext("%(n)d year", "%(n)d years", years) % {"n": years}
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def _days(said: str) -> int:
    return int(said.removesuffix("d"))

"""The holes of a school's rules in words: what is missing, and at which step of setting it up that is mended. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.duty.reach import PassedOver
from backend.organisation.models import Unit
from backend.organisation.roles import Role
from backend.portal.reach_rows import names_said
from backend.rulebook.selectors.reaching import ReachTable

ABOVE = frozenset({Role.BUREAU_OFFICER, Role.BOARD_CHAIR})
"""The posts above the principal; a school that has none of them chooses so in its rules."""
OPTIONAL = frozenset({Role.REPORTER, Role.HANDLER, Role.DUTY_LEADER})
"""The posts that many schools leave empty, because another one answers for them; they are named where none other is."""
WHY: dict[PassedOver, Promise] = {
    PassedOver.NO_CHANNEL: gettext_lazy("They hold a post, but have no address at which they could be reached:"),
    PassedOver.ABSENT: gettext_lazy("They are away at times without anybody in their place; enter deputies:"),
    PassedOver.CLOSED: gettext_lazy("They hold a post, but their accounts are closed; give it to somebody else:"),
}


@dataclass(frozen=True, slots=True)
class Hole:
    """One thing that is missing, the names concerned, and the key of the step at which it is mended."""

    words: str | Promise
    names: str
    step: str


def holes_said(*, table: ReachTable) -> list[Hole]:
    """Return what to do so that every step reaches somebody."""
    return list(_holes(table))


def _holes(table: ReachTable) -> Iterator[Hole]:
    vacant = table.causes.vacant
    theirs: dict[Role, Sequence[UUID]] = {role: found for role, found in vacant.items() if role != Role.BUREAU_OFFICER}
    here = {role: units for role, units in theirs.items() if role not in OPTIONAL} or theirs
    if here:
        yield Hole(_("Nobody holds these posts:"), names_said(_posts(here, table.units)), "people")
    if not ABOVE.isdisjoint(vacant):
        above = (str(role.label) for role in vacant if role in ABOVE)
        words = _("Choose who is told when even the principal does not act; so far it is a post that nobody holds:")
        yield Hole(words, names_said(above), "rules")
    for reason, people in table.causes.people.items():
        yield Hole(WHY[reason], names_said(table.people[one] for one in people), "people")
    if table.lacks_office:
        yield Hole(_("The rules name an office that the school does not have. Choose one of yours."), "", "rules")


def _posts(vacant: Mapping[Role, Sequence[UUID]], units: Mapping[UUID, Unit]) -> Iterable[str]:
    for role, found in vacant.items():
        words = {"role": role.label, "units": names_said(str(units[one]) for one in found)}
        yield _("%(role)s (%(units)s)") % words if found else str(role.label)

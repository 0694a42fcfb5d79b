"""The annexes of a response plan, of the data of the day: who answers at which number, and who is on duty."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from backend.duty.models import DutyShift, DutySlot
from backend.duty.selectors import shifts_visible
from backend.duty.words import KINDS
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.portal.telephones import TelephoneBook, telephone_book

DAYS_SHOWN = timedelta(days=7)
MOST_SHIFTS = 60


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """A shift with its place, and who serves in it as what."""

    shift: DutyShift
    kind: str
    people: Sequence[str]


@dataclass(frozen=True, slots=True)
class Annexes:
    """The directory and telephone list of a school, and its rosters of the coming week, as somebody may see them."""

    book: TelephoneBook
    shifts: Sequence[ShiftLine]


def annexes_of(*, actor: Actor, school: School, now: datetime) -> Annexes:
    """Return what is printed behind each plan of a school; nothing of it is kept with the plan."""
    rows = shifts_visible(actor=actor).filter(school=school, ends_at__gt=now, starts_at__lt=now + DAYS_SHOWN)
    found = rows.order_by("starts_at", "id")[:MOST_SHIFTS]
    return Annexes(telephone_book(actor=actor, school=school, now=now), [_line(row) for row in found])


def _line(row: DutyShift) -> ShiftLine:
    leads, serves = _("%(name)s (leads)"), "%(name)s"
    people = [
        (leads if slot.part == DutySlot.Part.LEADER else serves) % {"name": slot.person.name}
        for slot in row.slots.all()
    ]
    return ShiftLine(row, str(KINDS[row.kind]), people)

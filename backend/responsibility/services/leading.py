"""Setting up the group that leads safety at a school, from a day on, and letting it end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from backend.organisation.actors import Actor
from backend.organisation.models import School, Unit
from backend.organisation.permissions import Permission
from backend.organisation.roles import UNIT_ROLES, Role
from backend.responsibility.errors import SeatTwice, UnknownShared
from backend.responsibility.models import LeadingGroup, LeadingSeat
from backend.responsibility.selectors.leading import SEATED, group_get
from backend.responsibility.services.spans import days_check, school_locked, span_end, spanned, take_over


@dataclass(frozen=True, slots=True)
class SeatDraft:
    """A seat: as what, by which post, in which office (of a post of the whole school in none), with which duties."""

    standing: str
    role: Role
    unit_id: UUID | None
    duties: str = ""


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """A whole group: its seats beside that of the principal, how often it meets, and from when until when it holds."""

    meets: str
    seats: Sequence[SeatDraft]
    from_day: date
    until_day: date | None = None


@transaction.atomic
def group_set(*, actor: Actor, draft: GroupDraft, now: datetime) -> UUID:
    """Set a leading group up; the one until then leads until the day before."""
    actor.require(Permission.GROUP_WRITE)
    school = school_locked(actor=actor)
    days_check(school=school, draft=draft, now=now)
    _seats_check(school, draft.seats)
    take_over(held=LeadingGroup.objects.filter(school=school), draft=draft)
    group = LeadingGroup(meets=draft.meets, **spanned(actor=actor, school=school, draft=draft, now=now))
    group.save()
    for number, seat in enumerate(draft.seats):
        row = LeadingSeat(group=group, number=number, standing=seat.standing, role=seat.role, duties=seat.duties)
        row.unit_id = seat.unit_id
        row.save()
    return group.id


@transaction.atomic
def group_end(*, actor: Actor, group_id: UUID, until_day: date, now: datetime) -> None:
    """Let a group end with a day, today at the earliest, without another in its place."""
    group = group_get(actor=actor, group_id=group_id)
    actor.require(Permission.GROUP_WRITE)
    school = school_locked(actor=actor)
    span_end(row=LeadingGroup.objects.get(id=group.id), school=school, until_day=until_day, now=now)


def _seats_check(school: School, seats: Sequence[SeatDraft]) -> None:
    """Raise UnknownShared for a post that no seat can have or an office of another school, SeatTwice for one twice."""
    units = {seat.unit_id for seat in seats if seat.unit_id is not None}
    offices = Unit.objects.filter(school=school, id__in=units).exclude(kind=Unit.Kind.CLASS)
    fits = all(seat.role in SEATED and (seat.role in UNIT_ROLES) is (seat.unit_id is not None) for seat in seats)
    if not fits or offices.count() != len(units):
        raise UnknownShared(pointer="/seats")
    if len({(seat.role, seat.unit_id) for seat in seats}) < len(seats):
        raise SeatTwice(pointer="/seats")

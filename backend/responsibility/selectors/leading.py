"""Reads of the leading group: who sits on it by which post, today or on another day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.models import Person, Unit
from backend.organisation.roles import UNIT_ROLES, Role
from backend.organisation.selectors.people import appointments_in_force
from backend.responsibility.models import LeadingGroup, LeadingSeat
from backend.responsibility.selectors.shares import holds_on, school_of_map, today_at

SEATED = tuple(
    role for role in Role if role not in {Role.PRINCIPAL, Role.REPORTER, Role.BUREAU_OFFICER, Role.DUTY_LEADER}
)
"""The roles that a seat can have: the principal is the head, and duty leaders change with the roster."""
Seat = tuple[Role, UUID | None]


@dataclass(frozen=True, slots=True)
class SeatHeld:
    """A seat and the people who hold its post now."""

    seat: LeadingSeat
    people: Sequence[Person]


@dataclass(frozen=True, slots=True)
class GroupHeld:
    """The leading group of today: its head by post, and its seats."""

    group: LeadingGroup
    head: Sequence[Person]
    seats: Sequence[SeatHeld]


def groups_known(*, actor: Actor) -> QuerySet[LeadingGroup]:
    """Return the leading groups of the actor's school, former ones too; everybody who works there may know them."""
    seats = LeadingSeat.objects.select_related("unit").order_by("number")
    rows = LeadingGroup.objects.filter(school=actor.school_scope).select_related("by")
    return rows.prefetch_related(Prefetch("seats", seats))


def group_get(*, actor: Actor, group_id: UUID) -> LeadingGroup:
    """Return one of them; raise NotFound."""
    row = groups_known(actor=actor).filter(id=group_id).first()
    if row is None:
        raise NotFound
    return row


def group_of_today(*, actor: Actor, now: datetime) -> GroupHeld | None:
    """Return the group that holds today with who sits on it; raise NotFound for those of a bureau; five statements."""
    school = school_of_map(actor=actor)
    group = groups_known(actor=actor).filter(holds_on(today_at(school=school, now=now))).first()
    if group is None:
        return None
    seats = list(group.seats.all())
    held = _holders(school.id, [(Role(seat.role), seat.unit_id) for seat in seats], now)
    return GroupHeld(
        group=group,
        head=held[Role.PRINCIPAL, None],
        seats=[SeatHeld(seat, held[Role(seat.role), seat.unit_id]) for seat in seats],
    )


def posts_to_seat(*, actor: Actor) -> list[tuple[Role, Unit | None]]:
    """Return the posts that can have a seat: those of the whole school, then the heads of its offices and grades."""
    school = school_of_map(actor=actor)
    offices = Unit.objects.filter(school=school).exclude(kind=Unit.Kind.CLASS).order_by("kind", "code")
    whole: list[tuple[Role, Unit | None]] = [(role, None) for role in SEATED if role not in UNIT_ROLES]
    return [*whole, *[(Role.OFFICE_HEAD, unit) for unit in offices]]


def _holders(school_id: UUID, seats: Sequence[Seat], now: datetime) -> Mapping[Seat, list[Person]]:
    """Return who holds these posts, and that of the principal, by appointment and not as a deputy."""
    whole = [role for role, unit_id in seats if unit_id is None]
    posts = Q(post__role__in=[Role.PRINCIPAL, *whole], post__unit=None)
    posts |= Q(post__role__in=UNIT_ROLES, post__unit__in=[unit_id for _role, unit_id in seats if unit_id])
    rows = appointments_in_force(at=now).filter(posts, post__school=school_id, is_deputy=False)
    found: dict[Seat, list[Person]] = defaultdict(list)
    for row in rows.select_related("post", "person").order_by("starts_at", "id"):
        found[Role(row.post.role), row.post.unit_id].append(row.person)
    return found

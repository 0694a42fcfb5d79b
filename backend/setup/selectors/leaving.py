"""Everything that somebody leaves behind: posts, tickets, duty, rounds, account; and who is there in their place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from backend.accounts.selectors import sign_ins_of
from backend.common.errors import NotFound
from backend.duty.models import DutySlot
from backend.duty.reach import Directory
from backend.duty.selectors import directory_load
from backend.organisation.actors import Actor
from backend.organisation.models import Appointment, PendingPower, Person
from backend.organisation.permissions import Permission
from backend.organisation.roles import Role
from backend.organisation.selectors.people import where_employed
from backend.organisation.selectors.powers import WAITING as POWER_WAITING
from backend.rounds.models import WAITING, Round
from backend.rounds.selectors.asked import rounds_asked, then_asked
from backend.rulebook.round_rules import RoundPlan
from backend.rulebook.ruleset import ClockName, Confidentiality
from backend.rulebook.selectors import ruleset_get
from backend.workflow.models import Ticket, TicketPart
from backend.workflow.selectors import tickets_assigned_to, tickets_visible


@dataclass(frozen=True, slots=True)
class PostEnding:
    """A post that ends, and who is reached in its role afterwards."""

    appointment: Appointment
    then: Sequence[Person]


@dataclass(frozen=True, slots=True)
class TicketPassing:
    """An open ticket that goes back to its office, and who is told there."""

    ticket: Ticket
    then: Sequence[Person]


@dataclass(frozen=True, slots=True)
class RoundPassing:
    """A round that waits for their answer, and who is asked then."""

    row: Round
    then: Person | None

    @property
    def plan(self) -> RoundPlan:
        """The plan it is of, with its name."""
        return ruleset_get(self.row.rulebook_id).round_plans[self.row.plan]


@dataclass(frozen=True, slots=True)
class Leaving:
    """Everything that ends when somebody leaves now.

    Of tickets only those of class K0 are named that whoever looks may know of: administering people opens no ticket.
    The others are passed on all the same, and nothing shows.
    """

    person: Person
    posts: Sequence[PostEnding]
    tickets: Sequence[TicketPassing]
    duties: Sequence[DutySlot]
    rounds: Sequence[RoundPassing]
    sign_ins: int

    @property
    def has_account(self) -> bool:
        """Whether an account is closed."""
        return self.person.user is not None and self.person.user.is_active


def leaver_get(*, actor: Actor, person_id: UUID) -> Person:
    """Return somebody who works where the actor works; raise NotFound, or NotAdministrator."""
    people = Person.objects.select_related("user", "school", "bureau")
    person = people.filter(where_employed(actor=actor), id=person_id).first()
    if person is None:
        raise NotFound
    actor.require(Permission.PEOPLE_END)
    return person


def leaving_get(*, actor: Actor, person_id: UUID, now: datetime) -> Leaving:
    """Return what would end if somebody left now; raise NotFound, or NotAdministrator."""
    person = leaver_get(actor=actor, person_id=person_id)
    directory = directory_load(school_ids=[person.school_id], now=now) if person.school_id else None
    posts = list(posts_lasting(person=person, now=now))
    tickets = list(tickets_shown(actor=actor, person=person))
    then = {row.pk: _reached(directory, person, Role(row.post.role), row.post.unit_id) for row in posts}
    told = {row.pk: _reached(directory, person, Role.HANDLER, row.owner_id) for row in tickets}
    rounds = list(rounds_asked(person_id=person.id))
    asked = then_asked(rounds=rounds, besides=person.id, now=now)
    names = Person.objects.in_bulk(
        {one for found in (*then.values(), *told.values(), tuple(filter(None, asked.values()))) for one in found}
    )
    return Leaving(
        person=person,
        posts=[PostEnding(row, _people(then[row.pk], names)) for row in posts],
        tickets=[TicketPassing(row, _people(told[row.pk], names)) for row in tickets],
        duties=list(duties_ahead(person=person, now=now)),
        rounds=[RoundPassing(row, names.get(asked[row.id]) if asked[row.id] else None) for row in rounds],
        sign_ins=sign_ins_of(user=person.user, now=now).count() if person.user else 0,
    )


def tickets_shown(*, actor: Actor, person: Person) -> QuerySet[Ticket]:
    """Return the open tickets of class K0 assigned to somebody that the actor may know of: the policy says which."""
    held = tickets_assigned_to(person_ids=[person.id]).filter(confidentiality=Confidentiality.K0)
    return held.filter(id__in=tickets_visible(actor=actor).values("id"))


def posts_lasting(*, person: Person, now: datetime) -> Iterator[Appointment]:
    """Yield the appointments of somebody that hold now or later."""
    yield from posts_lasting_of(people=[person], now=now)


def posts_lasting_of(*, people: Sequence[Person], now: datetime) -> list[Appointment]:
    """Return the appointments of several people that hold now or later."""
    lasting = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    rows = Appointment.objects.filter(lasting, person__in=[person.pk for person in people])
    rows = rows.select_related("post__unit", "person__school", "person__bureau")
    return list(rows.order_by("starts_at", "id"))


def in_hand(*, people: Sequence[Person], now: datetime) -> set[UUID]:
    """Return who of them leaves something behind but their posts and account: tickets, duty, rounds, or what waits."""
    ids = [person.pk for person in people]
    adopted = TicketPart.objects.filter(kind=ClockName.ADOPTION, person__in=ids, ended_at=None)
    return {
        *tickets_assigned_to(person_ids=ids).values_list("assignee", flat=True),
        *adopted.values_list("person", flat=True),
        *DutySlot.objects.filter(person__in=ids, shift__ends_at__gt=now).values_list("person", flat=True),
        *Round.objects.filter(assignee__in=ids, state__in=WAITING).values_list("assignee", flat=True),
        *PendingPower.objects.filter(POWER_WAITING, person__in=ids).values_list("person", flat=True),
        *Appointment.objects.filter(person__in=ids, starts_at__gt=now).values_list("person", flat=True),
    }


def duties_ahead(*, person: Person, now: datetime) -> Iterator[DutySlot]:
    """Yield the parts somebody has in shifts that are not over."""
    rows = DutySlot.objects.filter(person=person, shift__ends_at__gt=now).select_related("shift__place")
    yield from rows.order_by("shift__starts_at", "id")


def _reached(directory: Directory | None, person: Person, role: Role, unit_id: UUID | None) -> tuple[UUID, ...]:
    if directory is None or person.school_id is None:
        return ()
    found = directory.reach(role=role, school_id=person.school_id, unit_id=unit_id, excluding={person.id})
    return found.people


def _people(ids: Sequence[UUID], names: Mapping[UUID, Person]) -> list[Person]:
    return [names[one] for one in ids]

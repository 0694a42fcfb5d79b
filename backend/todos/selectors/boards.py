"""The to-dos that ought to stand in a system: read for many tickets at once, and decided by the policy as it is now.

The sight of a list and of a ticket at hand are one policy with two readers; this is the second one, asked for everybody
of a school at once. A test compares it with the list that each of them has.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from backend.deadlines.models import Timer
from backend.duty.selectors import actors_of
from backend.organisation.actors import Actor, Service
from backend.organisation.models import Person, School
from backend.organisation.readers import language_of
from backend.organisation.roles import Role
from backend.organisation.selectors.reachable import may_be_reached
from backend.rulebook.ruleset import Confidentiality
from backend.todos.models import TICKET, PushedTodo, TodoName, TodoSystem
from backend.todos.todo import State
from backend.todos.words import about_ticket
from backend.workflow.asked import parts_read
from backend.workflow.clocks import timers_of_tickets
from backend.workflow.facts import Situation
from backend.workflow.knowing import relations_beside_filing
from backend.workflow.models import NEVER_DUE, Ticket, TicketPart
from backend.workflow.obligations import Obligation, obligations_of
from backend.workflow.owed import OF_OFFICE
from backend.workflow.policy import Relation
from backend.workflow.selectors import concerned_in, grants_read
from backend.workflow.states import OVER

MATTERS = (
    ~Q(state__in=OVER)
    | Q(next_due_at__lt=NEVER_DUE)
    | Q(declining__isnull=False)
    | Q(lowering__isnull=False)
    | Q(Exists(TicketPart.objects.filter(ticket=OuterRef("pk"), ended_at=None)))
)
"""Hold for tickets on which anybody can owe anything."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody whose to-dos a system shows: how they are known there, what they read, and who they are now."""

    known_as: str
    language: str
    actor: Actor


class Board:
    """A system with everybody it knows; whoever left, or whom it does not know, is not on it."""

    def __init__(self, system: TodoSystem, readers: Mapping[UUID, Reader]) -> None:
        self.system = system
        self.readers = readers
        self._by_unit: dict[UUID, set[UUID]] = defaultdict(set)
        self._by_role: dict[Role, set[UUID]] = defaultdict(set)
        for person_id, reader in readers.items():
            for unit_id in reader.actor.units(*OF_OFFICE):
                self._by_unit[unit_id].add(person_id)
            for role in reader.actor.roles:
                self._by_role[role].add(person_id)

    def candidates(self, obligation: Obligation) -> Collection[UUID]:
        """Return the people who could owe something, by what it is addressed to."""
        if obligation.person_id is not None:
            return {obligation.person_id} & self.readers.keys()
        if obligation.office_id is not None:
            return self._by_unit[obligation.office_id]
        return self._by_role[obligation.role] if obligation.role else ()


@dataclass(frozen=True, slots=True)
class Matter:
    """A ticket with what decides who owes something on it, in the terms of what is owed beside tickets."""

    ticket: Ticket
    concerned: frozenset[UUID]
    owed: Sequence[Obligation]
    kind: str = TICKET

    @property
    def id(self) -> UUID:
        """The ticket's id."""
        return self.ticket.id

    @property
    def school(self) -> School:
        """Whose it is."""
        return self.ticket.school

    @property
    def path(self) -> str:
        """The address of the ticket's page."""
        return f"/tickets/{self.ticket.id}"

    @property
    def about(self) -> Callable[[], str]:
        """The words on what it is about, and where."""
        return partial(about_ticket, self.ticket)

    @property
    def is_public(self) -> bool:
        """Whether it was never confidential."""
        return self.ticket.seal == Confidentiality.K0

    @property
    def is_exercise(self) -> bool:
        """Whether it is part of an exercise."""
        return self.ticket.is_exercise

    def relations(self, actor: Actor) -> frozenset[Relation]:
        """Return how somebody stands to it, nothing unless they may know of it otherwise than as its reporter."""
        concerns_actor = actor.person_id in self.concerned
        return relations_beside_filing(actor=actor, ticket=self.ticket, concerns_actor=concerns_actor)


def boards_of(*, systems: Sequence[TodoSystem], now: datetime) -> list[Board]:
    """Return the systems, which come with their schools, each with its readers; three statements for all of them.

    What a portal reads for itself it reads as a program does: nothing that is or ever was confidential.
    """
    schools = {system.school_id for system in systems}
    people = list(Person.objects.filter(may_be_reached(at=now), school__in=schools).select_related("user"))
    named = dict(_names([system.id for system in systems if system.known_by == TodoSystem.KnownBy.MAPPING]))
    actors = actors_of(person_ids=[person.id for person in people])
    return [Board(system, dict(_readers(system, people, actors, named))) for system in systems]


def _names(system_ids: Collection[UUID]) -> Iterator[tuple[tuple[UUID, UUID], str]]:
    if system_ids:
        rows = TodoName.objects.filter(system__in=system_ids).values_list("system_id", "person_id", "known_as")
        yield from (((system_id, person_id), known_as) for system_id, person_id, known_as in rows)


def _readers(
    system: TodoSystem,
    people: Sequence[Person],
    actors: Mapping[UUID, Actor],
    named: Mapping[tuple[UUID, UUID], str],
) -> Iterator[tuple[UUID, Reader]]:
    by_number = system.known_by == TodoSystem.KnownBy.STAFF_NUMBER
    for person in people:
        known_as = person.staff_number if by_number else named.get((system.id, person.id), "")
        if person.school_id == system.school_id and known_as:
            actor = actors[person.id]
            if system.kind == TodoSystem.Kind.PULL:
                actor = replace(actor, through=Service(system.id, system.name))
            yield person.id, Reader(known_as, language_of(person), actor)


def matters_of(*, ticket_ids: Collection[UUID], boards: Sequence[Board], now: datetime) -> dict[UUID, Matter]:
    """Return these tickets with what is owed on them; six statements at most, however many they are."""
    related = ("school", "place", "assignee", "last_wait", "declining", "lowering")
    tickets = list(Ticket.objects.filter(id__in=ticket_ids).select_related(*related))
    timers: dict[UUID, list[Timer]] = defaultdict(list)
    for timer in timers_of_tickets(ticket_ids=ticket_ids):
        timers[timer.subject_id].append(timer)
    parts_read(tickets)
    grants_read(actors=[reader.actor for board in boards for reader in board.readers.values()], tickets=tickets)
    concerned = concerned_in(tickets=tickets)
    return {
        ticket.id: Matter(
            ticket,
            concerned[ticket.id],
            obligations_of(Situation(ticket=ticket, now=now, timers=timers[ticket.id])),
        )
        for ticket in tickets
    }


def tickets_that_matter(*, board: Board, after: UUID | None, most: int) -> list[UUID]:
    """Return the next tickets of a system's school on which something can be owed or of which a to-do stands there."""
    standing = PushedTodo.objects.filter(system=board.system, ticket=OuterRef("pk"))
    standing = standing.exclude(state__in=[State.NONE, State.GONE])
    found = Ticket.objects.filter(MATTERS | Q(Exists(standing)), school=board.system.school_id).order_by("id")
    return list((found.filter(id__gt=after) if after else found).values_list("id", flat=True)[:most])

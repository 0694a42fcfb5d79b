"""The people who hear: of a change, of a new ticket, of a missed deadline; never anybody whom the report concerns."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from backend.duty.reach import Directory, Reached, Skip
from backend.duty.selectors import directory_load
from backend.organisation.roles import CHAINS, UNIT_ROLES, Role
from backend.rulebook.ruleset import ClockName, Confidentiality, Ruleset, Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.action import Told
from backend.workflow.models import Ticket
from backend.workflow.policy import BY_GRANT
from backend.workflow.selectors import concerned_in

MOST_NAMED = 6
"""The most people a report can name before the bureau hears of it from the beginning."""
LEADERSHIP = (Role.PRINCIPAL, Role.VICE_PRINCIPAL)


@dataclass(frozen=True, slots=True)
class Answering:
    """Those who answer for a ticket: its school and office, at one instant, and the people it concerns."""

    directory: Directory
    school_id: UUID
    unit_id: UUID
    excluded: frozenset[UUID]
    besides: frozenset[UUID] = frozenset()
    """People passed over for another reason, as whoever acted when a second person is to hear."""

    def reach(self, role: Role) -> Reached:
        """Return whom the role reaches; whoever is left out has somebody in their place."""
        return self.directory.reach(
            role=role, school_id=self.school_id, unit_id=self.unit_id, excluding=self.excluded | self.besides
        )

    def deputies(self, role: Role) -> Reached:
        """Return the deputies whom the role reaches."""
        return self.directory.deputies(
            role=role, school_id=self.school_id, unit_id=self.unit_id, excluding=self.excluded | self.besides
        )

    def above(self, answers: Sequence[Reached]) -> list[Reached]:
        """Return who hears besides, where only people of an office are left from which somebody was left out."""
        left_out = {skip.role for answer in answers for skip in answer.skips if skip.person_id in self.excluded}
        found = dict.fromkeys(answer.role for answer in answers if answer.role)
        close = [role for role in found if any(_is_same_office(role, other) for other in left_out)]
        if not close or len(close) < len(found):
            return []
        return [self.reach(role) for role in dict.fromkeys(higher for role in close for higher in _next_level(role))]

    def supervision(self) -> list[Reached]:
        """Return the bureau's officer, where very many are named or everybody who leads the school; else nobody."""
        leaders = {
            person
            for role in LEADERSHIP
            for person in self.directory.holders(role=role, school_id=self.school_id, unit_id=None)
        }
        is_whole = bool(leaders) and leaders <= self.excluded
        return [self.reach(Role.BUREAU_OFFICER)] if is_whole or len(self.excluded) > MOST_NAMED else []


def _next_level(role: Role) -> Iterator[Role]:
    above = (higher for higher in CHAINS[role] if not _is_same_office(role, higher))
    yield from list(above)[:1]


def _is_same_office(one: Role, other: Role) -> bool:
    return one is other or {one, other} <= UNIT_ROLES


@dataclass(frozen=True, slots=True)
class EscalationSubject:
    """The facts of a ticket that decide whom its ladder reaches."""

    school_id: UUID
    owner_id: UUID
    category: str
    severity: Severity
    confidentiality: Confidentiality
    excluded: frozenset[UUID]
    at_night: bool
    besides: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class RungReached:
    """The answers of those whom one firing reaches, who was passed over on the way, and at which rung.

    `rung` counts from 0; it is a later one than fired where every rung before it reached nobody.
    """

    answers: tuple[Reached, ...]
    skips: tuple[Skip, ...]
    rung: int

    @property
    def people(self) -> tuple[UUID, ...]:
        """The people it reaches, each once."""
        return tuple(dict.fromkeys(person for answer in self.answers for person in answer.people))

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles they were found in."""
        return tuple(dict.fromkeys(answer.role for answer in self.answers if answer.role))


def rung_reach(
    *, directory: Directory, ruleset: Ruleset, subject: EscalationSubject, clock: ClockName, rung: int
) -> RungReached:
    """Return whom the nth firing of a clock reaches, as absences and posts are now.

    A rung that reaches nobody is passed over at once: those of the next one are asked, up to the end of the ladder.
    Where only colleagues of somebody whom it concerns are left, the level above them hears as well.
    """
    skips: dict[Skip, None] = {}
    answering = Answering(directory, subject.school_id, subject.owner_id, subject.excluded, subject.besides)
    for asked in range(rung, max(rung + 1, ladder_length(ruleset=ruleset, subject=subject, clock=clock))):
        found = list(_asked(answering, ruleset, subject, clock, asked))
        found += answering.above(found)
        skips.update(dict.fromkeys(skip for answer in found for skip in answer.skips))
        if any(answer.people for answer in found):
            return RungReached(tuple(found), tuple(skips), asked)
    return RungReached((), tuple(skips), rung)


def ladder_length(*, ruleset: Ruleset, subject: EscalationSubject, clock: ClockName) -> int:
    """Return how many rungs a clock has before it repeats; class K2 climbs a ladder of its own."""
    if subject.confidentiality is Confidentiality.K2:
        return len(ruleset.protection_rungs)
    return len(ruleset.clocks_of(category=subject.category, severity=subject.severity)[clock].rungs)


def _asked(
    answering: Answering, ruleset: Ruleset, subject: EscalationSubject, clock: ClockName, rung: int
) -> Iterator[Reached]:
    steps = ruleset.rungs_to_tell(
        category=subject.category,
        severity=subject.severity,
        confidentiality=subject.confidentiality,
        clock=clock,
        rung=rung,
        at_night=subject.at_night,
    )
    for step in steps:
        yield from map(answering.deputies if step.deputies else answering.reach, step.tell)


def level_after(*, level: int, rung: int, ladder_length: int) -> int:
    """Return the ticket's level after a firing: the highest rung any of its clocks reached, counted from 1."""
    return max(level, min(rung + 1, ladder_length))


def people_to_page(*, reached: Sequence[UUID], paged: Collection[UUID], raises: bool, is_repeat: bool) -> list[UUID]:
    """Return whom a firing pages: all it reaches if it raises the level or repeats, else only those not paged yet."""
    if raises or is_repeat:
        return list(reached)
    return [person for person in reached if person not in paged]


class Audience:
    """The people who can be reached about some tickets at one instant, and those each concerns; read once for all."""

    def __init__(self, *, tickets: Sequence[Ticket], now: datetime) -> None:
        """Take the tickets; what is asked about them is read when somebody is first looked for."""
        self.now = now
        self._tickets = tickets
        self._school_ids = {ticket.school_id for ticket in tickets}

    @cached_property
    def concerned(self) -> Mapping[UUID, Collection[UUID]]:
        """For each ticket the people it concerns."""
        return concerned_in(tickets=self._tickets)

    @cached_property
    def directory(self) -> Directory:
        """Everybody who can be reached at the instant, by role."""
        return directory_load(school_ids=self._school_ids, now=self.now)

    def in_role(self, ticket: Ticket, role: Role, *, besides: Collection[UUID] = ()) -> Reached:
        """Return who is reached in a role for the ticket's office; nobody it concerns, nor those `besides`."""
        return self._answering(ticket, besides).reach(role)

    def _answering(self, ticket: Ticket, besides: Collection[UUID] = ()) -> Answering:
        excluded = frozenset(self.concerned[ticket.id])
        return Answering(self.directory, ticket.school_id, ticket.owner_id, excluded, frozenset(besides))

    def of_new(self, ticket: Ticket) -> list[Reached]:
        """Return whom the rules tell at once of a ticket that is new to its office, and who hears besides them."""
        ruleset = ruleset_get(ticket.rulebook_id)
        roles = ruleset.informed_of(
            severity=Severity(ticket.severity),
            confidentiality=Confidentiality(ticket.confidentiality),
            at_night=ruleset.is_night(at=self.now, zone=ticket.school.time_zone),
        )
        answering = self._answering(ticket)
        answers = [answering.reach(role) for role in roles]
        return [*answers, *answering.above(answers), *answering.supervision()]

    def subject_of(self, ticket: Ticket) -> EscalationSubject:
        """Return what decides whom the ladder of a ticket reaches."""
        ruleset = ruleset_get(ticket.rulebook_id)
        return EscalationSubject(
            ticket.school_id,
            ticket.owner_id,
            ticket.category,
            Severity(ticket.severity),
            Confidentiality(ticket.confidentiality),
            frozenset(self.concerned[ticket.id]),
            at_night=ruleset.is_night(at=self.now, zone=ticket.school.time_zone),
        )

    def of_action(self, ticket: Ticket, told: Told, actor_id: UUID | None) -> set[UUID]:
        """Return whom an action just taken always tells; whoever acted and whoever it concerns are left out."""
        people = {*_involved(ticket, told), *self._in_told_role(ticket, told, actor_id)}
        return self.without(ticket, people, actor_id)

    def in_charge(self, ticket: Ticket, actor_id: UUID | None, *, reporter: bool = False) -> set[UUID]:
        """Return who has a ticket in hand, or where nobody has those of its office; `reporter`: its reporter too."""
        role = None if ticket.assignee_id else Role.HANDLER
        return self.of_action(ticket, Told(assignee=True, reporter=reporter, role=role), actor_id)

    def without(self, ticket: Ticket, people: Collection[UUID], actor_id: UUID | None) -> set[UUID]:
        """Return these people without whoever acted and whoever the ticket concerns."""
        others = {person for person in people if person != actor_id}
        return others - set(self.concerned[ticket.id]) if others else others

    def _in_told_role(self, ticket: Ticket, told: Told, actor_id: UUID | None) -> tuple[UUID, ...]:
        if told.role is None:
            return ()
        role = told.sealed_role if ticket.confidentiality == Confidentiality.K2 else told.role
        besides = {actor_id} if told.not_the_actor and actor_id else ()
        return self.in_role(ticket, role, besides=besides).people


def called_in(answers: Sequence[Reached]) -> list[UUID]:
    """Return those of the people told who have no part in a school's daily work and see only what they are told of."""
    return [person for answer in answers if answer.role in BY_GRANT for person in answer.people]


def _involved(ticket: Ticket, told: Told) -> Iterator[UUID]:
    if told.reporter and ticket.reporter_id and told.reporter_of(ticket):
        yield ticket.reporter_id
    if told.assignee and ticket.assignee_id:
        yield ticket.assignee_id

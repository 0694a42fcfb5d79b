"""The people who hear of a change: those whom an action always tells, and those whom the rules tell of a new ticket."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from uuid import UUID

from backend.duty.reach import Directory, Reached
from backend.duty.selectors import directory_load
from backend.organisation.roles import Role
from backend.rulebook.ruleset import Confidentiality, Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.action import Told
from backend.workflow.escalation import EscalationSubject
from backend.workflow.models import Ticket
from backend.workflow.naming import Answering
from backend.workflow.policy import BY_GRANT
from backend.workflow.selectors import concerned_in


class Audience:
    """The people who can be reached about some tickets at one instant, and those each concerns; read once for all."""

    def __init__(self, *, tickets: Sequence[Ticket], now: datetime) -> None:
        """Take the tickets; the directory is read when somebody is first looked for by a role."""
        self.concerned: Mapping[UUID, Collection[UUID]] = concerned_in(ticket_ids=[ticket.id for ticket in tickets])
        self.now = now
        self._school_ids = {ticket.school_id for ticket in tickets}

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

    def without(self, ticket: Ticket, people: Collection[UUID], actor_id: UUID | None) -> set[UUID]:
        """Return these people without whoever acted and whoever the ticket concerns."""
        return {person for person in people if person != actor_id} - set(self.concerned[ticket.id])

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

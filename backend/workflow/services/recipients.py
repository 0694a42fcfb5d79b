"""Whom an action is told to; whoever acted and whoever the report concerns are left out."""

from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from backend.duty.selectors import directory_load
from backend.organisation.roles import Role
from backend.rulebook.ruleset import Confidentiality, Severity
from backend.workflow.models import Ticket
from backend.workflow.selectors import concerned_in
from backend.workflow.states import Action

TO_REPORTER = frozenset({Action.ACKNOWLEDGE, Action.RESOLVE, Action.VERIFY, Action.CONFIRM_DECLINE, Action.COMMENT})
TO_ASSIGNEE = frozenset(
    {
        Action.ASSIGN,
        Action.WAIT,
        Action.RESUME,
        Action.REJECT_FIX,
        Action.REOPEN,
        Action.VERIFY,
        Action.RECLASSIFY,
        Action.CONFIRM_DECLINE,
        Action.REFUSE_DECLINE,
        Action.COMMENT,
    }
)
TO_ROLES = {
    Action.WAIT: Role.OFFICE_HEAD,
    Action.RESUME: Role.OFFICE_HEAD,
    Action.RESOLVE: Role.COORDINATOR,
    Action.REJECT_FIX: Role.OFFICE_HEAD,
    Action.REOPEN: Role.OFFICE_HEAD,
    Action.PROPOSE_DECLINE: Role.COORDINATOR,
    Action.CONTEST_DECLINE: Role.COORDINATOR,
    Action.WITHDRAW: Role.OFFICE_HEAD,
}


def people_after(
    *, action: Action, actor_id: UUID | None, ticket: Ticket, also: Collection[UUID] = (), now: datetime
) -> set[UUID]:
    """Return who hears of an action just taken (by the system: no actor): `also` and those whom it always reaches."""
    concerned = concerned_in(ticket_ids=[ticket.id])[ticket.id]
    people = {*also, *_involved(action, ticket), *_in_role(action, actor_id, ticket, concerned, now)}
    return people - {actor_id} - concerned


def people_amended(*, ticket: Ticket, now: datetime) -> tuple[UUID, ...]:
    """Return the people of the owning office, who read what a reporter adds."""
    role = Role.PROTECTION_LEAD if ticket.confidentiality == Confidentiality.K2 else Role.HANDLER
    return _reached(ticket, role, concerned_in(ticket_ids=[ticket.id])[ticket.id], now)


def _involved(action: Action, ticket: Ticket) -> Iterator[UUID]:
    hears_progress = action is Action.PROGRESS and ticket.severity == Severity.P1
    if (action in TO_REPORTER or hears_progress) and ticket.reporter_id:
        yield ticket.reporter_id
    if action in TO_ASSIGNEE and ticket.assignee_id:
        yield ticket.assignee_id


def _in_role(
    action: Action, actor_id: UUID | None, ticket: Ticket, concerned: set[UUID], now: datetime
) -> tuple[UUID, ...]:
    role = TO_ROLES.get(action)
    if role is None:
        return ()
    if ticket.confidentiality == Confidentiality.K2:
        role = Role.PRINCIPAL if action is Action.RESOLVE else Role.PROTECTION_LEAD
    if action is Action.PROPOSE_DECLINE and actor_id:
        concerned = {*concerned, actor_id}
    return _reached(ticket, role, concerned, now)


def _reached(ticket: Ticket, role: Role, excluded: Collection[UUID], now: datetime) -> tuple[UUID, ...]:
    directory = directory_load(school_ids=[ticket.school_id], now=now)
    return directory.reach(role=role, school_id=ticket.school_id, unit_id=ticket.owner_id, excluding=excluded).people

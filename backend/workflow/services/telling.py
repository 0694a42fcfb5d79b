"""Whom an action is told to; whoever acted and whoever the report concerns are left out."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from backend.organisation.selectors import directory_load
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models import Ticket
from backend.workflow.selectors import concerned_in
from backend.workflow.states import Action

TO_REPORTER = frozenset({Action.ACKNOWLEDGE, Action.RESOLVE, Action.VERIFY, Action.COMMENT})
TO_ASSIGNEE = frozenset({Action.ASSIGN, Action.REJECT_FIX, Action.REOPEN, Action.VERIFY, Action.COMMENT})
TO_ROLES = {
    Action.RESOLVE: Role.COORDINATOR,
    Action.REJECT_FIX: Role.OFFICE_HEAD,
    Action.REOPEN: Role.OFFICE_HEAD,
}


def people_after(*, action: Action, actor: Actor, ticket: Ticket, now: datetime) -> set[UUID]:
    """Return the people who hear of an action just taken."""
    people = {*_involved(action, ticket), *_in_role(action, ticket, now)}
    people.discard(actor.person_id)
    return people - concerned_in(ticket_ids=[ticket.id])[ticket.id] if people else people


def _involved(action: Action, ticket: Ticket) -> Iterator[UUID]:
    if action in TO_REPORTER and ticket.reporter_id:
        yield ticket.reporter_id
    if action in TO_ASSIGNEE and ticket.assignee_id:
        yield ticket.assignee_id


def _in_role(action: Action, ticket: Ticket, now: datetime) -> tuple[UUID, ...]:
    role = TO_ROLES.get(action)
    if role is None:
        return ()
    if ticket.confidentiality == Confidentiality.K2:
        role = Role.PRINCIPAL if action is Action.RESOLVE else Role.PROTECTION_LEAD
    excluded = concerned_in(ticket_ids=[ticket.id])[ticket.id]
    directory = directory_load(school_ids=[ticket.school_id], now=now)
    return directory.reach(role=role, school_id=ticket.school_id, unit_id=ticket.owner_id, excluding=excluded).people

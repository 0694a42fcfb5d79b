"""A person acts on a ticket: the transition table decides, the effects follow, the ledger and the clocks keep step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.common.outbox import outbox_add
from backend.organisation.actors import Actor
from backend.organisation.selectors import colleagues
from backend.rulebook.ruleset import Kind, Severity
from backend.workflow.errors import (
    ActionNotAllowed,
    ActionUnavailable,
    AssigneeOutsideOffice,
    EvidenceMissing,
    FixerCannotVerify,
    InterimControlMissing,
    ReopeningTooLate,
)
from backend.workflow.models import EventKind, Ticket
from backend.workflow.relations import relations_of
from backend.workflow.selectors import concerned_in
from backend.workflow.services.recording import event_chain, events_store, told_draft
from backend.workflow.services.telling import people_after
from backend.workflow.services.timing import timers_follow_state
from backend.workflow.states import BY_ACTION, Action, Evidence, Relation, State, Transition, is_allowed

REOPENING_TIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ActionInput:
    """What a person says with an action: a note, and for `assign` the person who takes it on."""

    note: str = ""
    assignee_id: UUID | None = None


@transaction.atomic(savepoint=False)
def ticket_act(*, actor: Actor, ticket: Ticket, action: Action, given: ActionInput, now: datetime) -> Ticket:
    """Take an action on a ticket that `ticket_lock` returned; a refusal is a DomainError and changes nothing."""
    transition = BY_ACTION[action]
    _check(actor, ticket, transition, given, now)
    before = State(ticket.state)
    if transition.target is not None:
        ticket.state = transition.target
    if effect := EFFECTS.get(action):
        effect(actor, ticket, given, now)
    body = _body(given)
    if action is not Action.COMMENT:
        ticket.version += 1
        ticket.paged = []
        body |= timers_follow_state(ticket=ticket, before=before, now=now)
    recorded = event_chain(ticket=ticket, kind=EventKind(action), at=now, actor_id=actor.person_id, body=body)
    ticket.save()
    events_store([recorded])
    people = people_after(action=action, actor=actor, ticket=ticket, now=now)
    if people:
        outbox_add(drafts=[told_draft(event=recorded.event, people=people)], now=now)
    return ticket


def _check(actor: Actor, ticket: Ticket, transition: Transition, given: ActionInput, now: datetime) -> None:
    relations = relations_of(actor=actor, ticket=ticket)
    if not is_allowed(transition, relations):
        refused = Relation.FIXER in relations and Relation.FIXER in transition.refused
        raise FixerCannotVerify if refused else ActionNotAllowed
    if State(ticket.state) not in transition.sources:
        raise ActionUnavailable
    if Evidence.NOTE in transition.evidence and not given.note:
        raise EvidenceMissing(pointer="/note")
    if Evidence.ASSIGNEE in transition.evidence and given.assignee_id is None:
        raise EvidenceMissing(pointer="/assignee")
    if guard := GUARDS.get(transition.action):
        guard(ticket, now)


def _check_made_safe(ticket: Ticket, _now: datetime) -> None:
    urgent_hazard = ticket.kind == Kind.HAZARD and ticket.severity in {Severity.P1, Severity.P2}
    if urgent_hazard and ticket.interim_control_at is None:
        raise InterimControlMissing


def _check_reopening_in_time(ticket: Ticket, now: datetime) -> None:
    if ticket.closed_at is None or now - ticket.closed_at > REOPENING_TIME:
        raise ReopeningTooLate


def _acknowledge(actor: Actor, ticket: Ticket, _given: ActionInput, _now: datetime) -> None:
    owners = {Relation.HANDLER, Relation.OFFICE_HEAD, Relation.CASE_LEAD}
    if ticket.assignee_id is None and relations_of(actor=actor, ticket=ticket) & owners:
        ticket.assignee_id = actor.person_id


def _assign(actor: Actor, ticket: Ticket, given: ActionInput, now: datetime) -> None:
    owners = colleagues(actor=actor, unit_id=ticket.owner_id, now=now)
    person = next((person for person in owners if person.id == given.assignee_id), None)
    if person is None or person.id in concerned_in(ticket_ids=[ticket.id])[ticket.id]:
        raise AssigneeOutsideOffice(pointer="/assignee")
    ticket.assignee = person


def _record_interim_control(_actor: Actor, ticket: Ticket, _given: ActionInput, now: datetime) -> None:
    ticket.interim_control_at = now


def _resolve(actor: Actor, ticket: Ticket, _given: ActionInput, now: datetime) -> None:
    ticket.fixer_id = actor.person_id
    ticket.resolved_at = now


def _verify(_actor: Actor, ticket: Ticket, _given: ActionInput, now: datetime) -> None:
    ticket.closed_at = now


def _reject_fix(_actor: Actor, ticket: Ticket, _given: ActionInput, _now: datetime) -> None:
    ticket.fixer = None
    ticket.resolved_at = None


def _reopen(_actor: Actor, ticket: Ticket, _given: ActionInput, now: datetime) -> None:
    ticket.fixer = None
    ticket.resolved_at = None
    ticket.closed_at = None
    ticket.reopened_at = now


GUARDS: Mapping[Action, Callable[[Ticket, datetime], None]] = {
    Action.START: _check_made_safe,
    Action.REOPEN: _check_reopening_in_time,
}
EFFECTS: Mapping[Action, Callable[[Actor, Ticket, ActionInput, datetime], None]] = {
    Action.ACKNOWLEDGE: _acknowledge,
    Action.ASSIGN: _assign,
    Action.RECORD_INTERIM_CONTROL: _record_interim_control,
    Action.RESOLVE: _resolve,
    Action.VERIFY: _verify,
    Action.REJECT_FIX: _reject_fix,
    Action.REOPEN: _reopen,
}


def _body(given: ActionInput) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if given.note:
        body["note"] = given.note
    if given.assignee_id:
        body["assignee"] = str(given.assignee_id)
    return body

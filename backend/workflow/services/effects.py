"""What each action changes on a ticket besides its state, and what has to hold before."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from backend.organisation.actors import Actor
from backend.organisation.selectors import colleagues
from backend.rulebook.ruleset import Confidentiality, Kind, Severity
from backend.workflow.errors import AssigneeOutsideOffice, ContestingTooLate, InterimControlMissing, ReopeningTooLate
from backend.workflow.models import Ticket
from backend.workflow.relations import relations_of
from backend.workflow.selectors import concerned_in
from backend.workflow.services.declining import proposal_forget
from backend.workflow.services.reclassifying import ticket_reclassify
from backend.workflow.services.routing import first_owner
from backend.workflow.services.saying import NOTHING, ActionInput, Consequence
from backend.workflow.services.waiting import check_not_missed, wait_begin, wait_end, wait_ended
from backend.workflow.states import Action, Relation

REOPENING_TIME = timedelta(days=7)
CONTESTING_TIME = timedelta(days=7)

Guard = Callable[[Ticket, datetime], None]
Effect = Callable[[Actor, Ticket, ActionInput, datetime], Consequence]


def _check_made_safe(ticket: Ticket, _now: datetime) -> None:
    urgent_hazard = ticket.kind == Kind.HAZARD and ticket.severity in {Severity.P1, Severity.P2}
    if urgent_hazard and ticket.interim_control_at is None:
        raise InterimControlMissing


def _check_reopening_in_time(ticket: Ticket, now: datetime) -> None:
    if ticket.closed_at is None or now - ticket.closed_at > REOPENING_TIME:
        raise ReopeningTooLate


def _check_contesting_in_time(ticket: Ticket, now: datetime) -> None:
    if ticket.declined_at is None or now - ticket.declined_at > CONTESTING_TIME:
        raise ContestingTooLate


def _acknowledge(actor: Actor, ticket: Ticket, _given: ActionInput, now: datetime) -> Consequence:
    owners = {Relation.HANDLER, Relation.OFFICE_HEAD, Relation.CASE_LEAD}
    if ticket.assignee_id is None and relations_of(actor=actor, ticket=ticket) & owners:
        ticket.assignee_id = actor.person_id
    ticket.progress_at = now
    return NOTHING


def _assign(actor: Actor, ticket: Ticket, given: ActionInput, now: datetime) -> Consequence:
    owners = colleagues(actor=actor, unit_id=ticket.owner_id, now=now)
    person = next((person for person in owners if person.id == given.assignee_id), None)
    if person is None or person.id in concerned_in(ticket_ids=[ticket.id])[ticket.id]:
        raise AssigneeOutsideOffice(pointer="/assignee")
    ticket.assignee = person
    return NOTHING


def _record_interim_control(_actor: Actor, ticket: Ticket, _given: ActionInput, now: datetime) -> Consequence:
    ticket.interim_control_at = now
    return NOTHING


def _progress(_actor: Actor, ticket: Ticket, _given: ActionInput, now: datetime) -> Consequence:
    ticket.progress_at = now
    return NOTHING


def _contain(_actor: Actor, ticket: Ticket, _given: ActionInput, now: datetime) -> Consequence:
    ticket.contained_at = now
    return NOTHING


def _resolve(actor: Actor, ticket: Ticket, _given: ActionInput, now: datetime) -> Consequence:
    ticket.fixer_id = actor.person_id
    ticket.resolved_at = now
    ticket.contained_at = ticket.contained_at or now
    proposal_forget(ticket=ticket)
    return Consequence(said=wait_ended(ticket=ticket, now=now))


def _verify(_actor: Actor, ticket: Ticket, _given: ActionInput, now: datetime) -> Consequence:
    ticket.closed_at = now
    return NOTHING


def _reject_fix(_actor: Actor, ticket: Ticket, _given: ActionInput, now: datetime) -> Consequence:
    ticket.fixer = None
    ticket.resolved_at = None
    ticket.progress_at = now
    return NOTHING


def _reopen(_actor: Actor, ticket: Ticket, _given: ActionInput, now: datetime) -> Consequence:
    ticket.fixer = None
    ticket.resolved_at = None
    ticket.closed_at = None
    ticket.contained_at = None
    ticket.reopened_at = now
    ticket.waits = []
    ticket.progress_at = now
    return NOTHING


def _propose_decline(actor: Actor, ticket: Ticket, _given: ActionInput, now: datetime) -> Consequence:
    ticket.decline_proposed_by_id = actor.person_id
    ticket.decline_proposed_at = now
    return NOTHING


def _confirm_decline(_actor: Actor, ticket: Ticket, _given: ActionInput, now: datetime) -> Consequence:
    ticket.declined_at = now
    return _tells_proposer(ticket)


def _refuse_decline(_actor: Actor, ticket: Ticket, _given: ActionInput, _now: datetime) -> Consequence:
    consequence = _tells_proposer(ticket)
    proposal_forget(ticket=ticket)
    return consequence


def _tells_proposer(ticket: Ticket) -> Consequence:
    proposer = ticket.decline_proposed_by_id
    return Consequence(tell=frozenset({proposer})) if proposer else NOTHING


def _contest_decline(_actor: Actor, ticket: Ticket, _given: ActionInput, now: datetime) -> Consequence:
    ticket.owner = first_owner(school=ticket.school, confidentiality=Confidentiality(ticket.confidentiality))
    ticket.assignee = None
    proposal_forget(ticket=ticket)
    ticket.declined_at = None
    ticket.contained_at = None
    ticket.reopened_at = now
    ticket.waits = []
    return Consequence(routes=True)


def _withdraw(_actor: Actor, ticket: Ticket, _given: ActionInput, now: datetime) -> Consequence:
    ticket.closed_at = now
    return NOTHING


GUARDS: Mapping[Action, Guard] = {
    Action.START: _check_made_safe,
    Action.WAIT: check_not_missed,
    Action.REOPEN: _check_reopening_in_time,
    Action.CONTEST_DECLINE: _check_contesting_in_time,
}
EFFECTS: Mapping[Action, Effect] = {
    Action.ACKNOWLEDGE: _acknowledge,
    Action.ASSIGN: _assign,
    Action.RECORD_INTERIM_CONTROL: _record_interim_control,
    Action.WAIT: wait_begin,
    Action.RESUME: wait_end,
    Action.RESOLVE: _resolve,
    Action.VERIFY: _verify,
    Action.REJECT_FIX: _reject_fix,
    Action.REOPEN: _reopen,
    Action.PROGRESS: _progress,
    Action.CONTAIN: _contain,
    Action.RECLASSIFY: ticket_reclassify,
    Action.PROPOSE_DECLINE: _propose_decline,
    Action.CONFIRM_DECLINE: _confirm_decline,
    Action.REFUSE_DECLINE: _refuse_decline,
    Action.CONTEST_DECLINE: _contest_decline,
    Action.WITHDRAW: _withdraw,
}

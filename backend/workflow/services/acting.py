"""A person acts on a ticket: the transition table decides, the effects follow, the ledger and the clocks keep step."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from backend.common.outbox import outbox_add
from backend.organisation.actors import Actor
from backend.rulebook.ruleset import Clock, ClockName
from backend.workflow.errors import ActionNotAllowed, ActionUnavailable, EvidenceMissing, FixerCannotVerify
from backend.workflow.models import EventKind, Ticket
from backend.workflow.relations import facts_of, relations_of
from backend.workflow.services.effects import EFFECTS, GUARDS
from backend.workflow.services.recipients import people_after
from backend.workflow.services.recording import event_chain, events_store, routing_draft, told_draft
from backend.workflow.services.saying import NOTHING, ActionInput, Consequence
from backend.workflow.services.timing import timers_follow, timers_renew
from backend.workflow.states import BY_ACTION, Action, Evidence, Relation, State, Transition, is_allowed
from backend.workflow.ticket_clocks import clocks_of, clocks_paused, rules_of


@transaction.atomic(savepoint=False)
def ticket_act(*, actor: Actor, ticket: Ticket, action: Action, given: ActionInput, now: datetime) -> Ticket:
    """Take an action on a ticket that `ticket_lock` returned; a refusal is a DomainError and changes nothing."""
    transition = BY_ACTION[action]
    _check(actor, ticket, transition, given, now)
    before = clocks_of(ticket), clocks_paused(ticket), rules_of(ticket)
    moves = action is not Action.COMMENT
    if moves:
        ticket.version += 1
        ticket.paged = []
    consequence = _carry_out(actor, ticket, transition, given, now)
    timing = _timers(ticket, action, consequence, before, now) if moves else {}
    body = {**given.body(), **consequence.said, **timing}
    recorded = event_chain(ticket=ticket, kind=EventKind(action), at=now, actor_id=actor.person_id, body=body)
    ticket.updated_at = now
    ticket.save()
    events_store([recorded])
    people = people_after(action=action, actor_id=actor.person_id, ticket=ticket, also=consequence.tell, now=now)
    drafts = [told_draft(event=recorded.event, people=people)] if people else []
    if consequence.routes:
        drafts.append(routing_draft(event=recorded.event))
    if drafts:
        outbox_add(drafts=drafts, now=now)
    return ticket


def _check(actor: Actor, ticket: Ticket, transition: Transition, given: ActionInput, now: datetime) -> None:
    relations = relations_of(actor=actor, ticket=ticket)
    if not is_allowed(transition, relations):
        refused = Relation.FIXER in relations and Relation.FIXER in transition.refused
        raise FixerCannotVerify if refused else ActionNotAllowed
    if State(ticket.state) not in transition.sources or not transition.facts <= facts_of(ticket):
        raise ActionUnavailable
    missing = next((name for name in Evidence if name in transition.evidence and not given.evidence(name)), None)
    if missing:
        raise EvidenceMissing(pointer=f"/{missing}")
    if guard := GUARDS.get(transition.action):
        guard(ticket, now)


def _carry_out(actor: Actor, ticket: Ticket, transition: Transition, given: ActionInput, now: datetime) -> Consequence:
    effect = EFFECTS.get(transition.action)
    consequence = effect(actor, ticket, given, now) if effect else NOTHING
    if transition.target is not None:
        ticket.state = transition.target
    return consequence


def _timers(
    ticket: Ticket,
    action: Action,
    consequence: Consequence,
    before: tuple[Collection[ClockName], Collection[ClockName], Mapping[ClockName, Clock]],
    now: datetime,
) -> dict[str, Any]:
    running, resting, rules = before
    if consequence.renews_timers:
        return timers_renew(ticket=ticket, before=rules, now=now)
    restart = {ClockName.PROGRESS} if action is Action.PROGRESS else frozenset[ClockName]()
    return timers_follow(ticket=ticket, before=running, paused=resting, now=now, restart=restart)

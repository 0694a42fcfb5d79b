"""Waiting for a named outside party: when a ticket may, and how the wait ends."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_datetime

from backend.common.outbox import OutboxDraft, outbox_add
from backend.deadlines.selectors import timers_of
from backend.organisation.actors import Actor
from backend.rulebook.ruleset import ClockName
from backend.workflow.errors import DeadlineMissed, WaitingUsedUp
from backend.workflow.models import MOST_WAITS, EventKind, Ticket
from backend.workflow.services.recipients import people_after
from backend.workflow.services.recording import event_chain, events_store, told_draft
from backend.workflow.services.saying import ActionInput, Consequence
from backend.workflow.services.timing import timers_follow
from backend.workflow.states import Action, State
from backend.workflow.ticket_clocks import SUBJECT_KIND, clocks_of, clocks_paused, deadlines_now, rules_of


def check_not_missed(ticket: Ticket, now: datetime) -> None:
    """Raise DeadlineMissed where the time to solve a locked ticket is over."""
    timers = timers_of(subject_kind=SUBJECT_KIND, subject_ids=[ticket.id]).filter(clock=ClockName.RESOLVE)
    if any(timer.rung or now >= timer.due_at for timer in timers):
        raise DeadlineMissed


def wait_begin(_actor: Actor, ticket: Ticket, given: ActionInput, now: datetime) -> Consequence:
    """Let a locked ticket wait from now on for as long as its rules have left; raise WaitingUsedUp."""
    ticket.waiting_for, ticket.waiting_since = given.waiting_for, now
    (cap,) = deadlines_now(ticket, {ClockName.WAIT}, now)
    if cap.due_at <= now or len(ticket.waits) >= MOST_WAITS:
        raise WaitingUsedUp
    return Consequence(said={"waiting_until": cap.due_at.isoformat()})


def wait_end(_actor: Actor, ticket: Ticket, _given: ActionInput, now: datetime) -> Consequence:
    """Let a locked ticket wait no longer, from now on or from when its wait was over by itself; the caller saves it."""
    return Consequence(said=wait_ended(ticket=ticket, now=now))


def wait_ended(*, ticket: Ticket, now: datetime) -> dict[str, str]:
    """Turn the present wait of a ticket into one that is over; return what the ledger says of it, if there was one."""
    since, until = ticket.waiting_since, ticket.waiting_until
    if since is None or until is None:
        return {}
    ended_at = min(now, until)
    said = {"waited_for": ticket.waiting_for, "waited_from": since.isoformat(), "waited_until": ended_at.isoformat()}
    ticket.waits = [*ticket.waits, [since, ended_at]]
    ticket.waiting_for, ticket.waiting_since, ticket.waiting_until = "", None, None
    return said


def may_go_on_waiting(*, ticket: Ticket, now: datetime) -> bool:
    """Say whether a ticket that waits could also wait by the rules it has now.

    They need a clock for it, and the time to solve it must not have been over before the wait began.
    """
    if ClockName.WAIT not in rules_of(ticket) or ticket.waiting_since is None:
        return False
    (resolve,) = deadlines_now(ticket, {ClockName.RESOLVE}, now)
    return resolve.due_at > ticket.waiting_since


def wait_over_draft(*, ticket_id: UUID, since: datetime) -> OutboxDraft:
    """Return the outbox row that has a ticket go on because the wait that began at this instant took too long."""
    began = since.isoformat()
    payload = {"ticket": str(ticket_id), "since": began}
    return OutboxDraft(topic="ticket.wait_over", dedup_key=f"wait_over:{ticket_id}:{began}", payload=payload)


@transaction.atomic(savepoint=False)
def ticket_wait_over(*, payload: Mapping[str, str], now: datetime) -> None:
    """Let a ticket go on as of the end of its longest wait, and tell its head and assignee; whatever the delay.

    If it does not wait any more, or waits anew, nothing is done.
    """
    tickets = Ticket.objects.select_for_update(of=("self",), no_key=True).select_related("school")
    ticket = tickets.get(id=UUID(payload["ticket"]))
    if ticket.state != State.WAITING or ticket.waiting_since != parse_datetime(payload["since"]):
        return
    before, paused = clocks_of(ticket), clocks_paused(ticket)
    said = wait_ended(ticket=ticket, now=ticket.waiting_until or now)
    ticket.state = State.IN_PROGRESS
    ticket.version += 1
    ticket.updated_at = now
    timing = timers_follow(ticket=ticket, before=before, paused=paused, now=now)
    recorded = event_chain(ticket=ticket, kind=EventKind.RESUMED, at=now, actor_id=None, body={**said, **timing})
    ticket.save()
    events_store([recorded])
    people = people_after(action=Action.RESUME, actor_id=None, ticket=ticket, now=now)
    if people:
        outbox_add(drafts=[told_draft(event=recorded.event, people=people)], now=now)

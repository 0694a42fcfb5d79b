"""Having reports to somebody outside start with the change of a ticket that calls for them, in its own statement."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from backend.common.outbox import OutboxDraft
from backend.common.sql.statements import Write
from backend.deadlines.services import timers_arming
from backend.outside.models import OutsideDuty
from backend.outside.news import started_draft
from backend.outside.starting import Due, due_at_end, due_at_start, duty_of, timer_of
from backend.rulebook.selectors import ruleset_get
from backend.workflow.following_up import Followed, Following
from backend.workflow.states import State

INSERT = """
INSERT INTO outside_outsideduty (
    id, ticket_id, school_id, rulebook_id, clock, tell, recipient, number, cause, started_at, due_at, state, said_count
)
SELECT id, ticket_id, school_id, rulebook_id, clock, tell, recipient, number, cause, started_at, due_at, 'open', 0
FROM jsonb_to_recordset(%s::jsonb) AS duty(
    id uuid, ticket_id uuid, school_id uuid, rulebook_id integer, clock varchar, tell varchar, recipient varchar,
    number smallint, cause varchar, started_at timestamptz, due_at timestamptz
)
"""
COLUMNS = (
    *("id", "ticket_id", "school_id", "rulebook_id", "clock", "tell", "recipient", "number", "cause"),
    *("started_at", "due_at"),
)


def outside_follow(changed: Sequence[Followed], now: datetime) -> Following:
    """Return what starts with these changes; a ticket that is filed costs no statement of its own.

    What started before stands, whatever the ticket becomes: a person says that it does not apply, and why.
    """
    filed = [duty for one in changed if one.before is None for duty in _at_filing(one, now)]
    known = _known([one.ticket.id for one in changed if _may_call_for_more(one)])
    later = [duty for one in changed if one.ticket.id in known for duty in _at_change(one, known[one.ticket.id], now)]
    return duties_beside([*filed, *later], now)


def duties_beside(duties: Sequence[OutsideDuty], now: datetime) -> Following:
    """Return what stores new reports, arms their timers and has whoever answers for them hear of it."""
    if not duties:
        return Following()
    rows = [{name: getattr(duty, name) for name in COLUMNS} for duty in duties]
    timers = [timer_of(duty, ruleset_get(duty.rulebook_id)) for duty in duties]
    writes = [Write(INSERT, [json.dumps(rows, default=str)]), timers_arming(drafts=timers, now=now)]
    return Following(writes, list(_drafts(duties)))


def _drafts(duties: Iterable[OutsideDuty]) -> Iterable[OutboxDraft]:
    by_ticket: defaultdict[UUID, list[OutsideDuty]] = defaultdict(list)
    for duty in duties:
        by_ticket[duty.ticket_id].append(duty)
    return [started_draft(own) for own in by_ticket.values()]


def _at_filing(one: Followed, now: datetime) -> list[OutsideDuty]:
    found = due_at_start(ruleset_get(one.ticket.rulebook_id), one.ticket, one.answers)
    return [duty_of(due, ticket=one.ticket, cause=OutsideDuty.Cause.FILED, number=1, now=now) for due in found]


def _may_call_for_more(one: Followed) -> bool:
    """Say whether a change can call for more: another category or severity, or the end; all others ask nothing."""
    if one.before is None or one.ticket.is_exercise or not ruleset_get(one.ticket.rulebook_id).outside.rungs:
        return False
    return _is_classed_otherwise(one) or one.ticket.state == State.CLOSED


def _is_classed_otherwise(one: Followed) -> bool:
    before, ticket = one.before, one.ticket
    return before is not None and (before.category, before.severity) != (ticket.category, ticket.severity)


def _known(ticket_ids: Sequence[UUID]) -> dict[UUID, list[OutsideDuty]]:
    found: dict[UUID, list[OutsideDuty]] = {ticket_id: [] for ticket_id in ticket_ids}
    for duty in OutsideDuty.objects.filter(ticket__in=ticket_ids) if ticket_ids else ():
        found[duty.ticket_id].append(duty)
    return found


def _at_change(one: Followed, known: Sequence[OutsideDuty], now: datetime) -> list[OutsideDuty]:
    """Return what starts because the category or the severity is another one, or because it is closed."""
    rules, ticket, before = ruleset_get(one.ticket.rulebook_id), one.ticket, one.before
    found: list[tuple[Due, OutsideDuty.Cause]] = []
    if _is_classed_otherwise(one):
        found += [(due, OutsideDuty.Cause.CHANGED) for due in due_at_start(rules, ticket, {})]
    if ticket.state == State.CLOSED and before and before.state != State.CLOSED:
        told = [duty for duty in known if duty.state == OutsideDuty.State.TOLD]
        found += [(due, OutsideDuty.Cause.ENDED) for due in due_at_end(rules, told)]
    had = {(duty.clock, duty.tell, duty.recipient) for duty in known}
    return [
        duty_of(due, ticket=ticket, cause=cause, number=1, now=now)
        for due, cause in found
        if (due.clock.key, due.tell.key, due.recipient) not in had
    ]

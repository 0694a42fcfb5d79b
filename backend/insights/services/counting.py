"""Counting tickets for the figures: from what changed since the last time, or from everything."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from backend.insights.models import CountedHand, CountedTicket, CountingMark
from backend.workflow.actions import ACTIONS
from backend.workflow.actions.reopen import REOPEN
from backend.workflow.hands import STRETCHES, stretches_parameters
from backend.workflow.relation_groups import UNSEEN
from backend.workflow.states import State
from backend.workflow.system_events import ESCALATED

BATCH = 5_000
LOOK_BACK = timedelta(minutes=5)
"""A change is stamped when it begins and can be read once it is committed; no change takes this long."""
COMPARED_EVERY = timedelta(days=1)
"""So often all tickets are compared, for what a clock that was set back may have hidden."""
ACKNOWLEDGING = [action.name for action in ACTIONS if action.target is State.ACKNOWLEDGED and action.sources & UNSEEN]
# Of each school one look into the index of what changed; what is counted already stays out.
CHANGED = """
    SELECT changed.id FROM organisation_school AS school
    CROSS JOIN LATERAL (
        SELECT ticket.id, ticket.event_count FROM workflow_ticket AS ticket
        WHERE ticket.school_id = school.id AND ticket.updated_at >= %(since)s AND NOT ticket.is_exercise
    ) AS changed
    LEFT JOIN insights_countedticket AS counted ON counted.ticket_id = changed.id
    WHERE counted.events IS NULL OR counted.events < changed.event_count
    LIMIT %(most)s"""
EVERY = """
    SELECT ticket.id FROM workflow_ticket AS ticket
    LEFT JOIN insights_countedticket AS counted ON counted.ticket_id = ticket.id
    WHERE ticket.id > %(after)s AND NOT ticket.is_exercise
      AND (counted.events IS NULL OR counted.events < ticket.event_count)
    ORDER BY ticket.id LIMIT %(most)s"""
COUNT = """
    INSERT INTO insights_countedticket AS counted (
        ticket_id, school_id, office_id, place_id, category, kind, severity, confidentiality, seal, state, filed_at,
        acknowledged_at, resolved_at, missed_at, level, reopenings, events
    )
    SELECT ticket.id, ticket.school_id, ticket.owner_id, ticket.place_id, ticket.category, ticket.kind,
           ticket.severity, ticket.confidentiality, ticket.seal, ticket.state, ticket.filed_at,
           ledger.acknowledged_at, ticket.resolved_at, ledger.missed_at, ticket.level, ledger.reopenings,
           ticket.event_count
    FROM workflow_ticket AS ticket
    CROSS JOIN LATERAL (
        SELECT min(event.at) FILTER (WHERE event.kind = ANY(%(acknowledging)s)) AS acknowledged_at,
               min(event.at) FILTER (WHERE event.kind = %(missed)s) AS missed_at,
               count(*) FILTER (WHERE event.kind = %(reopened)s) AS reopenings
        FROM workflow_ticketevent AS event WHERE event.ticket_id = ticket.id
    ) AS ledger
    WHERE ticket.id = ANY(%(tickets)s)
    ON CONFLICT (ticket_id) DO UPDATE SET
        office_id = EXCLUDED.office_id, place_id = EXCLUDED.place_id, category = EXCLUDED.category,
        kind = EXCLUDED.kind, severity = EXCLUDED.severity, confidentiality = EXCLUDED.confidentiality,
        seal = EXCLUDED.seal, state = EXCLUDED.state, acknowledged_at = EXCLUDED.acknowledged_at,
        resolved_at = EXCLUDED.resolved_at, missed_at = EXCLUDED.missed_at, level = EXCLUDED.level,
        reopenings = EXCLUDED.reopenings, events = EXCLUDED.events
    WHERE counted.events <= EXCLUDED.events"""
FORGET_HANDS = "DELETE FROM insights_countedhand WHERE ticket_id = ANY(%(tickets)s)"
COUNT_HANDS = f"""
    INSERT INTO insights_countedhand (ticket_id, office_id, seconds)
    SELECT ticket_id, office_id, sum(extract(epoch FROM until - since)) FROM ({STRETCHES}) AS held
    GROUP BY ticket_id, office_id HAVING bool_and(until IS NOT NULL)"""  # noqa: S608 - statements of our own
FIRST = UUID(int=0)


def changes_count(*, now: datetime) -> int:
    """Count what changed since the last time, once a day everything; return how many tickets were counted.

    One run at a time: whoever finds another at it leaves it to that one.
    """
    CountingMark.objects.get_or_create(id=1)
    with transaction.atomic():
        mark = CountingMark.objects.select_for_update(skip_locked=True).first()
        if mark is None:
            return 0
        if mark.up_to is None or mark.compared_at is None or now - mark.compared_at >= COMPARED_EVERY:
            counted, mark.compared_at = _count_every(), now
        else:
            counted = _count_changed(mark.up_to - LOOK_BACK)
        mark.up_to = max(now, mark.up_to or now)
        mark.save(update_fields=["up_to", "compared_at"])
    return counted


def all_count(*, now: datetime) -> int:
    """Forget all that was counted and count every ticket anew; return how many.

    The statistics of the tables are taken at once: until the database does so by itself, its plans expect no rows.
    """
    with transaction.atomic():
        mark, _is_new = CountingMark.objects.select_for_update().get_or_create(id=1)
        CountedTicket.objects.all().delete()
        CountedHand.objects.all().delete()
        counted = _count_every()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE insights_countedticket, insights_countedhand")
        mark.up_to = mark.compared_at = now
        mark.save(update_fields=["up_to", "compared_at"])
    return counted


def _count_changed(since: datetime) -> int:
    counted = 0
    while tickets := _ids(CHANGED, since=since, most=BATCH):
        _count(tickets)
        counted += len(tickets)
    return counted


def _count_every() -> int:
    return sum(_count(tickets) for tickets in _all_in_batches())


def _all_in_batches() -> Iterator[Sequence[UUID]]:
    after = FIRST
    while tickets := _ids(EVERY, after=after, most=BATCH):
        yield tickets
        after = tickets[-1]


def _ids(statement: str, **parameters: Any) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [row[0] for row in cursor.fetchall()]


def _count(tickets: Sequence[UUID]) -> int:
    kinds: dict[str, Any] = {"acknowledging": ACKNOWLEDGING, "missed": ESCALATED.name, "reopened": REOPEN.name}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"tickets": list(tickets), **kinds})
        counted: int = cursor.rowcount
        cursor.execute(FORGET_HANDS, {"tickets": list(tickets)})
        cursor.execute(COUNT_HANDS, stretches_parameters(tickets=tickets))
    return counted

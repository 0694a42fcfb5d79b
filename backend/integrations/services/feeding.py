"""The feed of events: each gets its place after its commit, by one writer at a time, and nothing is put in between."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef

from backend.common.models import OutboxMessage
from backend.integrations.models import FeedEntry
from backend.integrations.selectors.webhooks import webhooks_on
from backend.integrations.services.planning import entries_plan

MOST_FORGOTTEN = 10_000
EVENTS_KEPT = timedelta(days=31)
"""A day longer than a cursor is good for."""
# Until the commit nobody else gets a place: whoever reads a place has all before it, however late they were committed.
ENTER = """
WITH writer AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtext('integrations.feed'))),
entered AS (
    INSERT INTO integrations_feedentry (event_id, ticket_id, school_id, entered_at)
    SELECT event.id, event.ticket_id, ticket.school_id, %s
    FROM writer, workflow_ticketevent AS event JOIN workflow_ticket AS ticket ON ticket.id = event.ticket_id
    WHERE event.id = ANY(%s::uuid[]) ORDER BY event.at, event.ticket_id, event.sequence
    RETURNING school_id, position
)
SELECT school_id, position FROM entered WHERE EXISTS (
    SELECT FROM integrations_webhook AS webhook
    JOIN integrations_serviceaccount AS account ON account.id = webhook.account_id
    WHERE webhook.is_on AND account.school_id = entered.school_id
)
"""


def events_enter(messages: Sequence[OutboxMessage], now: datetime) -> None:
    """Give the events of some changes of tickets, which are committed, their place in the order; one statement.

    It returns those of schools with a webhook, for which what is to be sent is planned.
    """
    with connection.cursor() as cursor:
        cursor.execute(ENTER, [now, [message.payload["event"] for message in messages]])
        to_send = cursor.fetchall()
    if to_send and (webhooks := webhooks_on(schools={school for school, _position in to_send})):
        positions = [position for _school, position in to_send]
        entries = FeedEntry.objects.filter(position__in=positions).select_related("event", "ticket")
        entries_plan(webhooks=webhooks, entries=list(entries.order_by("position")), now=now)


def events_purge(*, now: datetime) -> int:
    """Forget the places of up to ten thousand events that were given them more than 31 days ago; return how many.

    The last of them stays in each school: whoever follows stood there until the next one came, however long that took.
    """
    old = FeedEntry.objects.filter(entered_at__lt=now - EVENTS_KEPT)
    later = old.filter(school=OuterRef("school"), position__gt=OuterRef("position"))
    old = old.filter(Exists(later)).order_by("entered_at")
    return FeedEntry.objects.filter(pk__in=old.values("pk")[:MOST_FORGOTTEN]).delete()[0]

"""Sending to webhooks: what is due is claimed together, decided anew, posted outside any transaction, and noted."""

import logging
import math
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from backend.common.outbox import OutboxDraft, outbox_add
from backend.common.outgoing import NotTaken
from backend.common.posting import post_body
from backend.common.publishing import wake
from backend.common.retrying import MOST_TRIES, pause_after
from backend.common.sql.statements import RowUpdate
from backend.integrations.messages import test_body, webhook_body
from backend.integrations.models import LONGEST_REASON, Webhook, WebhookDelivery
from backend.integrations.selectors.events import event_of, tombstone_of
from backend.integrations.selectors.webhooks import secrets_of
from backend.integrations.services.planning import DELIVER, account_actor
from backend.integrations.signing import signed_headers
from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from backend.organisation.selectors.people import appointments_in_force
from backend.workflow.models import Ticket
from backend.workflow.sight import tickets_known

logger = logging.getLogger(__name__)

BUDGET = 60.0
SHARE = 10.0
"""The seconds of a run that one receiver may take while others wait."""
SIGHT_HOLDS = 1.0
"""The seconds after which it is decided anew what programs may know, since every message waits for an answer."""
LEASE = timedelta(minutes=3)
"""Longer than a run and its last message take."""
MOST_TOGETHER = 50
MOST_OF_ONE = 10
KEPT = timedelta(days=31)
MOST_FORGOTTEN = 10_000
GONE = 410
STOPPED = "webhook.stopped"
# The try is counted before it is made, so that a message that kills its worker is given up one day too.
# Few of each receiver are taken together, so that the many that wait for one keep nobody else waiting.
CLAIM = """
UPDATE integrations_webhookdelivery AS delivery SET attempts = delivery.attempts + 1, next_attempt_at = %s
FROM (
    SELECT due.id FROM integrations_webhook AS webhook CROSS JOIN LATERAL (
        SELECT id, next_attempt_at FROM integrations_webhookdelivery
        WHERE webhook_id = webhook.id AND next_attempt_at <= %s
        ORDER BY next_attempt_at, id LIMIT %s FOR UPDATE SKIP LOCKED
    ) AS due
    ORDER BY due.next_attempt_at, due.id LIMIT %s
) AS due
WHERE delivery.id = due.id RETURNING delivery.id
"""
RESULTS = RowUpdate(WebhookDelivery, "status", "attempts", "next_attempt_at", "last_error", "sent_at")
Status = WebhookDelivery.Status


class Run:
    """One run of sending: since when it lasts, and how much of it each receiver took."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._began = time.monotonic()
        self._taken: dict[UUID, float] = defaultdict(float)

    @property
    def passed(self) -> float:
        """The seconds since it began."""
        return time.monotonic() - self._began

    def at(self) -> datetime:
        """Return this moment, by the clock with which the run began."""
        return self.now + timedelta(seconds=self.passed)

    @contextmanager
    def counted(self, webhook: Webhook) -> Iterator[None]:
        """Count what happens within to a receiver."""
        began = self.passed
        yield
        self._taken[webhook.id] += self.passed - began

    def has_had_its_share(self, webhook: Webhook) -> bool:
        """Say whether a receiver took as much of the run as it may while others wait."""
        return self._taken[webhook.id] > SHARE


class Sight:
    """The tickets of some messages that programs may know of: one statement for each school, asked anew each second."""

    def __init__(self, deliveries: Sequence[WebhookDelivery]) -> None:
        self._tickets: dict[UUID, set[UUID]] = defaultdict(set)
        self._actors: dict[UUID, Actor] = {}
        self._known: dict[UUID, frozenset[UUID]] = {}
        self._asked = -math.inf
        for delivery in deliveries:
            account = delivery.webhook.account
            if delivery.event and account.school_id:
                self._tickets[account.school_id].add(delivery.event.ticket_id)
                self._actors[account.school_id] = account_actor(account)

    def holds(self, ticket: Ticket) -> bool:
        """Say whether programs of a ticket's school may know of it now."""
        if time.monotonic() - self._asked > SIGHT_HOLDS:
            self._known, self._asked = self._ask(), time.monotonic()
        return ticket.id in self._known[ticket.school_id]

    def _ask(self) -> dict[UUID, frozenset[UUID]]:
        return {
            school: frozenset(tickets_known(actor=self._actors[school]).filter(id__in=ids).values_list("id", flat=True))
            for school, ids in self._tickets.items()
        }


def webhooks_send(*, now: datetime) -> int:
    """Send what is due, at least once and always under the same id; return how many messages were taken.

    What fails is tried again for three days. After 60 s the rest is given back for another run, and after 10 s that of
    a slow receiver for whom others would wait.
    """
    run, sent = Run(now), 0
    while run.passed < BUDGET:
        claimed = _claim(run.at())
        sent += _send(claimed, run)
        if len(claimed) < MOST_OF_ONE:
            return sent
    wake(DELIVER)
    return sent


def deliveries_purge(*, now: datetime) -> int:
    """Forget up to ten thousand deliveries that were planned more than 31 days ago; return how many."""
    old = WebhookDelivery.objects.filter(created_at__lt=now - KEPT).order_by("created_at")
    return WebhookDelivery.objects.filter(pk__in=old.values("pk")[:MOST_FORGOTTEN]).delete()[0]


def _claim(now: datetime) -> Sequence[WebhookDelivery]:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [now + LEASE, now, MOST_OF_ONE, MOST_TOGETHER])
        ids = [row[0] for row in cursor.fetchall()]
    rows = WebhookDelivery.objects.filter(id__in=ids).select_related("webhook__account", "event__ticket")
    return list(rows.order_by("event__at", "event__sequence", "created_at", "id")) if ids else []


def _send(deliveries: Sequence[WebhookDelivery], run: Run) -> int:
    """Send claimed messages and note how all of them went; whoever is not reached is tried once for all that wait."""
    sight, away = Sight(deliveries), dict[UUID, NotTaken]()
    are_others = len({delivery.webhook_id for delivery in deliveries}) > 1
    for delivery in deliveries:
        webhook, at = delivery.webhook, run.at()
        if hindrance := _hindrance(delivery, at):
            _give_up(delivery, hindrance)
        elif webhook.id in away:
            _failed(delivery, away[webhook.id], at)
        elif run.passed > BUDGET or (are_others and run.has_had_its_share(webhook)):
            delivery.attempts, delivery.next_attempt_at = delivery.attempts - 1, run.now + timedelta(seconds=BUDGET)
        else:
            away |= _try(delivery, sight, run)
    if deliveries:
        RESULTS.update(deliveries)
    return sum(delivery.status == Status.SENT for delivery in deliveries)


def _try(delivery: WebhookDelivery, sight: Sight, run: Run) -> dict[UUID, NotTaken]:
    """Send one message; return its receiver where nothing else need be tried there now."""
    with run.counted(delivery.webhook):
        problem = _posted(delivery, sight, run.at())
    if problem is not None:
        _failed(delivery, problem, run.at())
        return _away(delivery.webhook, problem, run.at())
    delivery.status, delivery.sent_at, delivery.next_attempt_at = Status.SENT, run.at(), None
    delivery.last_error = ""
    return {}


def _posted(delivery: WebhookDelivery, sight: Sight, now: datetime) -> NotTaken | None:
    """Post a message, signed at this moment; return what is wrong where it was not taken."""
    webhook, event = delivery.webhook, delivery.event
    if event is None:
        body = test_body(now=now)
    else:
        body = webhook_body(event_of(event, event.ticket) if sight.holds(event.ticket) else tombstone_of(event))
    secrets = secrets_of(webhook=webhook, now=now)
    headers = signed_headers(message_id=delivery.message_id, body=body, secrets=secrets, now=now)
    try:
        post_body(address=webhook.address, body=body, headers=headers)
    except NotTaken as problem:
        return problem
    except Exception as error:
        logger.exception("Webhook delivery %s could not be sent", delivery.id)
        return NotTaken(type(error).__name__)
    return None


def _failed(delivery: WebhookDelivery, problem: NotTaken, now: datetime) -> None:
    """Note a failure; whoever answers 410 wants nothing any more, and everything else may pass."""
    pause = None if problem.status == GONE else pause_after(delivery.attempts)
    delivery.last_error = problem.reason[:LONGEST_REASON]
    delivery.next_attempt_at = now + pause if pause else None
    if pause is None:
        delivery.status = Status.FAILED


def _away(webhook: Webhook, problem: NotTaken, now: datetime) -> dict[UUID, NotTaken]:
    """Return a webhook at which nothing else need be tried now: it was not reached, or wants nothing any more."""
    if problem.status == GONE:
        _stop(webhook, now)
    return {webhook.id: problem} if problem.status in {None, GONE} else {}


def _give_up(delivery: WebhookDelivery, reason: str) -> None:
    delivery.status, delivery.next_attempt_at = Status.FAILED, None
    delivery.last_error = reason[:LONGEST_REASON]


def _hindrance(delivery: WebhookDelivery, now: datetime) -> str:
    """Return why a message is not sent at all; empty where it is."""
    webhook, account = delivery.webhook, delivery.webhook.account
    if not (webhook.is_on and account.revoked_at is None and account.ends_at > now):
        return "switched off"
    return "nobody heard how the last try went" if delivery.attempts > MOST_TRIES else ""


@transaction.atomic
def _stop(webhook: Webhook, now: datetime) -> None:
    """Switch a webhook off that answered 410, and tell the administrators of its school."""
    locked = Webhook.objects.select_for_update(no_key=True).filter(id=webhook.id, is_on=True).first()
    if locked is None:
        return
    locked.is_on, locked.refused_at = False, now
    locked.save(update_fields=["is_on", "refused_at"])
    waiting = webhook.deliveries.filter(next_attempt_at__isnull=False)
    waiting.update(status=Status.FAILED, next_attempt_at=None, last_error="HTTP 410")
    held = appointments_in_force(at=now).filter(post__school=webhook.account.school_id, post__role=Role.ADMINISTRATOR)
    people = held.values_list("person", flat=True).distinct()
    payload = {
        "people": sorted(str(person) for person in people),
        "webhook": str(webhook.id),
        "program": webhook.account.name,
        "address": webhook.address,
    }
    draft = OutboxDraft(topic=STOPPED, dedup_key=f"{STOPPED}:{webhook.id}:{now.isoformat()}", payload=payload)
    outbox_add(drafts=[draft], now=now)

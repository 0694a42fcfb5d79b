"""The outbox: every message's effect happens, once within the database and at least once outside it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from kombu.utils.json import loads

from backend.common.clock import database_now
from backend.common.models import OutboxMessage, ProcessHeartbeat
from backend.common.outbox import NotYet, OutboxDraft, outbox_add, outbox_consume, outbox_deliver
from backend.common.selectors import outbox_failed_count, outbox_failing_count, outbox_lag
from backend.common.services import outbox_purge
from tests.common.probe_outbox import OUTBOX_TASKS, beat_once, drafts

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def topics(settings: Any, broker: redis.Redis) -> None:
    settings.OUTBOX_TASKS = OUTBOX_TASKS


def published(broker: redis.Redis) -> list[tuple[str, list[int]]]:
    messages = [loads(raw) for raw in broker.lrange("work", 0, -1)]
    return [(message["headers"]["task"], loads(message["headers"]["argsrepr"])[0]) for message in messages]


def test_rows_are_published_after_the_commit_in_one_message_for_each_topic(broker: redis.Redis) -> None:
    with transaction.atomic():
        ids = outbox_add(drafts=drafts("a", "b"), now=NOW)
        other = outbox_add(drafts=[*drafts("c", topic="probe.other"), *drafts("d", topic="probe.other")], now=NOW)
        assert published(broker) == []
    assert sorted(published(broker)) == [("probe.consume", ids), ("probe.other", other)]
    assert OutboxMessage.objects.filter(next_attempt_at=NOW + timedelta(seconds=5)).count() == 4


def test_nothing_is_published_after_a_rollback(broker: redis.Redis) -> None:
    with transaction.atomic():
        outbox_add(drafts=drafts("a"), now=NOW)
        transaction.set_rollback(True)
    assert published(broker) == []
    assert not OutboxMessage.objects.exists()


def test_a_dedup_key_exists_once(broker: redis.Redis) -> None:
    first = outbox_add(drafts=[OutboxDraft("probe.consume", "a", {"n": 1}), *drafts("a")], now=NOW)
    assert len(first) == 1
    again = outbox_add(drafts=drafts("a", "b"), now=NOW)
    assert len(again) == 1
    assert OutboxMessage.objects.get(dedup_key="a").payload == {"n": 1}
    assert published(broker) == [("probe.consume", again), ("probe.consume", first)]


def test_nothing_to_add(broker: redis.Redis) -> None:
    assert outbox_add(drafts=[], now=NOW) == []
    assert published(broker) == []


def test_what_may_not_go_before_an_instant_waits_for_the_relay(broker: redis.Redis) -> None:
    later = NOW + timedelta(hours=1)
    (number,) = outbox_add(drafts=[OutboxDraft("probe.consume", "a", {}, later)], now=NOW)
    assert published(broker) == []
    assert outbox_consume(ids=[number], handle=beat_once, now=NOW) == 0
    assert OutboxMessage.objects.get(id=number).next_attempt_at == later
    assert outbox_consume(ids=[number], handle=beat_once, now=later) == 1


def test_a_sender_that_says_not_yet_has_not_failed(broker: redis.Redis) -> None:
    later = NOW + timedelta(hours=1)

    def wait(_message: OutboxMessage) -> None:
        raise NotYet(later)

    (number,) = outbox_add(drafts=drafts("a"), now=NOW, publish=False)
    assert published(broker) == []
    assert outbox_deliver(ids=[number], send=wait, now=NOW) == 0
    waiting = OutboxMessage.objects.get(id=number)
    assert (waiting.attempts, waiting.last_error, waiting.held_until) == (0, "", later)


def test_topics_without_a_consumer_are_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"stray\.topic"):
        outbox_add(drafts=drafts("a", topic="stray.topic"), now=NOW)


def test_consuming_twice_has_one_effect() -> None:
    ids = outbox_add(drafts=drafts("a", "b"), now=NOW)
    assert outbox_consume(ids=[*ids, *ids], handle=beat_once, now=NOW) == 2
    assert outbox_consume(ids=ids, handle=beat_once, now=NOW) == 0
    assert ProcessHeartbeat.objects.count() == 2
    assert OutboxMessage.objects.filter(done_at=NOW).count() == 2


def test_one_failure_stops_no_other_and_backs_off() -> None:
    (bad,) = outbox_add(drafts=drafts("bad", fail=True), now=NOW)
    (good,) = outbox_add(drafts=drafts("good"), now=NOW)
    assert outbox_consume(ids=[bad, 10**12, good], handle=beat_once, now=NOW) == 1
    assert list(ProcessHeartbeat.objects.values_list("name", flat=True)) == ["good"]
    row = OutboxMessage.objects.get(pk=bad)
    assert (row.attempts, row.last_error) == (1, "ValueError: told to fail ")
    assert row.next_attempt_at == row.held_until == NOW + timedelta(seconds=5)
    assert outbox_consume(ids=[bad], handle=beat_once, now=NOW + timedelta(seconds=4)) == 0
    assert OutboxMessage.objects.get(pk=bad).attempts == 1


def test_a_failing_message_is_tried_for_ever_every_five_minutes_at_last() -> None:
    (bad,) = outbox_add(drafts=drafts("bad", fail=True), now=NOW)
    now, pauses = NOW, []
    for _try in range(12):
        outbox_consume(ids=[bad], handle=beat_once, now=now)
        row = OutboxMessage.objects.get(pk=bad)
        pauses.append((row.next_attempt_at - now).total_seconds())
        now = row.next_attempt_at
    assert pauses == [5, 10, 20, 40, 80, 160, *[300] * 6]
    assert (outbox_failing_count(), outbox_failed_count()) == (1, 0)
    OutboxMessage.objects.update(payload={})
    assert outbox_consume(ids=[bad], handle=beat_once, now=now) == 1


def test_a_message_somebody_holds_is_passed_over() -> None:
    ids = outbox_add(drafts=drafts("a held", "b free"), now=NOW)
    started, finish = threading.Event(), threading.Event()

    def slowly(message: OutboxMessage, now: datetime) -> None:
        started.set()
        assert finish.wait(10)

    def hold() -> int:
        try:
            return outbox_consume(ids=ids[:1], handle=slowly, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert started.wait(10)
        assert outbox_consume(ids=ids, handle=beat_once, now=NOW) == 1
        finish.set()
        assert holding.result() == 1
    assert list(ProcessHeartbeat.objects.values_list("name", flat=True)) == ["b free"]


def test_sending_happens_outside_a_transaction_under_a_lease() -> None:
    (number,) = outbox_add(drafts=drafts("a"), now=NOW)
    sent = []

    def send(message: OutboxMessage) -> None:
        assert not connection.in_atomic_block
        sent.append(message.dedup_key)
        assert outbox_deliver(ids=[number], send=send, now=NOW + timedelta(seconds=60)) == 0

    assert outbox_deliver(ids=[number], send=send, now=NOW) == 1
    assert outbox_deliver(ids=[number], send=send, now=NOW + timedelta(days=1)) == 0
    assert sent == ["a"]


def refuse(message: OutboxMessage) -> None:
    raise ConnectionRefusedError("no mail server")


def test_delivery_gives_up_after_ten_tries_over_three_days() -> None:
    (number,) = outbox_add(drafts=drafts("a"), now=NOW)
    now, tries = NOW, 0
    while not outbox_failed_count():
        assert outbox_deliver(ids=[number], send=refuse, now=now) == 0
        tries += 1
        row = OutboxMessage.objects.get(pk=number)
        last, now = now, row.next_attempt_at + timedelta(seconds=1)
    assert tries == 10
    assert timedelta(days=3) < last - NOW < timedelta(days=3, hours=8)
    assert row.last_error == "ConnectionRefusedError: no mail server"
    assert outbox_deliver(ids=[number], send=lambda _message: None, now=now + timedelta(days=9)) == 0


def test_one_failed_delivery_stops_no_other() -> None:
    ids = outbox_add(drafts=drafts("bad", "good"), now=NOW)

    def send(message: OutboxMessage) -> None:
        if message.dedup_key == "bad":
            refuse(message)

    assert outbox_deliver(ids=ids, send=send, now=NOW) == 1


def test_a_message_that_kills_its_worker_is_given_up_too() -> None:
    (number,) = outbox_add(drafts=drafts("a"), now=NOW)

    def die(message: OutboxMessage) -> None:
        raise SystemExit

    now = NOW
    for _try in range(10):
        with pytest.raises(SystemExit):
            outbox_deliver(ids=[number], send=die, now=now)
        now += timedelta(minutes=3)
    assert outbox_deliver(ids=[number], send=die, now=now) == 0
    assert outbox_failed_count() == 1


def test_lag_counts_from_when_the_relay_should_have_come() -> None:
    assert outbox_lag(now=NOW) == timedelta()
    outbox_add(drafts=drafts("a"), now=NOW)
    assert outbox_lag(now=NOW) == timedelta()
    assert outbox_lag(now=NOW + timedelta(seconds=65)) == timedelta(seconds=60)


def test_done_messages_go_after_a_week_and_given_up_ones_stay() -> None:
    ids = outbox_add(drafts=drafts("done", "failed", "open"), now=NOW)
    outbox_consume(ids=ids[:1], handle=beat_once, now=NOW)
    OutboxMessage.objects.filter(pk=ids[1]).update(failed_at=NOW)
    assert outbox_purge(now=NOW + timedelta(days=6)) == 0
    assert outbox_purge(now=NOW + timedelta(days=8)) == 1
    assert OutboxMessage.objects.count() == 2


def test_the_clock_is_the_databases() -> None:
    with transaction.atomic():
        first = database_now()
        assert database_now() > first
        assert first.tzinfo is not None

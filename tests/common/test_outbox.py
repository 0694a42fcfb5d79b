"""The outbox: every message's effect happens, once within the database and at least once outside it."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from kombu.utils.json import loads
from pytest_django import DjangoAssertNumQueries

from backend.common.clock import database_now
from backend.common.models import OutboxMessage, ProcessHeartbeat
from backend.common.outbox import BATCH, Handler, OutboxDraft, outbox_add, outbox_consume, outbox_deliver
from backend.common.publishing import SECONDS_BETWEEN, WakeUps
from backend.common.retrying import MOST_TRIES
from backend.common.selectors import outbox_failed_count, outbox_failing_count, outbox_lag
from backend.common.services import outbox_purge
from tests.common.conftest import wait_for
from tests.common.probe_outbox import OUTBOX_TASKS, beat_once, drafts

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def topics(settings: Any, broker: redis.Redis) -> None:
    settings.OUTBOX_TASKS = OUTBOX_TASKS


def woken(broker: redis.Redis) -> list[str]:
    return sorted(loads(raw)["headers"]["task"] for raw in broker.lrange("work", 0, -1))


def consume(now: datetime = NOW, handle: Handler = beat_once) -> int:
    return outbox_consume(topic="probe.consume", handle=handle, now=now)


def deliver(send: Callable[[OutboxMessage], None], now: datetime = NOW) -> int:
    return outbox_deliver(topic="probe.consume", send=send, now=now)


def test_consumers_are_woken_after_the_commit_once_for_each_topic(broker: redis.Redis) -> None:
    with transaction.atomic():
        outbox_add(drafts=drafts("a", "b"), now=NOW)
        outbox_add(drafts=[*drafts("c", topic="probe.other"), *drafts("d", topic="probe.other")], now=NOW)
        assert woken(broker) == []
    assert woken(broker) == ["probe.consume", "probe.other"]
    assert OutboxMessage.objects.filter(next_attempt_at=NOW + timedelta(seconds=5)).count() == 4


def test_nothing_is_published_after_a_rollback(broker: redis.Redis) -> None:
    with transaction.atomic():
        outbox_add(drafts=drafts("a"), now=NOW)
        transaction.set_rollback(True)
    assert woken(broker) == []
    assert not OutboxMessage.objects.exists()


def test_a_storm_of_commits_wakes_a_consumer_a_few_times_and_once_more_at_its_end(broker: redis.Redis) -> None:
    began = time.monotonic()
    for number in range(50):
        outbox_add(drafts=drafts(f"m{number}"), now=NOW)
    first = broker.llen("work")
    lasted = time.monotonic() - began
    assert 1 <= first <= 1 + lasted / SECONDS_BETWEEN
    wait_for(lambda: broker.llen("work") > first)


def test_a_dedup_key_exists_once(broker: redis.Redis) -> None:
    first = outbox_add(drafts=[OutboxDraft("probe.consume", "a", {"n": 1}), *drafts("a")], now=NOW)
    assert len(first) == 1
    again = outbox_add(drafts=drafts("a", "b"), now=NOW)
    assert len(again) == 1
    assert OutboxMessage.objects.get(dedup_key="a").payload == {"n": 1}


def test_nothing_to_add(broker: redis.Redis) -> None:
    assert outbox_add(drafts=[], now=NOW) == []
    assert woken(broker) == []


def test_topics_without_a_consumer_are_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"stray\.topic"):
        outbox_add(drafts=drafts("a", topic="stray.topic"), now=NOW)


def test_consuming_twice_has_one_effect() -> None:
    outbox_add(drafts=drafts("a", "b"), now=NOW)
    assert consume() == 2
    assert consume() == 0
    assert ProcessHeartbeat.objects.count() == 2
    assert OutboxMessage.objects.filter(done_at=NOW).count() == 2


def test_a_batch_costs_as_many_statements_as_one_message(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for names in (["a"], [f"m{number}" for number in range(150)]):
        outbox_add(drafts=drafts(*names), now=NOW)
        with django_assert_num_queries(3):  # begin, take and close, commit
            assert consume(handle=lambda _messages, _now: None) == len(names)


def test_more_than_a_batch_is_worked_off_in_one_run() -> None:
    outbox_add(drafts=drafts(*(f"m{number:03}" for number in range(BATCH + 5))), now=NOW)
    sizes: list[int] = []
    assert consume(handle=lambda messages, _now: sizes.append(len(messages))) == BATCH + 5
    assert sizes == [BATCH, 5]


def test_one_failure_stops_no_other_and_backs_off() -> None:
    (bad,) = outbox_add(drafts=drafts("bad", fail=True), now=NOW)
    outbox_add(drafts=drafts(*(f"good{number}" for number in range(9))), now=NOW)
    assert consume() == 9
    assert set(ProcessHeartbeat.objects.values_list("name", flat=True)) == {f"good{number}" for number in range(9)}
    row = OutboxMessage.objects.get(pk=bad)
    assert (row.attempts, row.last_error, row.done_at) == (1, "ValueError: told to fail ", None)
    assert row.next_attempt_at == row.held_until == NOW + timedelta(seconds=5)
    assert consume(NOW + timedelta(seconds=4)) == 0
    assert OutboxMessage.objects.get(pk=bad).attempts == 1


def test_a_failing_message_is_tried_for_ever_every_five_minutes_at_last() -> None:
    (bad,) = outbox_add(drafts=drafts("bad", fail=True), now=NOW)
    now, pauses = NOW, []
    for _try in range(16):
        consume(now)
        row = OutboxMessage.objects.get(pk=bad)
        pauses.append((row.next_attempt_at - now).total_seconds())
        now = row.next_attempt_at
    assert pauses == [5, 10, 20, 40, 80, 160, *[300] * 10]
    assert (outbox_failing_count(), outbox_failed_count()) == (1, 0)
    OutboxMessage.objects.update(payload={})
    assert consume(now) == 1


def test_messages_somebody_holds_are_passed_over() -> None:
    outbox_add(drafts=drafts("a held"), now=NOW)
    started, finish = threading.Event(), threading.Event()

    def slowly(_messages: Sequence[OutboxMessage], _now: datetime) -> None:
        started.set()
        assert finish.wait(10)

    def hold() -> int:
        try:
            return consume(handle=slowly)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert started.wait(10)
        outbox_add(drafts=drafts("b free"), now=NOW)
        assert consume() == 1
        finish.set()
        assert holding.result() == 1
    assert list(ProcessHeartbeat.objects.values_list("name", flat=True)) == ["b free"]


def test_sending_happens_outside_a_transaction_under_a_lease() -> None:
    outbox_add(drafts=drafts("a"), now=NOW)
    sent = []

    def send(message: OutboxMessage) -> None:
        assert not connection.in_atomic_block
        sent.append(message.dedup_key)
        assert deliver(send, NOW + timedelta(seconds=60)) == 0

    assert deliver(send) == 1
    assert deliver(send, NOW + timedelta(days=1)) == 0
    assert sent == ["a"]


def refuse(message: OutboxMessage) -> None:
    raise ConnectionRefusedError("no mail server")


def test_delivery_gives_up_after_three_days() -> None:
    (number,) = outbox_add(drafts=drafts("a"), now=NOW)
    now, tries = NOW, 0
    while not outbox_failed_count():
        assert deliver(refuse, now) == 0
        tries += 1
        row = OutboxMessage.objects.get(pk=number)
        last, now = now, row.next_attempt_at + timedelta(seconds=1)
    assert tries == MOST_TRIES == 14
    assert timedelta(days=3) < last - NOW < timedelta(days=3, hours=8)
    assert row.last_error == "ConnectionRefusedError: no mail server"
    assert deliver(lambda _message: None, now + timedelta(days=9)) == 0


def test_one_failed_delivery_stops_no_other() -> None:
    outbox_add(drafts=drafts("bad", "good"), now=NOW)

    def send(message: OutboxMessage) -> None:
        if message.dedup_key == "bad":
            refuse(message)

    assert deliver(send) == 1


def test_a_message_that_kills_its_worker_is_given_up_too() -> None:
    outbox_add(drafts=drafts("a"), now=NOW)

    def die(message: OutboxMessage) -> None:
        raise SystemExit

    now = NOW
    for _try in range(MOST_TRIES):
        with pytest.raises(SystemExit):
            deliver(die, now)
        now += timedelta(minutes=3)
    assert deliver(die, now) == 0
    assert outbox_failed_count() == 1


def test_lag_counts_from_when_the_relay_should_have_come() -> None:
    assert outbox_lag(now=NOW) == timedelta()
    outbox_add(drafts=drafts("a"), now=NOW)
    assert outbox_lag(now=NOW) == timedelta()
    assert outbox_lag(now=NOW + timedelta(seconds=65)) == timedelta(seconds=60)


def test_done_messages_go_after_a_week_and_given_up_ones_stay() -> None:
    ids = outbox_add(drafts=drafts("done", "failed", "open"), now=NOW)
    OutboxMessage.objects.filter(pk=ids[0]).update(done_at=NOW)
    OutboxMessage.objects.filter(pk=ids[1]).update(failed_at=NOW)
    assert outbox_purge(now=NOW + timedelta(days=6)) == 0
    assert outbox_purge(now=NOW + timedelta(days=8)) == 1
    assert OutboxMessage.objects.count() == 2


def test_the_clock_is_the_databases() -> None:
    with transaction.atomic():
        first = database_now()
        assert database_now() > first
        assert first.tzinfo is not None


def test_a_wake_up_for_which_there_is_no_thread_keeps_no_later_one_back(
    broker: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It raised within the request, after its commit, and its task was never woken again by this process."""
    wake_ups, task = WakeUps(seconds=3600), next(iter(OUTBOX_TASKS.values()))
    assert wake_ups.send(task)

    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as without:
        without.setattr(threading.Thread, "start", refuse)
        assert not wake_ups.send(task)
    wake_ups.seconds = 0
    assert wake_ups.send(task)
    assert woken(broker) == [task, task]


def test_a_wake_up_that_waits_is_forgotten_with_the_rest(broker: redis.Redis) -> None:
    """It came to the broker of the test that followed, which counted it as its own."""
    wake_ups, task = WakeUps(seconds=0.3), next(iter(OUTBOX_TASKS.values()))
    assert wake_ups.send(task)
    assert wake_ups.send(task)
    waiting = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    assert waiting
    wake_ups.reset()
    for thread in waiting:
        thread.join()
    assert woken(broker) == [task]

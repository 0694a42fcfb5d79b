"""Arming gives every subject, target and clock its next epoch in one statement; stopping is for good."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from backend.common.sql.statements import write
from backend.deadlines.models import Timer
from backend.deadlines.selectors import timers_of
from backend.deadlines.services import TimerDraft, timers_arm, timers_arming, timers_stop, timers_stopping
from tests.deadlines.conftest import MINUTE, NOW, draft
from tests.roles import as_owner

pytestmark = pytest.mark.django_db


def test_arming_is_one_statement_and_returns_the_timers_ids() -> None:
    subject = uuid4()
    drafts = [
        draft(subject, NOW + 5 * MINUTE, NOW + 10 * MINUTE, repeat_every=timedelta(days=1), calendar_version=7),
        draft(subject, NOW + 5 * MINUTE, clock="act"),
        draft(subject, NOW + 5 * MINUTE, clock="act", target="offer-1"),
    ]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        ids = timers_arm(drafts=drafts, now=NOW)
    assert len(queries) == 1
    timers = list(Timer.objects.filter(id__in=ids).order_by("id"))
    first = timers[0]
    assert (first.epoch, first.rung, first.armed, first.due_at, first.next_try_at) == (
        1, 0, True, NOW + 5 * MINUTE, NOW + 5 * MINUTE,
    )  # fmt: skip
    assert first.ladder == [NOW + 5 * MINUTE, NOW + 10 * MINUTE]
    assert (first.repeat_every, first.calendar_version, first.started_at) == (timedelta(days=1), 7, NOW)
    assert [(timer.clock, timer.target) for timer in timers] == [("acknowledge", ""), ("act", ""), ("act", "offer-1")]


def test_arming_nothing_asks_the_database_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert timers_arm(drafts=[], now=NOW) == []


def test_each_arming_is_a_new_epoch_of_its_own_target_and_clock() -> None:
    subject = uuid4()
    for epoch in (1, 2, 3):
        [timer_id] = timers_arm(drafts=[draft(subject, NOW)], now=NOW)
        assert Timer.objects.get(pk=timer_id).epoch == epoch
        assert (
            timers_stop(subject_kind="probe", subject_id=subject, clocks=["acknowledge"], now=NOW, reason="done") == 1
        )
    [other_id] = timers_arm(drafts=[draft(subject, NOW, target="offer-1")], now=NOW)
    assert Timer.objects.get(pk=other_id).epoch == 1


def test_a_clock_that_is_still_open_cannot_be_armed_again() -> None:
    subject = uuid4()
    timers_arm(drafts=[draft(subject, NOW)], now=NOW)
    with pytest.raises(IntegrityError, match="timer_one_open"):
        timers_arm(drafts=[draft(subject, NOW)], now=NOW)


def test_stopping_touches_only_the_named_clocks_of_this_subject_and_only_once() -> None:
    subject, other = uuid4(), uuid4()
    timers_arm(
        drafts=[draft(subject, NOW, clock=clock) for clock in ("acknowledge", "act", "resolve")] + [draft(other, NOW)],
        now=NOW,
    )
    stop = {"subject_kind": "probe", "subject_id": subject, "now": NOW + MINUTE, "reason": "acknowledged"}
    assert timers_stop(clocks={"acknowledge"}, **stop) == 1  # type: ignore[arg-type]
    assert timers_stop(clocks={"acknowledge"}, **stop) == 0  # type: ignore[arg-type]
    assert timers_stop(clocks=set(), **stop) == 0  # type: ignore[arg-type]
    assert {timer.clock for timer in timers_of(subject_kind="probe", subject_ids=[subject])} == {"act", "resolve"}
    assert timers_stop(clocks=None, **stop) == 2  # type: ignore[arg-type]
    stopped = Timer.objects.get(subject_id=subject, clock="acknowledge")
    assert (stopped.armed, stopped.stopped_at, stopped.stop_reason) == (False, NOW + MINUTE, "acknowledged")
    assert Timer.objects.get(subject_id=other).armed


def test_a_clock_is_stopped_and_armed_again_by_one_statement() -> None:
    subject = uuid4()
    timers_arm(drafts=[draft(subject, NOW), draft(subject, NOW, clock="act")], now=NOW)
    later = NOW + MINUTE
    stopping = timers_stopping(
        subject_kind="probe", subject_id=subject, clocks=["acknowledge", "act"], now=later, reason="done"
    )
    drafts = [draft(subject, later), draft(subject, later, clock="resolve")]
    assert len(write(stopping, timers_arming(drafts=drafts, now=later, after_stopping=True))) == 2
    timers = Timer.objects.filter(subject_id=subject).order_by("id")
    assert [(timer.clock, timer.epoch, timer.armed, timer.stopped_at) for timer in timers] == [
        ("acknowledge", 1, False, later), ("act", 1, False, later),
        ("acknowledge", 2, True, None), ("resolve", 1, True, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ladder", "repeat", "words"),
    [
        ((), None, "1 to 16 rungs"),
        ((NOW,) * 17, None, "1 to 16 rungs"),
        ((NOW, NOW - MINUTE), None, "in order"),
        ((NOW.replace(tzinfo=None),), None, "time zone"),
        ((NOW,), timedelta(0), "slower"),
    ],
)
def test_a_draft_that_cannot_run_is_refused(ladder: tuple[datetime, ...], repeat: timedelta | None, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        TimerDraft(subject_kind="probe", subject_id=uuid4(), clock="act", ladder=ladder, repeat_every=repeat)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"armed": False}, "timer_armed_paused_or_stopped"),
        ({"remaining": MINUTE}, "timer_armed_paused_or_stopped"),
        ({"armed": False, "stopped_at": NOW}, "timer_stopped_with_reason"),
        ({"next_try_at": NOW - MINUTE}, "timer_never_tried_early"),
        ({"due_at": NOW - MINUTE}, "timer_due_by_ladder"),
        ({"ladder": []}, "timer_ladder_bounded"),
        ({"repeat_every": timedelta(0)}, "timer_repeat_not_too_short"),
        ({"epoch": 0}, "timer_epoch_from_one"),
    ],
)
def test_the_database_refuses_a_timer_that_makes_no_sense(change: dict[str, object], constraint: str) -> None:
    [timer_id] = timers_arm(drafts=[draft(uuid4(), NOW)], now=NOW)
    with pytest.raises(IntegrityError, match=constraint), as_owner():
        Timer.objects.filter(pk=timer_id).update(**change)

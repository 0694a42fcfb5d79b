"""Late deadlines, fired ones, gaps and holds are the same on the status page and in the metrics."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from prometheus_client.parser import text_string_to_metric_families

from backend.common.clock import database_now
from backend.deadlines.clocks import ClockReading
from backend.deadlines.models import EngineHeartbeat, Timer
from backend.deadlines.services import firing_hold_open, sweep_gap_record
from backend.deadlines.services.engine import Engine
from backend.health.views import one_at_a_time
from tests.roles import as_owner
from tests.workflow.steps import DAY, file_ticket
from tests.world import World

MINUTE = timedelta(minutes=1)


def metrics() -> dict[str, float]:
    """Return every sample by its name, those of several engines added up."""
    answer = Client().get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(answer.content.decode()):
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, 0) + sample.value
    return found


def status() -> dict[str, Any]:
    answer: dict[str, Any] = Client().get("/statusz").json()
    return answer


def engine_at(now: datetime) -> Engine:
    """Return an engine whose clocks stand at an instant."""
    return Engine(name="engine-1", read=lambda: ClockReading(now=now, before=1.0, after=1.0), boot="this boot")


def overdue(world: World) -> int:
    """File a report whose clocks were all due an hour ago; return how many there are."""
    file_ticket(world)
    now = database_now()
    armed = Timer.objects.update(due_at=now - 60 * MINUTE, next_try_at=now - 60 * MINUTE, ladder=[now - 60 * MINUTE])
    with as_owner():
        Timer.objects.update(repeat_every=DAY)
    return armed


def test_what_is_late_and_what_fired_is_counted(committed_world: World) -> None:
    armed = overdue(committed_world)
    before = metrics()
    assert (before["allclear_deadlines_due"], status()["engine"]["due"]) == (armed, armed)
    assert 3600 <= before["allclear_deadline_lag_seconds"] < 3700
    assert {"engine_late", "engine_silent"} <= set(status()["alarms"])

    engine_at(database_now()).drain()
    after = metrics()
    assert (after["allclear_deadlines_due"], after["allclear_deadline_lag_seconds"]) == (0, 0)
    assert after["allclear_deadlines_fired_total"] == armed == status()["engine"]["fired"]
    assert after["allclear_engine_silence_seconds"] < 60
    assert not {"engine_late", "engine_silent"} & set(status()["alarms"])


@pytest.mark.django_db
def test_a_gap_is_seen_while_it_lasts_and_afterwards() -> None:
    engine_at(database_now()).drain()
    assert metrics()["allclear_sweep_gap_seconds"] == 0
    EngineHeartbeat.objects.update(beat_at=F("beat_at") - 10 * MINUTE)
    assert 600 <= metrics()["allclear_sweep_gap_seconds"] < 700
    assert metrics()["allclear_sweep_gaps_week"] == 0
    assert sweep_gap_record(name="engine-1", now=database_now())
    assert metrics()["allclear_sweep_gaps_week"] == 1 == len(status()["engine"]["gaps"])


@pytest.mark.django_db
def test_a_hold_is_seen() -> None:
    assert metrics()["allclear_firing_on_hold"] == 0
    firing_hold_open(jump=60 * MINUTE, seen_by="engine-1", now=database_now())
    assert metrics()["allclear_firing_on_hold"] == 1
    assert "firing_on_hold" in status()["alarms"]


@pytest.mark.django_db
def test_messages_and_deliveries_are_counted() -> None:
    found = metrics()
    names = ("outbox_lag_seconds", "outbox_failing", "outbox_given_up", "deliveries_failed_day")
    assert [found[f"allclear_{name}"] for name in names] == [0, 0, 0, 0]
    assert status()["deliveries_failed_day"] == 0


def test_a_process_composes_one_answer_for_monitors_at_a_time(rf: RequestFactory) -> None:
    beside: list[HttpResponse] = []

    @one_at_a_time
    def view(request: HttpRequest) -> HttpResponse:
        if not beside:
            beside.append(HttpResponse())
            beside.append(view(request))
        return HttpResponse()

    assert [view(rf.get("/")).status_code for _time in range(2)] == [200, 200]
    assert (beside[1].status_code, beside[1].headers["Retry-After"]) == (429, "1")

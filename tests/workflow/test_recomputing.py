"""A changed calendar moves the deadlines that rest on it; those that fired stay, and the ledger tells both."""

from datetime import datetime, timedelta
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from backend.calendars.files import calendar_read
from backend.calendars.models import Calendar
from backend.common.models import OutboxMessage
from backend.deadlines.models import Escalation, Timer
from backend.deadlines.services import fire_due
from backend.organisation.services import calendar_import
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.services import calendar_changed, recompute_stale, tickets_recompute
from backend.workflow.tasks import recompute
from tests.organisation.conftest import DEMO
from tests.roles import as_owner
from tests.workflow.test_working_clocks import (
    FRIDAY,
    IMPORTANT,
    ORDINARY,
    filed_at,
    local,
    school_week,
    timers,
    versions,
)
from tests.world import World

__all__ = ["school_week"]
MONDAY_FREE = {"first": "2026-03-09", "note": "运动会"}


def monday_off(world: World) -> Calendar:
    """Give everybody the Monday off."""
    content = calendar_read(DEMO / "calendar.yaml")
    content["days"].append(MONDAY_FREE)
    return calendar_import(school=world.school, content=content)


def audits() -> None:
    """Prove the invariants of the engine, of the tickets and of the ledger."""
    for command in ("deadlines_audit", "tickets_audit", "ledger_verify"):
        call_command(command, stdout=StringIO())


def moved(ticket_id: UUID) -> list[dict[str, object]]:
    """Return what the ledger says has moved."""
    body = TicketEvent.objects.get(ticket=ticket_id, kind="clocks-moved").payload.body
    rows: list[dict[str, object]] = body["moved"]
    return rows


def test_a_new_holiday_moves_what_rests_on_working_time(school_week: World) -> None:
    ticket_id, urgent = (filed_at(school_week, FRIDAY, category) for category in (ORDINARY, IMPORTANT))
    before = timers(urgent)
    calendar = monday_off(school_week)
    message = OutboxMessage.objects.get(topic="calendar.changed", payload__version=calendar.version)
    recompute()
    message.refresh_from_db()
    assert message.done_at is not None
    assert timers(ticket_id)["acknowledge"] == ["03-10T11:30", "03-11T17:30", "03-13T17:30"]
    assert timers(ticket_id)["resolve"][0] == "03-14T17:30" or timers(ticket_id)["resolve"][0] == "03-16T17:30"
    assert Ticket.objects.get(id=ticket_id).next_due_at == local("2026-03-10T11:30")
    assert calendar.version in versions(ticket_id)
    said = {str(row["clock"]): row for row in moved(ticket_id)}
    assert said.keys() == {"acknowledge", "act", "resolve"}
    first = said["acknowledge"]
    assert (datetime.fromisoformat(first["from"][0]), datetime.fromisoformat(first["to"][0])) == (  # type: ignore[index]
        local("2026-03-09T11:30"),
        local("2026-03-10T11:30"),
    )
    assert timers(urgent) == before
    assert not TicketEvent.objects.filter(ticket=urgent, kind="clocks-moved").exists()
    audits()


def test_rungs_that_fired_stay_and_only_those_to_come_move(school_week: World) -> None:
    ticket_id = filed_at(school_week, FRIDAY, ORDINARY)
    assert fire_due(now=local("2026-03-09T11:30")).fired == 1
    monday_off(school_week)
    now = local("2026-03-09T12:00")
    tickets_recompute(school_id=school_week.school.id, now=now, dry_run=False)
    timer = Timer.objects.get(subject_id=ticket_id, clock="acknowledge")
    assert (timer.rung, timer.ladder[0], timer.due_at) == (1, local("2026-03-09T11:30"), local("2026-03-11T17:30"))
    assert Escalation.objects.get(timer=timer).due_at == local("2026-03-09T11:30")
    audits()
    assert fire_due(now=local("2026-03-11T17:29")).fired == 1
    assert fire_due(now=local("2026-03-11T17:30")).fired == 1
    audits()


def test_a_clock_that_moves_into_the_past_fires_with_the_next_sweep(school_week: World) -> None:
    content = calendar_read(DEMO / "calendar.yaml")
    monday_off(school_week)
    ticket_id = filed_at(school_week, FRIDAY, ORDINARY)
    assert timers(ticket_id)["acknowledge"][0] == "03-10T11:30"
    calendar_import(school=school_week.school, content=content)
    now = local("2026-03-09T15:00")
    tickets_recompute(school_id=school_week.school.id, now=now, dry_run=False)
    assert Timer.objects.get(subject_id=ticket_id, clock="acknowledge").next_try_at == now
    assert fire_due(now=now).fired == 1
    audits()


def test_a_dry_run_only_says_what_would_move_and_by_how_much(school_week: World) -> None:
    ticket_id = filed_at(school_week, FRIDAY, ORDINARY)
    monday_off(school_week)
    before = list(Timer.objects.order_by("id").values())
    out = StringIO()
    call_command("deadlines_recompute", "--school", "home", "--dry-run", stdout=out)
    reference = Ticket.objects.get(id=ticket_id).reference
    lines = out.getvalue().splitlines()
    assert any(line.startswith(f"{reference}  acknowledge") and "(+24.0 h)" in line for line in lines)
    assert lines[-1] == "3 deadlines would move; 1 open tickets were looked at."
    assert list(Timer.objects.order_by("id").values()) == before
    call_command("deadlines_recompute", "--school", "home", stdout=out)
    assert out.getvalue().splitlines()[-1] == "3 deadlines moved; 1 open tickets were looked at."
    assert tickets_recompute(school_id=school_week.school.id, now=school_week.now, dry_run=True).moved == ()
    with pytest.raises(CommandError, match="no school"):
        call_command("deadlines_recompute", "--school", "nowhere")


def test_many_tickets_move_in_batches_each_asked_for_by_the_one_before(school_week: World) -> None:
    tickets = [filed_at(school_week, FRIDAY, ORDINARY) for _ in range(5)]
    monday_off(school_week)
    done = tickets_recompute(school_id=school_week.school.id, now=school_week.now, dry_run=False, batch=2)
    assert (done.tickets, len(done.moved)) == (5, 15)
    assert all(timers(ticket_id)["acknowledge"][0] == "03-10T11:30" for ticket_id in tickets)
    audits()


def test_a_school_that_never_had_a_calendar_comes_off_calendar_time(school_week: World) -> None:
    with as_owner():
        Calendar.objects.filter(school=school_week.school).delete()
    ticket_id = filed_at(school_week, FRIDAY, ORDINARY)
    assert versions(ticket_id) == {None}
    calendar = calendar_import(school=school_week.school, content=calendar_read(DEMO / "calendar.yaml"))
    calendar_changed(payload={"calendar": str(calendar.id), "version": 1}, now=local("2026-03-06T17:30"))
    assert timers(ticket_id)["acknowledge"][0] == "03-09T11:30"
    audits()


def test_every_night_what_was_left_behind_is_asked_for_again(school_week: World) -> None:
    filed_at(school_week, FRIDAY, ORDINARY)
    assert recompute_stale(now=school_week.now) == 0
    Calendar.objects.filter(school=school_week.school).update(version=9)
    assert recompute_stale(now=school_week.now) == 1
    assert recompute_stale(now=school_week.now) == 0
    recompute()
    assert recompute_stale(now=school_week.now + timedelta(days=1)) == 0

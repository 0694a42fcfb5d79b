"""Urgent and important work gives a sign of life: progress again and again, containing once, bounds for everybody."""

from datetime import timedelta
from uuid import UUID

from django.core.management import call_command

from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.rulebook.ruleset import ClockName
from backend.workflow.clocks import Instants
from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.workflow.steps import DAY, HOUR, MINUTE, URGENT, act_at, escalations, file_ticket, ticket_in
from tests.workflow.test_declining import clocks, told
from tests.world import World


def due(ticket_id: UUID, clock: str) -> list[timedelta]:
    """Return when each rung of a running clock is due, counted from filing."""
    filed_at = Ticket.objects.get(id=ticket_id).filed_at
    timer = Timer.objects.get(subject_id=ticket_id, clock=clock, stopped_at=None)
    return [rung - filed_at for rung in timer.ladder]


def test_progress_counts_from_acknowledging_then_from_the_last_report(world: World) -> None:
    ticket_id = file_ticket(world, category=URGENT, routed=True)
    filed_at = Ticket.objects.get(id=ticket_id).filed_at
    assert "progress" not in clocks(ticket_id)
    act_at(world.bob, ticket_id, "acknowledge", filed_at + 3 * MINUTE)
    assert due(ticket_id, "progress") == [2 * HOUR + 3 * MINUTE, 2 * HOUR + 33 * MINUTE]
    act_at(world.bob, ticket_id, "progress", filed_at + HOUR)
    assert due(ticket_id, "progress") == [3 * HOUR, 3 * HOUR + 30 * MINUTE]
    assert sorted(
        Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id, clock="progress").values_list(
            "epoch", flat=True
        )
    ) == [
        1,
        2,
    ]
    assert told(world, ticket_id, "progress") == {"alice"}
    fire_due(now=filed_at + 3 * HOUR)
    assert [body["clock"] for body in escalations(ticket_id)][-1] == "progress"
    call_command("tickets_audit")
    call_command("deadlines_audit")


def test_important_work_reports_daily_and_the_reporter_is_not_told_each_time(world: World) -> None:
    ticket_id = ticket_in(world, State.ACKNOWLEDGED)
    ticket = Ticket.objects.get(id=ticket_id)
    assert ticket.progress_at is not None
    assert Timer.objects.get(subject_id=ticket_id, clock="progress", stopped_at=None).due_at == ticket.progress_at + DAY
    assert world.bob.client.act(ticket_id, "progress", note="Half of it is gone.").status_code == 200
    assert told(world, ticket_id, "progress") == set()


def test_ordinary_work_has_no_clock_for_progress_but_may_report_it(world: World) -> None:
    ticket_id = file_ticket(world, category="B06", routed=True)
    assert world.carol.client.act(ticket_id, "acknowledge").status_code == 200
    assert world.carol.client.act(ticket_id, "progress", note="Ordered.").status_code == 200
    assert clocks(ticket_id) == {"act", "resolve", "silence", "result"}


def test_a_fire_is_contained_once_and_its_clock_stops(world: World) -> None:
    ticket_id = file_ticket(world, category=URGENT, routed=True)
    assert due(ticket_id, "contain") == [4 * HOUR, 5 * HOUR]
    assert "contain" in world.ben.client.get(f"tickets/{ticket_id}").data["available_actions"]
    contained = world.ben.client.act(ticket_id, "contain", note="Power is off.")
    assert contained.status_code == 200
    assert "contain" not in clocks(ticket_id)
    assert "contain" not in contained.data["available_actions"]
    assert world.ben.client.act(ticket_id, "contain", note="Again.").status_code == 409
    assert world.ben.client.act(ticket_id, "acknowledge").status_code == 200
    assert clocks(ticket_id) == {"act", "progress", "resolve", "silence", "result"}
    call_command("tickets_audit")


def test_what_is_not_urgent_is_not_contained(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    assert "contain" not in clocks(ticket_id)
    assert world.bob.client.act(ticket_id, "contain", note="Done.").status_code == 409


def test_the_answer_is_bounded_until_somebody_acknowledges_and_the_result_until_it_is_resolved(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    assert (due(ticket_id, "answer")[0], due(ticket_id, "result")[0]) == (7 * DAY, 90 * DAY)
    world.bob.client.act(ticket_id, "acknowledge")
    assert clocks(ticket_id) & {"answer", "result"} == {"result"}
    for action in ("record-interim-control", "start", "resolve"):
        assert world.bob.client.act(ticket_id, action, note="Done.").status_code == 200
    assert clocks(ticket_id) == {"verify"}
    assert world.cleo.client.act(ticket_id, "reject-fix", note="Still there.").status_code == 200
    assert clocks(ticket_id) == {"progress", "resolve", "silence", "result"}
    assert due(ticket_id, "result")[0] == 90 * DAY


def test_bullying_has_ten_days(world: World) -> None:
    ticket_id = file_ticket(world, category="C02", routed=True)
    assert due(ticket_id, "resolve")[0] == 10 * DAY
    call_command("tickets_audit")


def test_every_clock_but_two_counts_from_the_filing_or_the_last_new_beginning() -> None:
    from_filing = Instants(filed_at=1, resolved_at=3, progress_at=4)  # type: ignore[arg-type]
    again = Instants(filed_at=1, reopened_at=2, resolved_at=3, progress_at=4)  # type: ignore[arg-type]
    for instants, beginning in ((from_filing, 1), (again, 2)):
        counted = {name: instants.start_of(name) for name in ClockName}
        expected: dict[ClockName, object] = dict.fromkeys(ClockName, beginning)
        assert counted == {**expected, ClockName.VERIFY: 3, ClockName.PROGRESS: 4}

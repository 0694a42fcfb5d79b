"""A ticket waits for a named party outside the school: who decides it, what rests meanwhile, and how it goes on."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from backend.calendars.files import calendar_read
from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.organisation.services import calendar_import
from backend.rulebook.services import rulebook_activate, rulebook_load
from backend.workflow.facts import MOST_WAITS
from backend.workflow.models import Ticket, TicketEvent, TicketWait
from backend.workflow.services import ticket_wait_over, tickets_recompute, tickets_route
from backend.workflow.states import State
from backend.workflow.tasks import resume
from tests.deadlines.conftest import at_once
from tests.organisation.conftest import DEMO
from tests.workflow.steps import HOUR, MINUTE, URGENT, escalations, ticket_in
from tests.workflow.test_declining import told
from tests.workflow.test_recomputing import audits, monday_off, moved
from tests.workflow.test_two_at_once import acting, history, sweeping
from tests.workflow.test_working_clocks import ORDINARY, filed_at, local, school_week, set_clock, timers
from tests.world import World, rulebook_content

__all__ = ["school_week"]
FRIDAY, TUESDAY = "2026-03-06T10:00", "2026-03-10T10:00"
PARTY: dict[str, Any] = {"note": "They bring the part.", "waiting_for": "Ming Lifts"}
WAIT_AND_GO_ON: tuple[tuple[str, dict[str, Any]], ...] = (("wait", PARTY), ("resume", {}))


def at_work(world: World, text: str = FRIDAY, **changes: Any) -> UUID:
    """File an ordinary report at a local time and let Bob begin to work on it at once."""
    ticket_id = filed_at(world, text, changes.get("category", ORDINARY))
    tickets_route(ticket_ids=[ticket_id], now=database_now())
    for action in ("acknowledge", "start"):
        assert world.bob.client.act(ticket_id, action).status_code == 200
    return ticket_id


def wait_at(world: World, ticket_id: UUID, text: str) -> dict[str, Any]:
    """Let Bob decide at a local time that it waits; return the ticket as the API shows it."""
    set_clock(text)
    answer = world.bob.client.act(ticket_id, "wait", **PARTY)
    assert answer.status_code == 200, answer.data
    data: dict[str, Any] = answer.data
    return data


def resume_at(world: World, ticket_id: UUID, text: str) -> dict[str, Any]:
    """Let Ben go on with it at a local time; return the ticket as the API shows it."""
    set_clock(text)
    answer = world.ben.client.act(ticket_id, "resume")
    assert answer.status_code == 200, answer.data
    data: dict[str, Any] = answer.data
    return data


def running(data: dict[str, Any]) -> set[str]:
    """Return the clocks that the API shows as running."""
    return {clock["clock"] for clock in data["clocks"]}


def spans(ticket_id: UUID) -> list[tuple[datetime, datetime]]:
    """Return the waits that are over, since the ticket was filed or reopened."""
    ticket = Ticket.objects.get(id=ticket_id)
    over = TicketWait.objects.filter(ticket=ticket_id, since__gte=ticket.reopened_at or ticket.filed_at)
    return [(since, until) for since, until in over.order_by("since").values_list("since", "ended_at") if until]


def resolve_timer(ticket_id: UUID) -> Timer:
    """Return the open timer of the time to solve it."""
    return Timer.objects.get(subject_id=ticket_id, clock="resolve", stopped_at=None)


def wait_over(ticket_id: UUID) -> OutboxMessage:
    """Return the message that the wait of a ticket took too long."""
    return OutboxMessage.objects.get(topic="ticket.wait_over", payload__ticket=str(ticket_id))


@pytest.mark.parametrize(
    ("name", "status"),
    [("bob", 200), ("cleo", 200), ("dan", 200), ("alice", 403), ("carol", 404), ("mallory", 404)],
)
def test_the_head_of_the_office_decides_that_it_waits(world: World, name: str, status: int) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    answer = world.members[name].client.act(ticket_id, "wait", match=5, **PARTY)
    assert answer.status_code == status, answer.data
    assert Ticket.objects.get(id=ticket_id).state == ("waiting" if status == 200 else "in_progress")


def test_it_says_for_whom_it_waits_and_the_time_to_solve_it_rests(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    due = resolve_timer(ticket_id).due_at
    data = world.bob.client.act(ticket_id, "wait", **PARTY).data
    assert (data["state"], data["waiting_for"]) == ("waiting", "Ming Lifts")
    assert running(data) == {"progress", "wait", "result"}
    ticket, timer = Ticket.objects.get(id=ticket_id), resolve_timer(ticket_id)
    assert ticket.wait is not None
    assert ticket.wait.until == ticket.wait.since + timedelta(days=10)
    assert (timer.armed, timer.due_at, timer.remaining) == (False, due, due - ticket.wait.since)
    report = world.alice.client.get("reports").data["items"][0]
    assert world.alice.client.get(f"reports/{report['id']}").data["state"] == "waiting"
    audits()
    assert told(world, ticket_id, "wait") == set()
    assert fire_due(now=due + HOUR).fired == 3
    assert {body["clock"] for body in escalations(ticket_id)} == {"progress"}
    assert world.ben.client.act(ticket_id, "progress", note="They will come.").status_code == 200
    back = world.ben.client.act(ticket_id, "resume").data
    assert (back["state"], back["waiting_for"], back["waiting_until"]) == ("in_progress", "", None)
    assert running(back) == {"progress", "resolve", "silence", "result"}
    ((start, until),) = spans(ticket_id)
    assert resolve_timer(ticket_id).due_at == due + (until - start)
    assert told(world, ticket_id, "resume") == {"bob"}
    bodies = {event.kind: event.payload.body for event in TicketEvent.objects.filter(ticket=ticket_id)}
    assert (bodies["wait"]["waiting_for"], bodies["wait"]["note"]) == ("Ming Lifts", PARTY["note"])
    assert bodies["resume"]["waited_for"] == "Ming Lifts"


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"note": "They bring the part."}, "/waiting_for"),
        ({"waiting_for": "Ming Lifts"}, "/note"),
        ({**PARTY, "waiting_for": "x" * 121}, "/waiting_for"),
        ({**PARTY, "waiting_for": "Ming\nLifts"}, "/waiting_for"),
    ],
    ids=["nobody", "no reason", "too long", "two lines"],
)
def test_a_wait_names_its_party_and_its_reason(world: World, given: dict[str, Any], pointer: str) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    refused = world.bob.client.act(ticket_id, "wait", **given)
    assert (refused.status_code, refused["Content-Type"]) == (400, "application/problem+json")
    assert [error["pointer"] for error in refused.data["errors"]] == [pointer]
    assert Ticket.objects.get(id=ticket_id).state == "in_progress"


def test_what_is_urgent_never_waits_nor_what_has_older_rules(world: World) -> None:
    urgent = ticket_in(world, State.IN_PROGRESS, category=URGENT)
    content = rulebook_content()
    without = {
        severity: {name: clock for name, clock in clocks.items() if name != "wait"}
        for severity, clocks in content["clocks"].items()
    }
    version, _created = rulebook_load(content={**content, "clocks": without}, now=world.now)
    rulebook_activate(school=world.school, version=version, now=world.now)
    for ticket_id in (urgent, ticket_in(world, State.IN_PROGRESS)):
        assert "wait" not in world.bob.client.get(f"tickets/{ticket_id}").data["available_actions"]
        refused = world.bob.client.act(ticket_id, "wait", **PARTY)
        assert (refused.status_code, refused.data["code"]) == (409, "action_unavailable")


@pytest.mark.parametrize("swept", [False, True])
def test_a_missed_deadline_cannot_be_hidden_by_waiting(school_week: World, swept: bool) -> None:
    ticket_id = at_work(school_week)
    set_clock("2026-03-13T17:30")
    if swept:
        fire_due(now=database_now())
    refused = school_week.bob.client.act(ticket_id, "wait", **PARTY)
    assert (refused.status_code, refused.data["code"]) == (409, "deadline_missed")
    assert resolve_timer(ticket_id).armed


@pytest.mark.parametrize(
    ("span", "until", "due"),
    [
        # Over no night: six hours of Tuesday rest, less the two until noon.
        ((FRIDAY, TUESDAY, "2026-03-10T12:30"), "03-24T17:30", "03-16T10:00"),
        # Over a weekend: two working days.
        ((FRIDAY, "2026-03-13T10:00", "2026-03-17T10:00"), "03-27T17:30", "03-17T17:30"),
        # Over the golden week: one working day, since the 1st to the 7th are free; the 10th, a Saturday, is made up.
        (("2026-09-28T10:00", "2026-09-30T10:00", "2026-10-08T10:00"), "10-20T17:30", "10-12T17:30"),
    ],
    ids=["within a day", "weekend", "golden week"],
)
def test_the_work_left_when_the_wait_began_is_done_after_it(
    school_week: World, span: tuple[str, str, str], until: str, due: str
) -> None:
    filed, waits, goes_on = span
    ticket_id = at_work(school_week, filed)
    data = wait_at(school_week, ticket_id, waits)
    assert datetime.fromisoformat(data["waiting_until"]) == TicketWait.objects.get(ticket=ticket_id).until
    assert timers(ticket_id)["wait"] == [until]
    audits()
    resume_at(school_week, ticket_id, goes_on)
    assert timers(ticket_id)["resolve"][0] == due
    due_first = min(
        timer.ladder[0] for timer in Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id, armed=True)
    )
    assert Ticket.objects.get(id=ticket_id).next_due_at == due_first
    assert spans(ticket_id) == [(local(waits), local(goes_on))]
    audits()


def test_a_wait_that_takes_too_long_ends_by_itself_as_of_its_end(school_week: World) -> None:
    ticket_id = at_work(school_week)
    wait_at(school_week, ticket_id, TUESDAY)
    over = local("2026-03-24T17:30")
    assert fire_due(now=over).fired == 1
    message = wait_over(ticket_id)
    set_clock("2026-03-26T09:00")
    resume()
    ticket = Ticket.objects.get(id=ticket_id)
    assert (ticket.state, spans(ticket_id)) == ("in_progress", [(local(TUESDAY), over)])
    assert timers(ticket_id)["resolve"][0] == "03-30T15:30"
    event = TicketEvent.objects.filter(ticket=ticket_id).latest("sequence")
    assert (event.kind, event.actor_id) == ("resume", None)
    audits()
    again = school_week.bob.client.act(ticket_id, "wait", **PARTY)
    assert (again.status_code, again.data["code"]) == (409, "waiting_used_up")
    resume()
    ticket_wait_over(payload=message.payload, now=database_now())
    assert Ticket.objects.get(id=ticket_id).version == ticket.version


def test_going_on_by_hand_after_the_end_counts_as_from_the_end(school_week: World) -> None:
    ticket_id = at_work(school_week)
    wait_at(school_week, ticket_id, TUESDAY)
    resume_at(school_week, ticket_id, "2026-03-26T09:00")
    assert timers(ticket_id)["resolve"][0] == "03-30T15:30"
    assert spans(ticket_id) == [(local(TUESDAY), local("2026-03-24T17:30"))]
    audits()


def test_the_head_and_the_assignee_hear_that_work_goes_on(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    given = world.bob.client.act(ticket_id, "assign", assignee=str(world.ben.person.id))
    assert given.status_code == 200
    until = datetime.fromisoformat(world.bob.client.act(ticket_id, "wait", **PARTY).data["waiting_until"])
    assert told(world, ticket_id, "wait") == {"ben"}
    fire_due(now=until)
    assert any(body["clock"] == "wait" and body["roles"] == ["office_head"] for body in escalations(ticket_id))
    ticket_wait_over(payload=wait_over(ticket_id).payload, now=until + HOUR)
    assert told(world, ticket_id, "resume") == {"bob", "ben"}
    assert (Ticket.objects.get(id=ticket_id).level, history(ticket_id)[-1]) == (2, "resume")


def test_an_old_message_does_not_end_the_wait_after(world: World) -> None:
    ticket_id = ticket_in(world, State.WAITING)
    since = TicketWait.objects.get(ticket=ticket_id).since
    for action, given in reversed(WAIT_AND_GO_ON):
        assert world.bob.client.act(ticket_id, action, **given).status_code == 200
    payload = {"ticket": str(ticket_id), "since": since.isoformat()}
    ticket_wait_over(payload=payload, now=database_now())
    assert Ticket.objects.get(id=ticket_id).state == "waiting"


def test_earlier_waits_count_by_the_working_days_they_touched_after_their_first(school_week: World) -> None:
    ticket_id = at_work(school_week)
    wait_at(school_week, ticket_id, TUESDAY)
    resume_at(school_week, ticket_id, "2026-03-12T10:00")
    wait_at(school_week, ticket_id, "2026-03-12T11:00")
    resume_at(school_week, ticket_id, "2026-03-12T12:00")
    wait_at(school_week, ticket_id, "2026-03-13T10:00")
    assert timers(ticket_id)["wait"] == ["03-25T17:30"]
    resume_at(school_week, ticket_id, "2026-03-16T10:00")
    # Two days, one hour and one more day: from the end of Friday to ten o'clock on Wednesday, and an hour later.
    assert timers(ticket_id)["resolve"][0] == "03-19T09:00"
    audits()


def test_it_waits_only_so_many_times_however_short(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    for _time in range(MOST_WAITS):
        for action, given in WAIT_AND_GO_ON:
            assert world.bob.client.act(ticket_id, action, **given).status_code == 200
    refused = world.bob.client.act(ticket_id, "wait", **PARTY)
    assert (refused.status_code, refused.data["code"]) == (409, "waiting_used_up")


def test_solved_while_it_waits_and_sent_back_it_has_the_work_left_then(school_week: World) -> None:
    ticket_id = at_work(school_week)
    wait_at(school_week, ticket_id, TUESDAY)
    set_clock("2026-03-12T10:00")
    assert school_week.bob.client.act(ticket_id, "resolve", note="They did it.").data["state"] == "resolved"
    assert spans(ticket_id) == [(local(TUESDAY), local("2026-03-12T10:00"))]
    assert school_week.cleo.client.act(ticket_id, "reject-fix", note="It still hums.").status_code == 200
    assert timers(ticket_id)["resolve"][0] == "03-17T17:30"
    audits()


def test_reopened_it_may_wait_anew(world: World) -> None:
    ticket_id = ticket_in(world, State.WAITING)
    for who, action in (("bob", "resolve"), ("cleo", "verify"), ("alice", "reopen")):
        assert world.members[who].client.act(ticket_id, action, note="So it is.").status_code == 200
    assert spans(ticket_id) == []
    assert world.bob.client.act(ticket_id, "wait", **PARTY).status_code == 200
    audits()


def test_found_to_be_urgent_it_goes_on_at_once(school_week: World) -> None:
    ticket_id = at_work(school_week)
    wait_at(school_week, ticket_id, TUESDAY)
    set_clock("2026-03-10T12:00")
    data = school_week.bob.client.act(ticket_id, "reclassify", severity="P1", note="It smokes.").data
    assert (data["state"], data["waiting_for"]) == ("in_progress", "")
    assert running(data) == {"progress", "contain", "resolve", "silence", "result"}
    assert resolve_timer(ticket_id).ladder[0] == local("2026-03-07T10:00")
    assert spans(ticket_id) == [(local(TUESDAY), local("2026-03-10T12:00"))]
    while fire_due(now=database_now()).fired:
        pass
    audits()


@pytest.mark.parametrize(
    ("severity", "state", "due"),
    # As important it would have been missed on Monday, before the wait; as routine there are fifteen days.
    [("P2", "in_progress", "03-09T10:00"), ("P4", "waiting", "03-27T17:30")],
)
def test_corrected_while_it_waits_it_waits_on_unless_it_was_missed_before(
    school_week: World, severity: str, state: str, due: str
) -> None:
    ticket_id = at_work(school_week)
    wait_at(school_week, ticket_id, TUESDAY)
    set_clock("2026-03-11T10:00")
    answer = school_week.bob.client.act(ticket_id, "reclassify", severity=severity, note="It is so.")
    assert (answer.status_code, answer.data["state"]) == (200, state)
    assert timers(ticket_id)["resolve"][0] == due
    while fire_due(now=database_now()).fired:
        pass
    audits()
    if state == "waiting":
        resume_at(school_week, ticket_id, "2026-03-12T10:00")
        assert timers(ticket_id)["resolve"][0] == "03-31T17:30"
        audits()


def test_a_holiday_announced_during_the_wait_counts_for_its_end_and_for_the_work_after_it(school_week: World) -> None:
    ticket_id = at_work(school_week)
    wait_at(school_week, ticket_id, "2026-03-06T15:00")
    resting = resolve_timer(ticket_id)
    assert timers(ticket_id)["wait"] == ["03-20T17:30"]
    calendar = monday_off(school_week)
    set_clock("2026-03-06T16:00")
    tickets_recompute(school_id=school_week.school.id, now=database_now(), dry_run=False)
    assert [row["clock"] for row in moved(ticket_id)] == ["wait"]
    assert TicketWait.objects.get(ticket=ticket_id).until == local("2026-03-23T17:30")
    now_resting = resolve_timer(ticket_id)
    assert (now_resting.ladder, now_resting.remaining) == (resting.ladder, resting.remaining)
    audits()
    resume_at(school_week, ticket_id, "2026-03-10T10:30")
    # With Monday free it was due on the 16th; of Friday 2.5 hours were waited, of Tuesday 2.5 until half past ten.
    assert timers(ticket_id)["resolve"][0] == "03-17T14:30"
    assert resolve_timer(ticket_id).calendar_version == calendar.version
    audits()


def test_a_holiday_taken_back_after_the_wait_keeps_the_time_waited(school_week: World) -> None:
    content = calendar_read(DEMO / "calendar.yaml")
    monday_off(school_week)
    ticket_id = at_work(school_week)
    wait_at(school_week, ticket_id, TUESDAY)
    resume_at(school_week, ticket_id, "2026-03-11T10:00")
    before = timers(ticket_id)["resolve"]
    calendar_import(school=school_week.school, content=content)
    tickets_recompute(school_id=school_week.school.id, now=database_now(), dry_run=False)
    assert timers(ticket_id)["resolve"][0] == "03-16T17:30"
    assert before != timers(ticket_id)["resolve"]
    audits()


def test_corrected_without_another_time_to_solve_it_that_clock_goes_on(school_week: World) -> None:
    content = calendar_read(DEMO / "calendar.yaml")
    monday_off(school_week)
    ticket_id = at_work(school_week)
    wait_at(school_week, ticket_id, "2026-03-16T10:00")
    resting = resolve_timer(ticket_id)
    # By the calendar as it then is, it was missed before it began to wait.
    calendar_import(school=school_week.school, content=content)
    set_clock("2026-03-17T10:00")
    answer = school_week.cleo.client.act(ticket_id, "reclassify", category="B02", note="It is the canteen's.")
    assert (answer.status_code, answer.data["state"]) == (200, "in_progress"), answer.data
    going_on = resolve_timer(ticket_id)
    assert (going_on.pk, going_on.epoch, going_on.armed) == (resting.pk, 1, True)
    assert going_on.ladder[0] < resting.ladder[0]
    while fire_due(now=database_now()).fired:
        pass
    audits()


def test_the_auditor_finds_time_that_was_lost(school_week: World) -> None:
    ticket_id = at_work(school_week)
    wait_at(school_week, ticket_id, TUESDAY)
    timer = Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id, clock="resolve")
    timer.update(remaining=timedelta(hours=29))
    with pytest.raises(CommandError, match="1 of"):
        call_command("tickets_audit")
    resume_at(school_week, ticket_id, "2026-03-12T10:00")
    audits()
    due = resolve_timer(ticket_id).due_at
    earlier = [due - HOUR, *resolve_timer(ticket_id).ladder[1:]]
    timer.update(ladder=earlier, due_at=due - HOUR, next_try_at=due - HOUR)
    Ticket.objects.filter(id=ticket_id).update(next_due_at=due - HOUR)
    with pytest.raises(CommandError, match="1 of"):
        call_command("tickets_audit")


def test_waiting_and_missing_the_deadline_at_once_are_one_or_the_other(committed_world: World) -> None:
    for _round in range(3):
        ticket_id = ticket_in(committed_world, State.IN_PROGRESS)
        version, due = Ticket.objects.get(id=ticket_id).version, resolve_timer(ticket_id).due_at

        def wait(ticket_id: UUID = ticket_id, version: int = version) -> int:
            answer = committed_world.bob.client.act(ticket_id, "wait", match=version, **PARTY)
            return int(answer.status_code)

        status, _fired = at_once(wait, sweeping(due))
        fire_due(now=due)
        clocks = [body["clock"] for body in escalations(ticket_id)]
        assert (status, "resolve" in clocks) in {(200, False), (409, True)}
        assert Ticket.objects.get(id=ticket_id).state == ("waiting" if status == 200 else "in_progress")
    call_command("tickets_audit")


def test_going_on_by_hand_and_by_itself_at_once_happens_once(committed_world: World) -> None:
    for _round in range(3):
        ticket_id = ticket_in(committed_world, State.WAITING)
        ticket = Ticket.objects.get(id=ticket_id)
        assert ticket.wait is not None
        fire_due(now=ticket.wait.until)
        payload = wait_over(ticket_id).payload

        def go_on(payload: dict[str, str] = payload, now: datetime = ticket.wait.until + MINUTE) -> int:
            ticket_wait_over(payload=payload, now=now)
            return 200

        status, _done = at_once(acting(committed_world.bob, ticket_id, "resume", match=ticket.version), go_on)
        assert status in {200, 409, 412}
        assert (history(ticket_id).count("resume"), len(spans(ticket_id))) == (1, 1)
        assert resolve_timer(ticket_id).armed

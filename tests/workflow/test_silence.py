"""Silence: whoever has a ticket in hand and does nothing about it themselves is noticed, whatever others do."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command

from backend.common.clock import database_now
from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.workflow.models import Ticket, TicketPart
from backend.workflow.services import tickets_recompute
from backend.workflow.states import State
from tests.browser import SignIn
from tests.workflow.steps import DAY, HOUR, STRICT, act_at, escalations, file_ticket, ticket_in
from tests.world import World

STEP: dict[str, Any] = {"note": "The locksmith comes."}


def audited() -> None:
    call_command("deadlines_audit")
    call_command("tickets_audit")
    call_command("ledger_verify")


def silent_from(ticket_id: UUID) -> datetime:
    """Return from when silence counts; its clock runs, and is due two days later (P2)."""
    since = Ticket.objects.get(id=ticket_id).silent_from
    timer = Timer.objects.get(subject_id=ticket_id, clock="silence", stopped_at=None)
    assert since is not None
    assert timer.armed
    assert timer.ladder[0] == since + 2 * DAY
    return since


def missed(ticket_id: UUID) -> list[int]:
    return [row["rung"] for row in escalations(ticket_id) if row["clock"] == "silence"]


def in_hours(hours: int) -> str:
    return (database_now() + hours * HOUR).isoformat()


def test_one_that_was_acknowledged_and_forgotten_climbs(world: World) -> None:
    ticket_id = ticket_in(world, State.ACKNOWLEDGED)
    since = silent_from(ticket_id)
    fire_due(now=since + 2 * DAY - timedelta(seconds=1))
    assert missed(ticket_id) == []
    for _ in range(2):
        fire_due(now=since + 3 * DAY)
    assert missed(ticket_id) == [1, 2]
    first = next(row for row in escalations(ticket_id) if row["clock"] == "silence")
    assert str(world.bob.person.id) in first["reached"]
    audited()
    shown = world.bob.client.get(f"tickets/{ticket_id}").data
    assert {"progress", "silence"} <= {row["clock"] for row in shown["clocks"]}
    assert [row["person"] for row in shown["obligations"] if row["action"] == "progress"] == [str(world.bob.person.id)]


@pytest.mark.parametrize(
    ("who", "action", "is_own"),
    [
        ("bob", "progress", True),
        ("bob", "comment", True),
        ("bob", "cannot-solve", True),
        ("ben", "progress", False),
        ("vera", "progress", False),
        ("cleo", "comment", False),
        ("alice", "comment", False),
        ("vera", "assign", False),
        ("dan", "order", False),
    ],
)
def test_only_the_owners_own_act_ends_it(world: World, who: str, action: str, is_own: bool) -> None:
    """Bob has it in hand; Ben is of the same office."""
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    since = silent_from(ticket_id)
    more: dict[str, Any] = {
        "assign": {"assignee": str(world.ben.person.id)},
        "cannot-solve": {"needed": "Money."},
    }.get(action, {})
    done = world.members[who].client.act(ticket_id, action, note="Seen.", **more)
    assert done.status_code == 200, done.data
    assert (silent_from(ticket_id) > since) == is_own
    audited()


def test_a_wait_stops_it_and_it_counts_anew_from_its_end(world: World) -> None:
    ticket_id = ticket_in(world, State.WAITING)
    assert not Timer.objects.filter(
        subject_kind="ticket", subject_id=ticket_id, clock="silence", stopped_at=None
    ).exists()
    act_at(world.vera, ticket_id, "resume", at := database_now() + 5 * HOUR)
    assert silent_from(ticket_id) == at
    audited()


def test_a_correction_and_a_changed_calendar_leave_it_where_it_is(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    since = silent_from(ticket_id)
    place = str(world.home.places["teaching-building"].id)
    assert world.cleo.client.act(ticket_id, "reclassify", note="There.", place=place).status_code == 200
    tickets_recompute(school_id=world.school.id, now=database_now(), dry_run=False)
    assert silent_from(ticket_id) == since
    assert world.bob.client.act(ticket_id, "reclassify", note="Worse.", severity="P1").status_code == 200
    ticket = Ticket.objects.get(id=ticket_id)
    timer = Timer.objects.get(subject_id=ticket_id, clock="silence", stopped_at=None)
    assert since < (ticket.silent_from or since) == timer.ladder[0] - DAY
    audited()


def test_of_a_sealed_case_its_lead_is_the_owner(world: World) -> None:
    ticket_id = file_ticket(world, category=STRICT, routed=True)
    world.dan.client.act(ticket_id, "acknowledge")
    since = silent_from(ticket_id)
    world.dan.client.act(ticket_id, "comment", note="What is known?")
    assert silent_from(ticket_id) == since
    world.erin.client.act(ticket_id, "progress", note="Both were heard.")
    assert silent_from(ticket_id) > since
    audited()


def test_the_next_step_has_a_date_and_is_kept_or_climbs(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    named = world.bob.client.act(ticket_id, "next-step", **STEP, done_by=in_hours(72))
    assert named.status_code == 200, named.data
    (part,) = named.data["parts"]
    assert (part["kind"], part["words"], part["outcome"]) == ("step", STEP["note"], "")
    assert any(row["action"] == "finish-step" and row["part"] == part["id"] for row in named.data["obligations"])
    assert silent_from(ticket_id) == TicketPart.objects.get().due_at
    again = world.bob.client.act(ticket_id, "next-step", **STEP, done_by=in_hours(96))
    assert (again.status_code, again.data["code"]) == (409, "step_stands")
    audited()
    fire_due(now=TicketPart.objects.get().due_at + timedelta(seconds=1))
    (fired,) = [row for row in escalations(ticket_id) if row["clock"] == "step"]
    assert (fired["part"], fired["rung"]) == (part["id"], 1)
    done = world.bob.client.act(ticket_id, "finish-step", note="The lock is changed.")
    assert [(row["outcome"], row["answer"]) for row in done.data["parts"]] == [("done", "The lock is changed.")]
    assert silent_from(ticket_id) < TicketPart.objects.get().due_at
    audited()


@pytest.mark.parametrize(
    ("who", "changes", "answer"),
    [
        ("bob", {"note": ""}, (400, "/note")),
        ("bob", {"done_by": None}, (400, "/done_by")),
        ("bob", {"done_by": "2020-01-01T00:00:00+00:00"}, (400, "/done_by")),
        ("cleo", {}, (403, None)),
        ("alice", {}, (403, None)),
        ("carol", {}, (404, None)),
        ("mallory", {}, (404, None)),
    ],
)
def test_only_the_office_names_a_step_and_a_time_to_come(
    world: World, who: str, changes: dict[str, Any], answer: tuple[int, str | None]
) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    refused = world.members[who].client.act(ticket_id, "next-step", **{**STEP, "done_by": in_hours(1), **changes})
    pointer = refused.data["errors"][0]["pointer"] if refused.data.get("errors") else None
    assert (refused.status_code, pointer) == answer
    assert not TicketPart.objects.exists()


def test_a_step_ends_when_the_ticket_is_solved(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    world.bob.client.act(ticket_id, "next-step", **STEP, done_by=in_hours(1))
    solved = world.bob.client.act(ticket_id, "resolve", note="A new lock.")
    assert [part["outcome"] for part in solved.data["parts"]] == ["done"]
    audited()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "No word from the owner for 5 days."), ("zh-hans", "经办人已有5天没有动静。")]
)
def test_page_and_inbox_say_for_how_long_nothing_was_heard(
    world: World, signed_in: SignIn, language: str, words: str
) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    page = signed_in(world.bob, language)
    pages = ("/tickets?tab=all", f"/tickets/{ticket_id}")
    assert not any(words in page.get(path).content.decode() for path in pages)
    now = database_now()
    Ticket.objects.filter(id=ticket_id).update(silent_from=now - 5 * DAY - HOUR)
    ladder = [now - 3 * DAY - HOUR, now + 5 * DAY]
    Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id, clock="silence").update(
        ladder=ladder, rung=1, due_at=ladder[1], next_try_at=ladder[1]
    )
    assert all(words in page.get(path).content.decode() for path in pages)

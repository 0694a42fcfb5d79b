"""Promises: a date with a reason that the reporter reads, changed from one step higher each time, kept or missed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.incidents.models import Report
from backend.workflow.models import PromisedDate, Ticket, TicketEvent, TicketPart
from backend.workflow.services import tickets_route
from backend.workflow.services.erasing import event_payloads_erase
from backend.workflow.states import State
from tests.browser import SignIn
from tests.roles import as_owner
from tests.workflow.steps import DAY, HOUR, STRICT, TOLD, act_at, escalations, file_ticket, ticket_in
from tests.world import World

WHY = "The door comes from the factory."


def promise(world: World, ticket_id: UUID, who: str, hours: int = 24, action: str = "promise") -> Response:
    promised_for = (database_now() + hours * HOUR).isoformat()
    return world.members[who].client.act(ticket_id, action, note=WHY, promised_for=promised_for)


def own_report(world: World, ticket_id: UUID) -> dict[str, Any]:
    report_id = Report.objects.values_list("id", flat=True).get(ticket=ticket_id)
    data: dict[str, Any] = world.alice.client.get(f"reports/{report_id}").data
    return data


def audited() -> None:
    call_command("deadlines_audit")
    call_command("tickets_audit")
    call_command("ledger_verify")


def told(ticket_id: UUID, kind: str) -> set[str]:
    rows = OutboxMessage.objects.filter(topic=TOLD, payload__ticket=str(ticket_id), payload__kind=kind)
    return {person for row in rows for person in row.payload["people"]}


def test_the_reporter_reads_the_date_and_why_and_no_clock_stops(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    own = Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id, armed=True, target="").exclude(
        clock="silence"
    )
    clocks = set(own.values_list("clock", "due_at"))
    promised = promise(world, ticket_id, "bob", 24)
    assert promised.status_code == 200, promised.data
    (part,) = promised.data["parts"]
    assert (part["kind"], part["outcome"], part["words"]) == ("promise", "", WHY)
    assert set(own.values_list("clock", "due_at")) == clocks
    mine = own_report(world, ticket_id)["promised"]
    assert (mine["reason"], mine["changes"]) == (WHY, 0)
    assert str(world.alice.person.id) in told(ticket_id, "promise")
    assert {row["action"] for row in promised.data["obligations"] if row["part"]} == {"resolve"}
    assert (again := promise(world, ticket_id, "bob")).status_code == 409
    assert again.data["code"] == "promise_stands"
    audited()


def test_the_page_refuses_a_date_beyond_the_calendar_as_the_api_does(world: World, signed_in: SignIn) -> None:
    """It failed for want of a date for the rungs that follow."""
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    version = Ticket.objects.get(id=ticket_id).version
    said = {"note": "A part is missing.", "version": version, "token": "a" * 32}
    for day in ("9999-12-31", "0001-01-01"):
        sent = signed_in(world.bob).post(
            f"/tickets/{ticket_id}/actions/promise", {**said, "promised_for": f"{day}T23:59"}
        )
        assert (sent.status_code, "Please check the year." in sent.content.decode()) == (422, True)
    assert not TicketPart.objects.exists()


@pytest.mark.parametrize(
    ("who", "body", "answer"),
    [
        ("bob", {"note": ""}, (400, "/note")),
        ("bob", {"promised_for": None}, (400, "/promised_for")),
        ("bob", {"promised_for": "2020-01-01T00:00:00+00:00"}, (400, "/promised_for")),
        ("cleo", {}, (403, None)),
        ("alice", {}, (403, None)),
        ("carol", {}, (404, None)),
        ("mallory", {}, (404, None)),
    ],
)
def test_only_the_office_and_its_leaders_promise_and_a_time_to_come(
    world: World, who: str, body: dict[str, Any], answer: tuple[int, str | None]
) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    words = {"note": WHY, "promised_for": (database_now() + HOUR).isoformat(), **body}
    refused = world.members[who].client.act(ticket_id, "promise", **{k: v for k, v in words.items() if v is not None})
    pointer = refused.data["errors"][0]["pointer"] if refused.data.get("errors") else None
    assert (refused.status_code, pointer) == answer
    assert not TicketPart.objects.exists()


@pytest.mark.parametrize(
    ("first", "too_low", "second"),
    [
        ("ben", ("ben", "cleo", "alice"), "bob"),
        ("bob", ("ben", "bob", "cleo"), "vera"),
        ("dan", ("bob", "vera"), "dan"),
    ],
)
def test_each_change_comes_from_a_step_higher_and_the_second_from_the_principal(
    world: World, first: str, too_low: tuple[str, ...], second: str
) -> None:
    world.ben.person.appointments.filter(post__role="office_head").update(ends_at=world.now)
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    assert promise(world, ticket_id, first).status_code == 200
    for who in too_low:
        assert promise(world, ticket_id, who, 48, "change-promise").status_code == 403, who
    changed = promise(world, ticket_id, second, 48, "change-promise")
    assert (changed.status_code, "change-promise" in changed.data["available_actions"]) == (200, second == "dan")
    for who in ("ben", "bob", "vera"):
        assert promise(world, ticket_id, who, 72, "change-promise").status_code == 403, who
    assert promise(world, ticket_id, "dan", 72, "change-promise").status_code == 200
    assert own_report(world, ticket_id)["promised"]["changes"] == 2
    audited()


def test_it_is_said_who_named_the_date_that_counts_and_why(world: World, signed_in: SignIn) -> None:
    """Page and API went on showing the first name and reason beside the changed date."""
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    promise(world, ticket_id, "bob")
    later, why = (database_now() + 48 * HOUR).isoformat(), "The maker sends another one."
    changed = world.vera.client.act(ticket_id, "change-promise", promised_for=later, note=why)
    (part,) = changed.data["parts"]
    assert (part["words"], part["asked_by"]["id"]) == (why, str(world.vera.person.id)), "so does the API"
    card = signed_in(world.bob).get(f"/tickets/{ticket_id}").content.decode().split("Promised to be solved")[1][:700]
    assert f"<blockquote>{why}</blockquote>" in card
    assert f'<p class="small">{world.vera.person.name} · ' in card


def test_a_comment_changes_no_date(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    due = promise(world, ticket_id, "bob").data["parts"][0]["due_at"]
    world.bob.client.act(ticket_id, "comment", note="It may be a week later.")
    assert world.bob.client.get(f"tickets/{ticket_id}").data["parts"][0]["due_at"] == due


def test_it_is_kept_when_solved_in_time_and_stands_again_when_it_was_not_solved(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    promise(world, ticket_id, "bob", 2)
    solved = world.bob.client.act(ticket_id, "resolve", note="A new door.")
    assert [(part["outcome"], part["is_kept"]) for part in solved.data["parts"]] == [("done", True)]
    audited()
    back = world.cleo.client.act(ticket_id, "reject-fix", note="It still sticks.")
    assert [part["outcome"] for part in back.data["parts"]] == [""]
    audited()
    ticket = act_at(world.bob, ticket_id, "resolve", database_now() + 3 * HOUR)
    (part,) = ticket.parts.all()
    assert (part.outcome, part.is_kept) == ("done", False)
    page = world.bob.client.get(f"tickets/{ticket_id}").data
    assert page["parts"][0]["is_kept"] is False


def lost_and_back(world: World, ticket_id: UUID, how: str) -> None:
    """Have a ticket be over and go on: solved, closed and reopened, or declined and contested."""
    ways = {
        "reopen": (("bob", "resolve"), ("cleo", "verify"), ("alice", "reopen")),
        "contest": (("bob", "propose-decline"), ("cleo", "confirm-decline"), ("alice", "contest-decline")),
    }
    for who, action in ways[how]:
        done = world.members[who].client.act(ticket_id, action, note="It is so.")
        assert done.status_code == 200, done.data
    tickets_route(ticket_ids=[ticket_id], now=database_now())


@pytest.mark.parametrize("how", ["reopen", "contest"])
def test_it_stands_again_once_the_ticket_goes_on_and_is_still_the_principals_to_change(world: World, how: str) -> None:
    """Whoever works on it promised anew, as late as they liked, a date that only the principal could change."""
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    promise(world, ticket_id, "bob")
    due = promise(world, ticket_id, "vera", 48, "change-promise").data["parts"][0]["due_at"]
    lost_and_back(world, ticket_id, how)
    (part,) = world.bob.client.get(f"tickets/{ticket_id}").data["parts"]
    assert (part["kind"], part["outcome"], part["due_at"]) == ("promise", "", due)
    audited()
    world.bob.client.act(ticket_id, "acknowledge")
    assert promise(world, ticket_id, "bob", 400).data["code"] == "promise_stands"
    assert promise(world, ticket_id, "vera", 400, "change-promise").status_code == 403
    assert promise(world, ticket_id, "dan", 72, "change-promise").status_code == 200
    assert own_report(world, ticket_id)["promised"]["changes"] == 2


def test_a_missed_one_climbs_its_own_ladder_once_per_rung(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    part_id = promise(world, ticket_id, "bob", 1).data["parts"][0]["id"]
    timer = Timer.objects.get(target=part_id)
    fire_due(now=timer.due_at + timedelta(seconds=1))
    fire_due(now=timer.due_at + timedelta(seconds=2))
    (fired,) = [row for row in escalations(ticket_id) if row["clock"] == "promise"]
    assert (fired["part"], fired["rung"]) == (part_id, 1)
    assert {str(world.bob.person.id), str(world.cleo.person.id)} <= set(fired["reached"])
    audited()


def test_of_a_sealed_case_its_lead_and_the_principal_promise_and_the_reporter_reads_nothing(world: World) -> None:
    ticket_id = file_ticket(world, category=STRICT, routed=True)
    world.erin.client.act(ticket_id, "acknowledge")
    assert promise(world, ticket_id, "bob").status_code == 404
    assert promise(world, ticket_id, "erin").status_code == 200
    assert promise(world, ticket_id, "erin", 48, "change-promise").status_code == 403
    assert promise(world, ticket_id, "dan", 48, "change-promise").status_code == 200
    assert own_report(world, ticket_id)["promised"] is None
    audited()


def test_it_lapses_with_the_ticket_and_is_not_there_for_the_reporter_any_more(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    promise(world, ticket_id, "bob")
    for who, action in (("bob", "propose-decline"), ("cleo", "confirm-decline")):
        world.members[who].client.act(ticket_id, action, note="There was nothing.")
    assert TicketPart.objects.get(ticket=ticket_id).outcome == "lapsed"
    assert own_report(world, ticket_id)["promised"] is None
    audited()


@pytest.mark.parametrize(
    "damage",
    [
        {"due_at": database_now},
        {"step": 1},
        {"named_at": database_now},
        {"named_by": None},
    ],
    ids=lambda damage: next(iter(damage)),
)
def test_the_audit_finds_a_date_that_nobody_named_so(
    world: World, damage: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    promise(world, ticket_id, "bob")
    promise(world, ticket_id, "vera", 48, "change-promise")
    audited()
    ((field, value),) = damage.items()
    changed = world.bob.person if field == "named_by" else value() if callable(value) else value
    with as_owner():
        PromisedDate.objects.filter(named_by=world.vera.person).update(**{field: changed})
    with pytest.raises(CommandError, match="1 of"):
        call_command("tickets_audit")
    broken = [line for line in capsys.readouterr().out.splitlines() if line.startswith("BROKEN")]
    assert any("A promise is due" in line for line in broken), broken


def test_what_was_said_is_erased_with_its_event(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    promise(world, ticket_id, "bob")
    promise(world, ticket_id, "vera", 48, "change-promise")
    events = TicketEvent.objects.filter(ticket=ticket_id, kind__in=("promise", "change-promise"))
    sequences = list(events.values_list("sequence", flat=True))
    with as_owner():
        event_payloads_erase(
            reference=Ticket.objects.get(id=ticket_id).reference, sequences=sequences, now=database_now() + DAY
        )
    assert set(PromisedDate.objects.values_list("reason", flat=True)) == {""}
    assert TicketPart.objects.get(ticket=ticket_id).words == ""

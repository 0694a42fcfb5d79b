"""Recommendations: proposed from above, accepted with a day or refused with a reason, on a clock that climbs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.workflow.models import TicketPart
from backend.workflow.owed import tickets_owed_by
from backend.workflow.states import State
from tests.browser import SignIn
from tests.workflow.steps import DAY, STRICT, escalations, file_ticket, ticket_in
from tests.workflow.test_declining import told
from tests.world import World

ADVICE: dict[str, Any] = {"note": "Check every door each Monday.", "aim": "work"}


def in_days(days: int) -> str:
    """Return an instant so many days from now, as the API takes it."""
    return (database_now() + days * DAY).isoformat()


def recommended(world: World, who: str = "cleo", **changes: Any) -> UUID:
    """Recommend something on a ticket in work; return its id."""
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    done = world.members[who].client.act(ticket_id, "recommend", **{**ADVICE, **changes})
    assert done.status_code == 200, done.data
    return ticket_id


def test_it_is_recommended_accepted_with_a_day_and_told(world: World, signed_in: SignIn) -> None:
    ticket_id = recommended(world, due_at=in_days(2))
    seen = world.bob.client.get(f"tickets/{ticket_id}").data
    (owed,) = [row for row in seen["obligations"] if row["action"] == "accept-recommendation"]
    assert owed["person"] == str(world.bob.person.id)
    assert told(world, ticket_id, "recommend") == {"bob"}
    day = in_days(20)
    given: dict[str, Any] = {"carry_out_by": day, "note": "By the porter."}
    with CaptureQueriesContext(connection) as captured:
        done = world.bob.client.act(ticket_id, "accept-recommendation", match=seen["version"], **given)
    assert (done.status_code, len(captured) <= 25) == (200, True), done.data
    part = next(row for row in done.data["parts"] if row["outcome"])
    assert (part["kind"], part["aim"], part["outcome"], part["answer"]) == (
        *("recommendation", "work", "accepted"),
        "By the porter.",
    )
    assert part["carry_out_by"].isoformat() == day
    assert told(world, ticket_id, "accept-recommendation") == {"cleo"}
    page = signed_in(world.dan).get(f"/tickets/{ticket_id}").content.decode()
    for words in (
        "Improve how it is done",
        "carried out by",
        "To be carried out by",
        "Cleo recommended an improvement:",
    ):
        assert words in page
    call_command("tickets_audit")
    call_command("deadlines_audit")


def test_one_about_a_rule_is_told_to_the_principal_who_also_hears_of_every_refusal(world: World) -> None:
    ticket_id = recommended(world, "vera", aim="rule")
    assert told(world, ticket_id, "recommend") == {"bob", "dan"}
    unsaid = world.bob.client.act(ticket_id, "refuse-recommendation", note="")
    assert (unsaid.status_code, unsaid.data["errors"][0]["pointer"]) == (400, "/note")
    refused = world.bob.client.act(ticket_id, "refuse-recommendation", note="No money this year.")
    assert [part["outcome"] for part in refused.data["parts"]] == ["refused"]
    assert told(world, ticket_id, "refuse-recommendation") == {"vera", "dan"}
    assert "accept-recommendation" not in refused.data["available_actions"]


def test_unanswered_it_climbs_to_the_principal_and_the_bureau_which_may_recommend_then(world: World) -> None:
    ticket_id = recommended(world)
    timer = Timer.objects.get(subject_id=ticket_id, clock="recommendation")
    fire_due(now=timer.due_at + timedelta(seconds=1))
    fire_due(now=timer.due_at + 60 * DAY)
    reached = {
        person for row in escalations(ticket_id) if row["clock"] == "recommendation" for person in row["reached"]
    }
    assert {str(world.members[who].person.id) for who in ("bob", "cleo", "dan", "olga")} <= reached
    assert world.olga.client.act(ticket_id, "recommend", **ADVICE).status_code == 200
    call_command("deadlines_audit")


def test_it_lapses_with_the_ticket_and_whoever_recommended_hears(world: World) -> None:
    ticket_id = recommended(world, "dan")
    for who, action in (("bob", "resolve"), ("cleo", "verify")):
        assert world.members[who].client.act(ticket_id, action, note="Done.").status_code == 200
    assert (TicketPart.objects.get().outcome, told(world, ticket_id, "lapsed")) == ("lapsed", {"dan"})


@pytest.mark.parametrize(
    ("who", "changes", "answer"),
    [
        ("dan", {"note": ""}, (400, "/note")),
        ("dan", {"aim": ""}, (400, "/aim")),
        ("dan", {"aim": "discipline"}, (400, "/aim")),
        ("dan", {"due_at": "2020-01-01T00:00:00+00:00"}, (400, "/due_at")),
        ("bob", {}, (403, None)),
        ("alice", {}, (403, None)),
        ("mallory", {}, (404, None)),
    ],
)
def test_only_those_above_recommend_and_never_discipline(
    world: World, who: str, changes: dict[str, Any], answer: tuple[int, str | None]
) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    refused = world.members[who].client.act(ticket_id, "recommend", **{**ADVICE, **changes})
    pointer = refused.data["errors"][0]["pointer"] if refused.data.get("errors") else None
    assert (refused.status_code, pointer) == answer


def test_it_is_accepted_by_a_day_to_come_by_whoever_has_it_in_hand_alone(world: World) -> None:
    ticket_id = recommended(world)
    for who, status in (("alice", 403), ("cleo", 403), ("carol", 404), ("mallory", 404)):
        answer = world.members[who].client.act(ticket_id, "accept-recommendation", carry_out_by=in_days(9))
        assert answer.status_code == status, who
    for day in ("", "2020-01-01T00:00:00+00:00"):
        late = world.bob.client.act(ticket_id, "accept-recommendation", carry_out_by=day)
        assert (late.status_code, late.data["errors"][0]["pointer"]) == (400, "/carry_out_by")


def test_on_a_sealed_case_its_team_answers(world: World) -> None:
    ticket_id = file_ticket(world, category=STRICT, routed=True)
    assert world.erin.client.act(ticket_id, "acknowledge").status_code == 200
    assert world.dan.client.act(ticket_id, "recommend", **ADVICE).status_code == 200
    assert told(world, ticket_id, "recommend") <= {"erin"}
    accepted = world.erin.client.act(ticket_id, "accept-recommendation", carry_out_by=in_days(9))
    assert accepted.status_code == 200, accepted.data


def accepted(world: World, who: str = "cleo") -> UUID:
    """Recommend something on a ticket and have it accepted by a day; return the ticket's id."""
    ticket_id = recommended(world, who)
    given: dict[str, Any] = {"carry_out_by": in_days(20), "note": "By the porter."}
    assert world.bob.client.act(ticket_id, "accept-recommendation", **given).status_code == 200
    return ticket_id


def test_the_day_of_an_accepted_one_has_a_clock_that_outlives_the_ticket(world: World) -> None:
    """The day was shown, and nobody was reminded of it."""
    ticket_id = accepted(world)
    for who, action in (("bob", "resolve"), ("cleo", "verify")):
        assert world.members[who].client.act(ticket_id, action, note="Done.").status_code == 200
    owed = world.bob.client.get(f"tickets/{ticket_id}").data["obligations"]
    assert [row["action"] for row in owed] == ["carry-out-recommendation"]
    assert ticket_id in {row.id for row in tickets_owed_by(actor=world.bob.actor)}
    fire_due(now=Timer.objects.get(subject_id=ticket_id, clock="improvement").due_at + timedelta(seconds=1))
    (missed,) = [row for row in escalations(ticket_id) if row["clock"] == "improvement"]
    assert {str(world.bob.person.id), str(world.cleo.person.id)} == set(missed["reached"])
    for command in ("tickets_audit", "deadlines_audit"):
        call_command(command)
    for who, status in (("alice", 403), ("dan", 403), ("carol", 404), ("mallory", 404)):
        refused = world.members[who].client.act(ticket_id, "carry-out-recommendation", note="Done.")
        assert refused.status_code == status, who
    assert world.bob.client.act(ticket_id, "carry-out-recommendation", note="Each Monday now.").status_code == 200
    assert told(world, ticket_id, "carry-out-recommendation") == {"cleo"}
    call_command("deadlines_audit")


@pytest.mark.parametrize(("start", "clock"), [(recommended, "recommendation"), (accepted, "improvement")])
def test_it_is_withdrawn_with_a_reason_by_whoever_gave_it_or_stands_above_them(
    world: World, start: Callable[[World], UUID], clock: str
) -> None:
    ticket_id = start(world)
    for who, status in (("bob", 403), ("vera", 403), ("mallory", 404)):
        assert world.members[who].client.act(ticket_id, "withdraw-recommendation", note="No.").status_code == status
    unsaid = world.cleo.client.act(ticket_id, "withdraw-recommendation")
    assert (unsaid.status_code, unsaid.data["errors"][0]["pointer"]) == (400, "/note")
    done = world.dan.client.act(ticket_id, "withdraw-recommendation", note="The doors are replaced.")
    assert done.status_code == 200, done.data
    assert not Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id, clock=clock, armed=True).exists()
    assert told(world, ticket_id, "withdraw-recommendation") == {"bob", "cleo"}
    again = world.cleo.client.act(ticket_id, "withdraw-recommendation", note="Again.")
    assert again.status_code == 403
    call_command("tickets_audit")
    call_command("deadlines_audit")

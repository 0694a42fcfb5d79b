"""A supervision order: an answer demanded by a date, on a clock of its own that climbs, and lapses with the ticket."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.notifications.tasks import tell
from backend.workflow.models import Ticket, TicketEvent, TicketPart
from backend.workflow.services.erasing import event_payloads_erase
from backend.workflow.states import State
from tests.browser import SignIn
from tests.deadlines.conftest import at_once
from tests.roles import as_owner
from tests.workflow.steps import HOUR, STRICT, escalations, file_ticket, fire_after, ticket_in
from tests.workflow.test_declining import told
from tests.world import Member, World

DEMAND: dict[str, Any] = {"note": "Say in writing when the stairs are safe."}


def in_hours(hours: int) -> str:
    return (database_now() + hours * HOUR).isoformat()


def audited() -> None:
    call_command("deadlines_audit")
    call_command("tickets_audit")
    call_command("ledger_verify")


def test_it_is_demanded_answered_and_told(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    before = Ticket.objects.get(id=ticket_id).next_due_at
    due_at = in_hours(1)
    ordered = world.dan.client.act(ticket_id, "order", **DEMAND, due_at=due_at)
    assert ordered.status_code == 200, ordered.data
    (part,) = ordered.data["parts"]
    assert (part["kind"], part["outcome"], part["words"]) == ("order", "", DEMAND["note"])
    owed = next(row for row in ordered.data["obligations"] if row["action"] == "answer-order")
    assert (owed["part"], owed["person"]) == (part["id"], str(world.bob.person.id))
    assert Ticket.objects.get(id=ticket_id).next_due_at < before
    audited()
    answered = world.bob.client.act(ticket_id, "answer-order", note="By Friday; the rail is ordered.")
    assert answered.status_code == 200, answered.data
    (part,) = answered.data["parts"]
    assert (part["outcome"], part["answer"]) == ("done", "By Friday; the rail is ordered.")
    assert "answer-order" not in answered.data["available_actions"]
    assert Ticket.objects.get(id=ticket_id).next_due_at == before
    audited()


@pytest.mark.parametrize(
    ("who", "changes", "answer"),
    [
        ("dan", {"note": ""}, (400, "/note")),
        ("dan", {"due_at": "2020-01-01T00:00:00+00:00"}, (400, "/due_at")),
        ("dan", {"due_at": "soon"}, (400, "/due_at")),
        ("bob", {}, (403, None)),
        ("alice", {}, (403, None)),
        ("mallory", {}, (404, None)),
    ],
)
def test_only_those_above_demand_and_by_a_time_to_come(
    world: World, who: str, changes: dict[str, Any], answer: tuple[int, str | None]
) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    refused = getattr(world, who).client.act(ticket_id, "order", **{**DEMAND, **changes})
    pointer = refused.data["errors"][0]["pointer"] if refused.data.get("errors") else None
    assert (refused.status_code, pointer) == answer
    assert not TicketPart.objects.exists()


def test_one_that_is_not_answered_in_time_climbs_once_per_rung(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    part_id = world.dan.client.act(ticket_id, "order", **DEMAND, due_at=in_hours(1)).data["parts"][0]["id"]
    timer = Timer.objects.get(target=part_id)
    fire_due(now=timer.due_at + timedelta(seconds=1))
    fire_due(now=timer.due_at + timedelta(seconds=2))
    (fired,) = [row for row in escalations(ticket_id) if row["clock"] == "order"]
    assert (fired["part"], fired["rung"], fired["level"]) == (part_id, 1, 1)
    assert str(world.bob.person.id) in fired["reached"]
    audited()


def test_of_two_the_one_that_is_meant_is_named(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    for _ in range(2):
        parts = world.dan.client.act(ticket_id, "order", **DEMAND).data["parts"]
    unsaid = world.bob.client.act(ticket_id, "answer-order", note="Done.")
    assert (unsaid.status_code, unsaid.data["code"]) == (400, "unknown_part")
    answered = world.bob.client.act(ticket_id, "answer-order", note="Done.", order=parts[1]["id"])
    assert [part["outcome"] for part in answered.data["parts"]] == ["", "done"]
    again = world.bob.client.act(ticket_id, "answer-order", note="Done.", order=parts[1]["id"])
    assert (again.status_code, again.data["errors"][0]["pointer"]) == (400, "/order")


def test_it_lapses_with_the_ticket(world: World) -> None:
    ticket_id = ticket_in(world, State.RESOLVED)
    assert world.dan.client.act(ticket_id, "order", **DEMAND).status_code == 409
    world.cleo.client.act(ticket_id, "reject-fix", note="It still leaks.")
    world.dan.client.act(ticket_id, "order", **DEMAND)
    world.bob.client.act(ticket_id, "resolve", note="Sealed anew.")
    assert world.cleo.client.act(ticket_id, "verify", note="Dry.").data["parts"][0]["outcome"] == "lapsed"
    assert told(world, ticket_id, "lapsed") == {"dan"}
    tell()
    sentence = "What you asked about a ticket was not answered, and the ticket is over. Please look at it."
    assert [row["text"] for row in world.dan.client.get("notices").data["items"] if row["kind"] == "lapsed"] == [
        sentence
    ]
    assert [row["kind"] for row in world.dan.client.get(f"tickets/{ticket_id}/timeline").data][-2:] == [
        "lapsed",
        "verify",
    ]
    assert not Timer.objects.exclude(target="").filter(stopped_at=None).exists()
    audited()


def test_whoever_waits_for_an_answer_hears_that_it_lapsed_but_not_who_ended_it_themselves(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    assert world.bob.client.act(ticket_id, "promise", note="A part.", promised_for=in_hours(24)).status_code == 200
    assert world.bob.client.act(ticket_id, "ask-question", note="Which door?", whom="Ming Lifts").status_code == 200
    assert world.dan.client.act(ticket_id, "order", **DEMAND).status_code == 200
    assert world.cleo.client.act(ticket_id, "propose-decline", note="Nothing there.").status_code == 200
    assert world.dan.client.act(ticket_id, "confirm-decline", note="Yes.").status_code == 200
    assert {part.kind: part.outcome for part in TicketPart.objects.all()} == dict.fromkeys(
        ("promise", "question", "order"), "lapsed"
    )
    assert told(world, ticket_id, "lapsed") == {"bob"}
    audited()


def order(world: World, ticket_id: UUID, who: str) -> Response:
    return world.members[who].client.act(ticket_id, "order", **DEMAND)


@pytest.mark.parametrize(
    ("giver", "refused", "withdraws"),
    [
        ("cleo", ("bob", "vera", "alice"), "cleo"),
        ("vera", ("cleo", "bob"), "dan"),
        ("olga", ("cleo", "vera", "dan"), "olga"),
        ("dan", ("cleo", "vera"), "olga"),
    ],
)
def test_whoever_gave_it_or_stands_above_them_withdraws_it(
    world: World, giver: str, refused: tuple[str, ...], withdraws: str
) -> None:
    """The ticket has climbed, so Olga of the bureau sees it."""
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    fire_after(ticket_id, 90 * HOUR)
    assert order(world, ticket_id, giver).status_code == 200
    for who in refused:
        member = world.members[who].client
        assert "withdraw-order" not in member.get(f"tickets/{ticket_id}").data["available_actions"]
        assert member.act(ticket_id, "withdraw-order", note="Enough.").status_code == 403, who
    withdrawn = world.members[withdraws].client.act(ticket_id, "withdraw-order", note="It is done already.")
    (part,) = withdrawn.data["parts"]
    assert (part["outcome"], part["answer"]) == ("withdrawn", "It is done already.")
    audited()


def test_of_two_only_ones_own_is_withdrawn(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    theirs = order(world, ticket_id, "vera").data["parts"][0]["id"]
    order(world, ticket_id, "cleo")
    refused = world.cleo.client.act(ticket_id, "withdraw-order", note="Enough.", order=theirs)
    assert (refused.status_code, refused.data["code"]) == (403, "action_not_allowed")
    assert TicketPart.objects.filter(ended_at=None).count() == 2


def test_somebody_of_the_office_answers_it_too_and_another_office_does_not_see_it(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    assert order(world, ticket_id, "carol").status_code == 404
    order(world, ticket_id, "dan")
    for who, status in (("carol", 404), ("cleo", 403), ("vera", 403), ("ben", 200)):
        assert world.members[who].client.act(ticket_id, "answer-order", note="On Friday.").status_code == status, who


def test_of_a_sealed_case_its_principal_demands_and_its_lead_answers(world: World) -> None:
    ticket_id = file_ticket(world, category=STRICT, routed=True)
    for who in ("cleo", "vera", "bob", "olga"):
        assert order(world, ticket_id, who).status_code == 404, who
    assert order(world, ticket_id, "erin").status_code == 403
    ordered = order(world, ticket_id, "dan")
    owed = next(row for row in ordered.data["obligations"] if row["part"])
    assert (owed["action"], owed["role"]) == ("answer-order", "protection_lead")
    assert world.erin.client.act(ticket_id, "answer-order", note="Both were heard.").status_code == 200
    audited()


@pytest.mark.parametrize("state", [State.WAITING, State.RESOLVED])
def test_it_runs_on_while_the_ticket_waits_and_once_it_is_said_to_be_solved(world: World, state: State) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS, by="cleo", exercise=True)
    part_id = order(world, ticket_id, "dan").data["parts"][0]["id"]
    action = {State.WAITING: "wait", State.RESOLVED: "resolve"}[state]
    party: dict[str, Any] = {"waiting_for": "Ming Lifts"} if action == "wait" else {}
    assert world.bob.client.act(ticket_id, action, note="Done.", **party).status_code == 200
    timer = Timer.objects.get(target=part_id)
    assert timer.armed
    fire_due(now=timer.due_at + timedelta(seconds=1))
    assert [row["rung"] for row in escalations(ticket_id) if row["clock"] == "order"] == [1]
    assert world.bob.client.act(ticket_id, "answer-order", note="It is.").status_code == 200
    audited()


def test_of_an_answer_and_a_withdrawal_at_once_one_ends_it(committed_world: World) -> None:
    world = committed_world
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    version = order(world, ticket_id, "dan").data["version"]

    def ending(member: Member, action: str) -> Callable[[], int]:
        return lambda: int(member.client.act(ticket_id, action, match=version, note="On Friday.").status_code)

    answers = at_once(ending(world.bob, "answer-order"), ending(world.dan, "withdraw-order"))
    assert sorted(answers) == [200, 412]
    assert TicketPart.objects.get().outcome == ("done" if answers[0] == 200 else "withdrawn")
    audited()


def test_demand_and_answer_are_erased_with_their_events(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    order(world, ticket_id, "dan")
    world.bob.client.act(ticket_id, "answer-order", note="By Friday.")
    events = TicketEvent.objects.filter(ticket=ticket_id, kind__in=("order", "answer-order"))
    sequences = list(events.values_list("sequence", flat=True))
    reference = Ticket.objects.get(id=ticket_id).reference
    with as_owner():
        event_payloads_erase(reference=reference, sequences=sequences, now=database_now())
    assert TicketPart.objects.values_list("words", "answer").get() == ("", "")
    audited()


def test_a_list_reads_what_is_asked_once_for_all_its_tickets(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.bob)
    counts = []
    for _ in range(2):
        for _again in range(2):
            world.dan.client.act(ticket_in(world, State.IN_PROGRESS), "order", **DEMAND)
        with CaptureQueriesContext(connection) as captured:
            page.get("/tickets?tab=all")
        counts.append(len(captured))
    assert counts[0] == counts[1]

"""Filing for somebody else, holding exercises, and adding to or taking back one's own report."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.incidents.models import Report, ReportAmendment
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.states import State
from tests.workflow.steps import CLOSER, OPEN, STRICT, ticket_in
from tests.world import World

CALLER = {"name": "王奶奶", "contact": "138 0000 0000"}
LATE: tuple[tuple[str, dict[str, str]], ...] = ("amendments", {"text": "还有一张。"}), ("withdraw", {})


def file(world: World, **changes: Any) -> dict[str, Any]:
    """File a report as Alice and return what she sees of it."""
    filed = world.alice.client.post("reports", world.report_body(**changes))
    assert filed.status_code == 201, filed.data
    answer: dict[str, Any] = world.alice.client.get(f"reports/{filed.data['id']}").data
    return answer


def ticket_of(report: dict[str, Any]) -> Ticket:
    """Return the ticket a report opened."""
    return Ticket.objects.get(reference=report["reference"])


def test_who_called_is_for_those_who_handle_it(world: World) -> None:
    report = file(world, caller=CALLER)
    assert report["caller"] == CALLER
    ticket = ticket_of(report)
    Ticket.objects.filter(id=ticket.id).update(state="routed", owner=world.home.units["security"], level=1)
    for name, seen in (("bob", CALLER), ("ben", CALLER), ("cleo", CALLER), ("dan", CALLER), ("olga", None)):
        answer = world.members[name].client.get(f"tickets/{ticket.id}/reports")
        assert answer.data[0]["caller"] == seen, name
        assert answer.data[0]["description"] == report["description"]
    for name in ("carol", "mallory"):
        assert world.members[name].client.get(f"tickets/{ticket.id}/reports").status_code == 404


def test_who_called_about_something_sealed_stays_with_the_reporter(world: World) -> None:
    report = file(world, caller=CALLER, category=STRICT)
    ticket = ticket_of(report)
    for name in ("erin", "dan"):
        answer = world.members[name].client.get(f"tickets/{ticket.id}/reports")
        assert answer.data[0]["caller"] is None
        for path in ("", "/timeline", "/reports"):
            page = world.members[name].client.get(f"tickets/{ticket.id}{path}").content.decode()
            assert not any(word in page for word in (*CALLER.values(), str(world.alice.person.id)))
    for name in ("alice", "bob", "cleo"):
        assert world.members[name].client.get(f"tickets/{ticket.id}/reports").status_code == 404


@pytest.mark.parametrize(
    ("caller", "pointer", "code"),
    [
        ({"contact": "138"}, "/caller/name", "required"),
        ({"name": " "}, "/caller/name", "blank"),
        ({"name": "x" * 81}, "/caller/name", "max_length"),
        ({"name": "x", "contact": "x" * 121}, "/caller/contact", "max_length"),
        ({"name": "a\nb"}, "/caller/name", "control_characters"),
        ({"name": "x", "identity_card": "1"}, "/caller/identity_card", "unknown_field"),
        ("王奶奶", "/caller", "invalid"),
    ],
)
def test_a_wrong_caller_is_named(world: World, caller: Any, pointer: str, code: str) -> None:
    refused = world.alice.client.post("reports", world.report_body(caller=caller))
    assert refused.status_code == 400
    assert [(error["pointer"], error["code"]) for error in refused.data["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(("name", "status"), [("alice", 403), ("bob", 403), ("cleo", 201), ("vera", 201), ("dan", 201)])
def test_only_those_who_answer_for_the_school_hold_exercises(world: World, name: str, status: int) -> None:
    answer = world.members[name].client.post("reports", world.report_body(exercise=True))
    assert answer.status_code == status
    if status == 403:
        assert (answer.data["code"], answer.data["errors"][0]["pointer"]) == ("exercise_not_allowed", "/exercise")
        assert not Ticket.objects.exists()
    else:
        assert Report.objects.get().is_exercise
        assert Ticket.objects.get().is_exercise
        assert answer.data["is_exercise"]


def test_what_is_added_stands_beside_what_was_filed(world: World) -> None:
    report = file(world)
    added = world.alice.client.post(f"reports/{report['id']}/amendments", {"text": "还有两张桌子。\n在三楼。"})
    assert added.status_code == 201
    after = world.alice.client.get(f"reports/{report['id']}").data
    assert after["description"] == report["description"]
    assert [row["text"] for row in after["amendments"]] == ["还有两张桌子。\n在三楼。"]
    behind = world.cleo.client.get(f"tickets/{report['ticket']}/reports").data
    assert behind[0]["amendments"] == after["amendments"]
    (event,) = TicketEvent.objects.filter(ticket=report["ticket"], kind="amend")
    assert event.actor_id == world.alice.person.id


def test_what_was_withdrawn_is_kept_and_closed(world: World) -> None:
    report = file(world)
    withdrawn = world.alice.client.post(f"reports/{report['id']}/withdraw", {"note": "Somebody else moved them."})
    assert (withdrawn.status_code, withdrawn.data["state"]) == (200, "closed")
    assert withdrawn.data["available_actions"] == []
    assert withdrawn.data["promise"]["next"] is None
    assert Report.objects.filter(id=report["id"]).exists()
    for path, body in LATE:
        again = world.alice.client.post(f"reports/{report['id']}/{path}", body)
        assert (again.status_code, again.data["code"]) == (409, "no_longer_open")


@pytest.mark.parametrize("number", range(len(LATE)))
def test_afterwards_a_comment_is_the_way(world: World, number: int) -> None:
    path, body = LATE[number]
    ticket_in(world, State.ACKNOWLEDGED)
    (report,) = world.alice.client.get("reports").data["items"]
    late = world.alice.client.post(f"reports/{report['id']}/{path}", body)
    assert (late.status_code, late.data["code"]) == (409, "amending_too_late")
    assert "comment" in late.data["detail"]
    assert not ReportAmendment.objects.exists()
    assert world.alice.client.act(report["ticket"], "comment", note="还有一张。").status_code == 200


def test_a_sealed_report_can_be_added_to_and_taken_back_until_it_is_read(world: World) -> None:
    first, second = (file(world, category=STRICT) for _number in range(2))
    assert world.alice.client.post(f"reports/{first['id']}/amendments", {"text": "今天又发生了。"}).status_code == 201
    assert world.alice.client.post(f"reports/{first['id']}/withdraw").status_code == 200
    assert ticket_of(first).state == State.CLOSED
    world.erin.client.act(ticket_of(second).id, "acknowledge")
    for path, body in LATE:
        late = world.alice.client.post(f"reports/{second['id']}/{path}", body)
        assert (late.status_code, late.data["code"]) == (409, "amending_too_late")
        assert "student protection lead" in late.data["detail"]
    timeline = world.erin.client.get(f"tickets/{ticket_of(first).id}/timeline").content.decode()
    assert str(world.alice.person.id) not in timeline


@pytest.mark.parametrize("path", ["amendments", "withdraw"])
def test_nobody_changes_somebody_elses_report(world: World, path: str) -> None:
    report = file(world)
    never = world.bob.client.post(f"reports/{uuid4()}/{path}", {"text": "x", "note": "x"})
    for name in ("bob", "cleo", "dan", "olga", "mallory"):
        answer = world.members[name].client.post(f"reports/{report['id']}/{path}", {"nonsense": True})
        assert (answer.status_code, answer.data) == (404, never.data), name


@pytest.mark.parametrize("number", range(len(LATE)))
def test_sent_twice_it_happens_once(world: World, number: int) -> None:
    path, body = LATE[number]
    report = file(world)
    address = f"reports/{report['id']}/{path}"
    first, again = (world.alice.client.post(address, body, key="one-and-the-same") for _time in range(2))
    assert first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true"
    other = world.alice.client.post(address, {**body, "text": "Another."}, key="one-and-the-same")
    assert (other.status_code, other.data["code"]) == (422, "idempotency_key_reused")
    assert ReportAmendment.objects.count() == (1 if path == "amendments" else 0)
    assert TicketEvent.objects.filter(kind__in=["amend", "withdraw"]).count() == 1


def test_a_report_says_what_happens_next_and_by_when(world: World) -> None:
    for category in (OPEN, CLOSER, STRICT):
        report = file(world, category=category)
        clocks = {row["clock"]: row["due_at"] for row in clocks_of(world, ticket_of(report).id)}
        promise = report["promise"]
        assert promise["acknowledge_by"] == clocks["acknowledge"]
        assert promise["resolve_by"] == clocks["resolve"]
        assert promise["verify_by"] is None
        assert promise["next"] == {"what": "acknowledge", "by": clocks["acknowledge"]}
        assert report["available_actions"] == ["amend", "withdraw"]


def clocks_of(world: World, ticket_id: UUID) -> list[dict[str, Any]]:
    """Return the clocks of a ticket as the principal sees them."""
    clocks: list[dict[str, Any]] = json.loads(world.dan.client.get(f"tickets/{ticket_id}").content)["clocks"]
    return clocks

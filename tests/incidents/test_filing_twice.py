"""A report sent twice is stored once: after a lost answer, by an impatient thumb, and at the same instant."""

import json
from uuid import uuid4

import pytest

from backend.common.models import OutboxMessage
from backend.incidents.models import Report
from backend.workflow.models import Ticket
from tests.deadlines.conftest import at_once
from tests.world import World

KEY = "draft-of-alices-phone"


def test_a_repeated_report_gets_the_first_answer(world: World) -> None:
    body = world.report_body()
    first, again = (world.alice.client.post("reports", body, key=KEY) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    opened = OutboxMessage.objects.filter(topic="ticket.opened")
    assert Report.objects.count() == Ticket.objects.count() == opened.count() == 1


def test_a_key_used_for_something_else_is_refused(world: World) -> None:
    world.alice.client.post("reports", world.report_body(), key=KEY)
    other = world.alice.client.post("reports", world.report_body(description="Another thing."), key=KEY)
    assert (other.status_code, other.data["code"]) == (422, "idempotency_key_reused")
    assert Report.objects.count() == 1


def test_keys_of_different_people_do_not_meet(world: World) -> None:
    body = world.report_body()
    answers = [member.client.post("reports", body, key=KEY) for member in (world.alice, world.bob)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].data["id"] != answers[1].data["id"]


def test_a_refused_report_may_be_corrected_under_the_same_key(world: World) -> None:
    assert world.alice.client.post("reports", world.report_body(category="Z99"), key=KEY).status_code == 400
    assert world.alice.client.post("reports", world.report_body(), key=KEY).status_code == 201


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "idempotency_key_missing"),
        ("short", "idempotency_key_invalid"),
        ("with a blank", "idempotency_key_invalid"),
        ("k" * 256, "idempotency_key_invalid"),
    ],
)
def test_a_report_needs_a_good_key(world: World, key: str, code: str) -> None:
    headers = {"Idempotency-Key": key} if key else {}
    answer = world.alice.client.http.post("/api/v1/reports", world.report_body(), format="json", headers=headers)
    assert (answer.status_code, answer.data["code"]) == (400, code)
    assert Report.objects.count() == 0


@pytest.mark.parametrize("senders", [2, 6])
def test_the_same_report_at_the_same_instant_is_stored_once(committed_world: World, senders: int) -> None:
    alice, body, key = committed_world.alice.client, committed_world.report_body(), str(uuid4())
    answers = at_once(*[lambda: alice.post("reports", body, key=key)] * senders)
    statuses = [answer.status_code for answer in answers]
    assert 201 in statuses
    assert set(statuses) <= {201, 409}
    assert {answer.data["code"] for answer in answers if answer.status_code == 409} <= {"request_in_flight"}
    assert all(answer.headers["Retry-After"] == "1" for answer in answers if answer.status_code == 409)
    ids = {json.loads(answer.content)["id"] for answer in answers if answer.status_code == 201}
    assert ids == {str(Report.objects.get().id)}
    assert json.loads(alice.post("reports", body, key=key).content)["id"] in ids


def test_different_reports_at_the_same_instant_are_all_stored(committed_world: World) -> None:
    alice, body = committed_world.alice.client, committed_world.report_body()
    answers = at_once(*[lambda: alice.post("reports", body)] * 6)
    assert [answer.status_code for answer in answers] == [201] * 6
    assert Report.objects.count() == len({answer.data["reference"] for answer in answers}) == 6

"""Headers that every answer of the API carries, whatever it is about."""

import logging
import re

import pytest
from django.test import Client

from backend.common.request_ids import RequestIdFilter
from tests.world import Client as Guest
from tests.world import World

GIVEN = "trace-4f1c.7_A"


def asked_under(world: World, request_id: str) -> Client:
    """Return Alice's client with an id of its own for each request."""
    return Client(headers={"Authorization": f"Token {world.alice.client.token}", "X-Request-ID": request_id})


def test_an_answer_carries_the_id_it_was_asked_under_and_so_does_the_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="django.request"):
        answer = asked_under(world, GIVEN).get("/api/v1/tickets/nowhere")
    assert (answer.headers["X-Request-ID"], answer.json()["request_id"]) == (GIVEN, GIVEN)
    (record,) = caplog.records
    assert RequestIdFilter().filter(record)
    assert record.asked == f" [{GIVEN}]"  # type: ignore[attr-defined]


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "two words of it", "line<script>", "汉字汉字汉字汉字"])
def test_what_is_no_id_is_replaced(world: World, given: str) -> None:
    answer = asked_under(world, given).get("/api/v1/me")
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])


def test_no_cache_keeps_an_answer(world: World) -> None:
    alice = world.alice.client
    filed = alice.post("reports", world.report_body())
    answers = [filed, alice.get("reports"), alice.get(f"tickets/{filed.data['ticket']}"), alice.get("tickets", no="1")]
    answers += [alice.get("nowhere"), alice.get("tickets", cursor="\0")]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 400, 404, 400]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}


def test_more_parameters_than_are_read_are_refused_and_no_fault_of_the_server(world: World) -> None:
    for client in (world.alice.client, Guest(None)):
        refused = client.http.get("/api/v1/tickets?" + "a&" * 1001)
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid")


def test_addresses_in_answers_follow_no_forged_host(world: World) -> None:
    http = world.alice.client.http
    forwarded = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    answer = http.get("/api/v1/places?page_size=1", headers=forwarded)
    assert answer.data["next"].startswith("http://testserver/")
    forged = http.get("/api/v1/places?page_size=1", headers={"Host": "evil.example"})
    assert (forged.status_code, forged.headers["Content-Type"]) == (400, "application/problem+json")
    assert "evil.example" not in forged.content.decode()


def test_asking_for_the_options_tells_the_methods_alone(world: World) -> None:
    answer = world.alice.client.http.options("/api/v1/reports")
    assert (answer.status_code, answer.content) == (204, b"")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))

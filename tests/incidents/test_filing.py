"""Filing a report: good ones are kept whole, bad ones get a clear answer and leave nothing behind."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from knox.models import AuthToken

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.deadlines.models import Timer
from backend.incidents.models import Report
from backend.organisation.models import Person
from backend.workflow.models import Ticket, TicketParticipant
from tests.roles import as_owner
from tests.world import Client, World

RARE = "𠮷野家旁𰻞𰻞面馆漏气🔥👨‍👩‍👧 «naïve» \u200dمدرسة\n\t二楼"
MISSING: Any = object()
UNKNOWN = "00000000-0000-4000-8000-000000000000"
"""An id that nothing has."""


def filed_nothing() -> bool:
    """Say whether no trace of a report is stored."""
    return not any(model.objects.exists() for model in (Report, Ticket, TicketParticipant, OutboxMessage, Timer))


def raw(client: Client, body: bytes, content_type: str = "application/json") -> Any:
    """Send bytes as they are."""
    headers = {"Idempotency-Key": str(uuid4())}
    return client.http.generic("POST", "/api/v1/reports", body, content_type, headers=headers)  # type: ignore[arg-type]


def test_a_report_is_stored_whole_and_owned_at_once(world: World) -> None:
    filed = world.alice.client.post("reports", world.report_body(description=RARE))
    assert filed.status_code == 201
    assert filed.headers["Location"].endswith(f"/api/v1/reports/{filed.data['id']}")
    report = Report.objects.get(id=filed.data["id"])
    assert report.description == report.ticket.description == filed.data["description"] == RARE
    read = world.alice.client.get(f"reports/{filed.data['id']}").data
    assert (read["description"], read["state"]) == (RARE, "received")
    clocks = Timer.objects.filter(subject_kind="ticket", subject_id=report.ticket_id, armed=True).values_list(
        "clock", flat=True
    )
    assert set(clocks) == {"acknowledge", "act", "resolve", "answer", "result"}


def test_whoever_names_herself_gets_no_ticket_that_is_not_there_for_her(world: World) -> None:
    body = {**world.report_body(), "persons_concerned": [str(world.alice.person.id)]}
    key = str(uuid4())
    answers = [world.alice.client.post("reports", body, key=key) for _ in range(2)]
    (listed,) = world.alice.client.get("reports").data["items"]
    detail = world.alice.client.get(f"reports/{listed['id']}").data
    assert [answer.data["ticket"] for answer in answers] == [None, None]
    assert (listed["ticket"], detail["ticket"]) == (None, None)
    assert world.alice.client.get(f"tickets/{Ticket.objects.get().id}").status_code == 404


def test_a_report_needs_no_place_and_nobody_concerned(world: World) -> None:
    body = world.report_body()
    del body["place"]
    assert world.alice.client.post("reports", body).data["place"] is None


BAD_BODIES = {
    "half a body": b'{"category": "F02", ',
    "a list": b"[]",
    "a word": b'"fire"',
    "not a number": b'{"category": NaN}',
    "twice the same name": b'{"category": "F01", "category": "F02"}',
    "not UTF-8": b'{"category": "\xff"}',
    "half a character": b'{"category": "\\ud83d"}',
    "too deep": b'{"category": ' + b"[" * 200 + b"]" * 200 + b"}",
}


@pytest.mark.slow("tests/incidents/test_filing.py", after=3)
@pytest.mark.parametrize("what", BAD_BODIES)
def test_a_malformed_body_is_told_apart_from_bad_fields(world: World, what: str) -> None:
    answer = raw(world.alice.client, BAD_BODIES[what])
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert filed_nothing()


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain", "application/xml"])
def test_anything_but_json_is_refused(world: World, content_type: str) -> None:
    answer = raw(world.alice.client, b"category=F02", content_type)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("size", [1024 * 1024, 20 * 1024 * 1024])
def test_a_body_of_a_megabyte_is_too_large(world: World, size: int) -> None:
    body = json.dumps(world.report_body(description="x" * size)).encode()
    answer = raw(world.alice.client, body)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert filed_nothing()


@pytest.mark.slow("tests/incidents/test_filing.py", after=6)
@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("category", MISSING, "required"),
        ("category", None, "null"),
        ("category", ["F02"], "invalid"),
        ("category", "", "blank"),
        ("category", "Z99", "unknown_category"),
        ("category", "f02", "unknown_category"),
        ("category", "F" * 200, "max_length"),
        ("category", "F\x0002", "null_characters_not_allowed"),
        ("place", "the stairs", "invalid"),
        ("place", 7.5, "invalid"),
        ("place", UNKNOWN, "unknown_place"),
        ("occurred_at", MISSING, "required"),
        ("occurred_at", "yesterday", "invalid"),
        ("occurred_at", 1_700_000_000, "invalid"),
        ("occurred_at", "2026-09-01T08:00:00", "offset_missing"),
        ("occurred_at", "2026-02-30T08:00:00+08:00", "invalid"),
        ("occurred_at", "1999-12-31T08:00:00+08:00", "out_of_range"),
        ("description", MISSING, "required"),
        ("description", " \n ", "blank"),
        ("description", {"text": "a"}, "invalid"),
        ("description", 5, "invalid"),
        ("description", "二楼\x07", "control_characters"),
        ("description", "a\x00b", "control_characters"),
        ("description", "\x1b[31mred", "control_characters"),
        ("description", "长" * 8001, "max_length"),
        ("persons_concerned", "bob", "not_a_list"),
        ("persons_concerned", [UNKNOWN], "unknown_person"),
        ("persons_concerned", [UNKNOWN] * 21, "max_length"),
        ("severity", "P1", "unknown_field"),
        ("state", "closed", "unknown_field"),
        ("reporter", "bob", "unknown_field"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_kept(world: World, field: str, value: Any, code: str) -> None:
    body = world.report_body(**{field: value})
    if value is MISSING:
        del body[field]
    answer = world.alice.client.post("reports", body)
    assert answer.status_code == 400, answer.data
    assert [(error["pointer"], error["code"]) for error in answer.data["errors"]] == [(f"/{field}", code)]
    assert filed_nothing()


def test_every_bad_field_is_named_at_once_in_the_readers_language(world: World) -> None:
    bad = {"category": "", "description": "a\x07b", "hero": 1}
    seen = {}
    for language in ("en", "zh-hans"):
        client = Client(None, language)
        client.http.force_authenticate(world.alice.user)
        answer = client.post("reports", bad)
        assert {error["pointer"] for error in answer.data["errors"]} == {
            "/category",
            "/occurred_at",
            "/description",
            "/hero",
        }
        seen[language] = answer.data
    assert [error["code"] for error in seen["en"]["errors"]] == [error["code"] for error in seen["zh-hans"]["errors"]]
    texts = [seen["zh-hans"]["title"], *(error["detail"] for error in seen["zh-hans"]["errors"])]
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in text) for text in texts), texts
    assert seen["en"]["title"].isascii()


def test_what_has_not_happened_yet_cannot_be_reported(world: World) -> None:
    now = database_now()
    for ahead, code in ((timedelta(minutes=6), "in_the_future"), (timedelta(days=-3660), "too_long_ago")):
        answer = world.alice.client.post("reports", world.report_body(occurred_at=(now + ahead).isoformat()))
        assert (answer.status_code, answer.data["code"]) == (400, code)
        assert answer.data["errors"][0]["pointer"] == "/occurred_at"
    assert filed_nothing()
    fast_phone = (now + timedelta(minutes=4)).isoformat()
    assert world.alice.client.post("reports", world.report_body(occurred_at=fast_phone)).status_code == 201


def test_another_schools_places_and_people_answer_as_ones_that_never_were(world: World) -> None:
    there = Person.objects.get(user=world.mallory.user)
    for field, foreign, never in (
        ("place", str(world.elsewhere.places["stairwell"].id), UNKNOWN),
        ("persons_concerned", [str(there.id)], [UNKNOWN]),
    ):
        answers = [world.alice.client.post("reports", world.report_body(**{field: ids})) for ids in (foreign, never)]
        assert answers[0].status_code == 400
        assert answers[0].data == answers[1].data
    assert filed_nothing()


def test_somebody_of_the_bureau_has_no_school_to_report_for(world: World) -> None:
    answer = world.olga.client.post("reports", world.report_body())
    assert (answer.status_code, answer.data["code"]) == (403, "not_at_a_school")


def test_a_school_that_is_not_set_up_says_so(world: World) -> None:
    world.school.intake_unit = None
    world.school.save()
    answer = world.alice.client.post("reports", world.report_body())
    assert (answer.status_code, answer.data["code"]) == (409, "school_not_ready")
    assert filed_nothing()


@pytest.mark.parametrize("header", ["", "Token ", "Token nonsense", "Bearer x", "Token a b", "Basic YTpi", "Token 密"])
def test_without_a_good_token_nobody_files(world: World, header: str) -> None:
    client = Client(None)
    if header:
        client.http.credentials(HTTP_AUTHORIZATION=header.encode())
    answer = client.post("reports", world.report_body())
    assert answer.status_code == 401
    assert answer.data["code"] in {"authentication_required", "token_invalid"}
    assert answer.headers["WWW-Authenticate"].startswith("Token")
    assert filed_nothing()


def test_an_expired_token_is_told_to_sign_in_again(world: World) -> None:
    with as_owner():
        AuthToken.objects.filter(user=world.alice.user).update(expiry=world.now - timedelta(seconds=1))
    for answer in (world.alice.client.post("reports", world.report_body()), world.alice.client.get("reports")):
        assert (answer.status_code, answer.data["code"]) == (401, "token_expired")


def test_a_report_that_nobody_may_read_is_not_there(world: World) -> None:
    filed = world.alice.client.post("reports", world.report_body())
    answers = {
        name: world.members[name].client.get(f"reports/{filed.data['id']}")
        for name in ("bob", "dan", "erin", "mallory")
    }
    never = world.bob.client.get(f"reports/{uuid4()}")
    assert all((answer.status_code, answer.data) == (404, never.data) for answer in answers.values())

"""A repeated request gets the first answer, and its effect happens once."""

import hashlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from backend.accounts.models import User
from backend.accounts.services import token_issue
from backend.common.clock import database_now
from backend.common.models import IdempotencyRecord, ProcessHeartbeat
from backend.common.services import idempotency_purge

pytestmark = [pytest.mark.urls("tests.common.urls_probe"), pytest.mark.django_db]

KEY = "key-0001"
# Tests that run beside this one have databases of their own on the same server.
OWN_ADVISORY_LOCKS = """
SELECT objid, classid FROM pg_locks
WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def create(client: Client, body: dict[str, Any], key: str | None = KEY) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post("/api/v1/beats", json.dumps(body), content_type="application/json", headers=headers)


def test_repetition_gets_the_same_answer_and_does_nothing(as_alice: Client) -> None:
    first = create(as_alice, {"name": "报平安"})
    again = create(as_alice, {"name": "报平安"})
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert again.headers["ETag"] == first.headers["ETag"] == '"v1"'
    assert again.headers["Location"] == "/somewhere"
    assert "X-Other" not in again.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert ProcessHeartbeat.objects.count() == 1


def test_order_and_spacing_of_fields_do_not_matter(as_alice: Client) -> None:
    first = create(as_alice, {"name": "a", "refuse": "no"})
    assert create(as_alice, {"refuse": "no", "name": "a"}).content == first.content


def test_another_body_under_the_same_key_is_refused(as_alice: Client) -> None:
    create(as_alice, {"name": "a"})
    response = create(as_alice, {"name": "b"})
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")


def test_what_was_asked_cannot_be_guessed_from_what_is_kept_of_it(as_alice: Client) -> None:
    first = create(as_alice, {"name": "a"})
    kept = IdempotencyRecord.objects.get()
    said = json.dumps(["POST", "/api/v1/beats", {"name": "a"}], sort_keys=True)
    plain = hashlib.sha256(said.encode()).hexdigest()
    assert kept.request_hash != plain
    IdempotencyRecord.objects.update(request_hash=plain)  # as a release before this one kept it
    assert create(as_alice, {"name": "a"}).content == first.content


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency_key_missing"),
        ("short", "idempotency_key_invalid"),
        ("x" * 256, "idempotency_key_invalid"),
        ("with space", "idempotency_key_invalid"),
        ("ключключ", "idempotency_key_invalid"),
    ],
)
def test_unusable_keys(as_alice: Client, key: str | None, code: str) -> None:
    response = create(as_alice, {"name": "a"}, key)
    assert (response.status_code, response.json()["code"]) == (400, code)


def test_keys_of_different_principals_are_apart(as_alice: Client) -> None:
    bob = User.objects.create_user("bob", "correct horse battery")
    as_bob = Client(headers={"Authorization": f"Token {token_issue(user=bob, now=database_now()).token}"})
    assert create(as_alice, {"name": "a"}).content != create(as_bob, {"name": "a"}).content
    assert ProcessHeartbeat.objects.count() == 2


@pytest.mark.parametrize("refusal", ["raise", "answer"])
def test_refusals_leave_nothing_behind(as_alice: Client, refusal: str) -> None:
    assert create(as_alice, {"name": "a", "refuse": refusal}).status_code == 409
    assert not ProcessHeartbeat.objects.exists()
    assert not IdempotencyRecord.objects.exists()
    assert create(as_alice, {"name": "a"}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_same_request_in_flight_is_told_to_wait(as_alice: Client) -> None:
    create(as_alice, {"name": "a"})
    started, finish = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(OWN_ADVISORY_LOCKS)
            assert cursor.fetchall() == []
            response = create(as_alice, {"name": "b"}, "key-0002")
            assert response.status_code == 201
            started.set()
            assert finish.wait(10)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert started.wait(10)
        response = create(as_alice, {"name": "b"}, "key-0002")
        assert (response.status_code, response.json()["code"]) == (409, "request_in_flight")
        assert response.headers["Retry-After"] == "1"
        assert create(as_alice, {"name": "c"}, "key-0003").status_code == 201
        finish.set()
        holding.result()
    assert create(as_alice, {"name": "b"}, "key-0002").headers["Idempotency-Replayed"] == "true"


@pytest.mark.django_db(transaction=True)
def test_a_crowd_with_one_key_has_one_effect(as_alice: Client) -> None:
    def send(_number: int) -> int:
        status: int = create(as_alice, {"name": "a"}).status_code
        connection.close()
        return status

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(24)))
    assert set(answers) <= {201, 409}
    assert 201 in answers
    assert ProcessHeartbeat.objects.count() == 1


def test_answers_are_forgotten_after_two_days(as_alice: Client) -> None:
    create(as_alice, {"name": "a"})
    now = database_now()
    assert idempotency_purge(now=now + timedelta(hours=47)) == 0
    assert idempotency_purge(now=now + timedelta(hours=49)) == 1
    assert not IdempotencyRecord.objects.exists()

"""Every error of the API is a problem document with a stable code."""

import json
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client

from backend.common.views import Migrations
from tests.roles import as_owner

pytestmark = [pytest.mark.urls("tests.common.urls_probe"), pytest.mark.django_db]

ENGLISH = {"Accept-Language": "en"}


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert (document["code"], document["status"], document["type"]) == (code, status, f"/problems/{code}")
    assert document["title"]
    assert document["detail"]
    return document


def post(client: Client, body: object, **options: Any) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/api/v1/echo", raw, content_type=options.pop("content_type", "application/json"), **options)


def test_validation_errors_point_at_fields_also_nested_and_in_lists(client: Client) -> None:
    body = {"people": [{"name": "Li"}, {"name": "", "a/b": 1}], "tags": [1, "x"], "occurred_at": "2026-09-01T08:00:00"}
    errors = problem(post(client, body, headers=ENGLISH), 400, "validation_error")["errors"]
    assert {(error["pointer"], error["code"]) for error in errors} == {
        ("/text", "required"),
        ("/people/1/name", "blank"),
        ("/people/1/a~1b", "unknown_field"),
        ("/tags/1", "invalid"),
        ("/occurred_at", "offset_missing"),
    }
    assert all(error["detail"] for error in errors)


def test_number_of_errors_is_bounded(client: Client) -> None:
    document = problem(post(client, {"text": "a", "tags": ["x"] * 5000}), 400, "validation_error")
    assert len(document["errors"]) == 100


def test_detail_is_in_the_language_asked_for(client: Client) -> None:
    details = {
        language: post(client, {}, headers={"Accept-Language": language}).json()["errors"][0]["detail"]
        for language in ("en", "zh-hans")
    }
    assert details["en"] == "This field is required."
    assert details["zh-hans"] != details["en"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "/api/v1/fail/missing", 404, "not_found"),
        ("get", "/api/v1/fail/forbidden", 403, "permission_denied"),
        ("get", "/api/v1/fail/conflict", 409, "conflict"),
        ("get", "/api/v1/nowhere", 404, "not_found"),
        ("get", "/api/v1/echo", 405, "method_not_allowed"),
        ("get", "/api/v1/who", 401, "authentication_required"),
    ],
)
def test_refusals(client: Client, method: str, path: str, status: int, code: str) -> None:
    problem(getattr(client, method)(path), status, code)


def test_other_formats_are_refused(client: Client) -> None:
    problem(post(client, b"<a/>", content_type="text/xml"), 415, "unsupported_media_type")
    problem(post(client, {"text": "a"}, headers={"Accept": "text/csv"}), 406, "not_acceptable")


def test_signing_in_is_asked_for_with_a_challenge(client: Client) -> None:
    assert client.get("/api/v1/who").headers["WWW-Authenticate"] == "Token"


def test_throttled_says_when_to_come_back_in_whole_seconds(client: Client) -> None:
    response = client.get("/api/v1/fail/throttled")
    problem(response, 429, "throttled")
    assert response.headers["Retry-After"] == "2"


def test_unforeseen_errors_give_nothing_away() -> None:
    client = Client(raise_request_exception=False)
    response = client.get("/api/v1/fail/unforeseen")
    problem(response, 500, "server_error")
    assert "secret" not in response.content.decode()
    problem(client.get("/api/v1/fail/refused"), 500, "server_error")


@pytest.mark.django_db(transaction=True)
def test_lost_connection_is_a_503_and_the_next_request_works(client: Client) -> None:
    response = client.get("/api/v1/fail/away")
    problem(response, 503, "database_away")
    assert response.headers["Retry-After"] == "5"
    connection.close()
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_lost_connection_shows_a_page_in_both_languages(client: Client) -> None:
    response = client.get("/page/away")
    connection.close()
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert response.headers["Content-Type"].startswith("text/html")
    page = response.content.decode()
    assert 'lang="zh-hans"' in page
    assert "cannot be reached" in page
    assert "saved" not in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("path", "headers", "said"),
    [
        ("/api/v1/fail/away", {"Idempotency-Key": "a-key-of-this"}, "same Idempotency-Key: it will exist once"),
        ("/api/v1/fail/away", {}, "Please look in a few seconds, and send it again if it is missing"),
        ("/page/away", {}, "a report or a step on a ticket exists only once"),
    ],
)
def test_whoever_sent_something_is_told_that_it_may_be_saved(
    client: Client, path: str, headers: dict[str, str], said: str
) -> None:
    answer = client.post(path, headers={**headers, "Accept-Language": "en"})
    connection.close()
    assert answer.status_code == 503
    words = answer.json()["detail"] if path.startswith("/api") else answer.content.decode()
    assert "We cannot tell yet whether" in words
    assert said in words
    assert "Nothing was saved" not in words


@pytest.mark.django_db(transaction=True)
def test_unreachable_database_is_a_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "HOST", "/nowhere")
        problem(client.get("/api/v1/who", headers={"Authorization": "Token abc"}), 503, "database_away")
        problem(client.get("/readyz"), 503, "database_away")
        assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_readiness_misses_a_migration(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.common.views.Migrations.complete", False)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'common'")
    problem(client.get("/readyz"), 503, "not_ready")


def test_readiness_knows_every_migration_by_its_file() -> None:
    assert Migrations.of_code() == set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def test_every_answer_has_a_content_security_policy(client: Client) -> None:
    policy = client.get("/healthz").headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_api_docs_run_without_inline_script(client: Client) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "<script>" not in page.content.decode()
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    script = client.get("/api/docs?script=")
    assert script.headers["Content-Type"].startswith("application/javascript")

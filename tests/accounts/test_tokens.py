"""Signing in and out over the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from knox.models import AuthToken
from pytest_django import DjangoAssertNumQueries
from rest_framework.settings import api_settings

from backend.accounts.models import User
from backend.accounts.passwords import PasswordWeak
from backend.accounts.services import (
    UsernameTaken,
    token_issue,
    user_change_password,
    user_create,
)
from backend.accounts.sign_in import WRONG_PASSWORDS
from backend.common.clock import database_now
from tests.roles import as_owner

pytestmark = [pytest.mark.urls("tests.common.urls_probe"), pytest.mark.django_db]

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def alice() -> User:
    return user_create(username="Alice", password=PASSWORD, language="en")


def sign_in(username: object = "alice", password: object = PASSWORD, **more: object) -> Any:
    client = Client(headers={"Accept-Language": "en", "X-Request-ID": "of-the-tests"})
    body = {"username": username, "password": password, **more}
    return client.post("/api/v1/tokens", body, content_type="application/json")


def who(token: str) -> Any:
    return Client().get("/api/v1/who", headers={"Authorization": f"Token {token}"})


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


@pytest.mark.parametrize("typed", ["alice", "ALICE", " Alice ", "ＡＬＩＣＥ"])
def test_a_name_and_a_password_give_a_token(alice: User, typed: str) -> None:
    response = sign_in(typed)
    assert response.status_code == 201
    assert response.headers["Cache-Control"] == "no-store"
    assert set(response.json()) == {"token", "expires_at"}
    assert who(response.json()["token"]).json() == {"username": "alice"}
    assert not AuthToken.objects.filter(digest=response.json()["token"]).exists()


@pytest.mark.usefixtures("alice")
def test_wrong_password_unknown_name_and_closed_account_look_the_same() -> None:
    user_create(username="gone", password=PASSWORD)
    User.objects.filter(username="gone").update(is_active=False)
    answers = [sign_in(password="wrong"), sign_in(username="nobody"), sign_in(username="gone")]
    assert {code(answer) for answer in answers} == {(401, "credentials_wrong")}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].headers["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize(
    ("username", "password", "pointer", "error"),
    [
        ("", PASSWORD, "/username", "blank"),
        ("a\x00b", PASSWORD, "/username", "control_characters"),
        ("a" * 81, PASSWORD, "/username", "max_length"),
        (["alice"], PASSWORD, "/username", "invalid"),
        ("alice", "x" * 257, "/password", "max_length"),
        ("alice", None, "/password", "null"),
    ],
)
def test_shape_of_the_input(username: object, password: object, pointer: str, error: str) -> None:
    response = sign_in(username, password)
    assert code(response) == (400, "validation_error")
    assert [(item["pointer"], item["code"]) for item in response.json()["errors"]] == [(pointer, error)]


def test_unknown_fields_are_refused() -> None:
    assert sign_in(remember=True).json()["errors"][0]["code"] == "unknown_field"


@pytest.mark.usefixtures("alice")
def test_a_right_password_forgets_the_wrong_ones() -> None:
    for _round in range(3):
        for _try in range(WRONG_PASSWORDS.free - 1):
            assert code(sign_in(password="wrong")) == (401, "credentials_wrong")
        assert sign_in().status_code == 201


@pytest.mark.usefixtures("alice")
def test_attempts_under_one_name_are_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_settings, "DEFAULT_THROTTLE_RATES", {"sign_in": "2/h", "principal": "9/min"})
    assert [sign_in(name).status_code for name in ("alice", "ALICE")] == [201, 201]
    response = sign_in()
    assert code(response) == (429, "throttled")
    assert int(response.headers["Retry-After"]) <= 3600
    assert code(sign_in("bob")) == (401, "credentials_wrong")
    elsewhere = {"username": "alice", "password": PASSWORD}
    away = Client().post("/api/v1/tokens", elsewhere, content_type="application/json", REMOTE_ADDR="198.51.100.7")
    assert away.status_code == 201, "strangers who try a name from elsewhere keep nobody out"


def test_signing_out_ends_this_token_only(alice: User) -> None:
    first, second = (sign_in().json()["token"] for _number in range(2))
    client = Client(headers={"Authorization": f"Token {first}"})
    assert client.delete("/api/v1/tokens/current").status_code == 204
    assert code(who(first)) == (401, "token_invalid")
    assert who(second).status_code == 200
    assert code(Client().delete("/api/v1/tokens/current")) == (401, "authentication_required")


def test_an_expired_token_says_so_every_time(alice: User) -> None:
    token = token_issue(user=alice, now=database_now()).token
    with as_owner():
        AuthToken.objects.update(expiry=database_now())
    for _try in range(2):
        response = who(token)
        assert code(response) == (401, "token_expired")
        assert response.headers["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize("header", ["Token", "Token a b", "Token \xe9", "Token " + "a" * 64, "Token a"])
def test_unusable_tokens(header: str) -> None:
    response = Client().get("/api/v1/who", headers={"Authorization": header})
    assert code(response) == (401, "token_invalid")


def test_other_schemes_are_nobody() -> None:
    response = Client().get("/api/v1/who", headers={"Authorization": "Basic YTpi"})
    assert code(response) == (401, "authentication_required")


def test_a_closed_account_is_out_at_once(alice: User) -> None:
    token = sign_in().json()["token"]
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert code(who(token)) == (401, "token_invalid")


def test_a_new_password_ends_every_token(alice: User) -> None:
    token = sign_in().json()["token"]
    user_change_password(user=alice, password="another long phrase")
    assert code(who(token)) == (401, "token_invalid")
    assert sign_in(password="another long phrase").status_code == 201


def test_a_request_costs_one_query(alice: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _number in range(3):
        token = token_issue(user=alice, now=database_now()).token
    with django_assert_num_queries(1):
        assert who(token).status_code == 200


def test_tokens_are_bounded_and_expired_ones_go(alice: User) -> None:
    now = database_now()
    for _number in range(55):
        newest = token_issue(user=alice, now=now)
    assert AuthToken.objects.count() == 50
    assert who(newest.token).status_code == 200
    with as_owner():
        AuthToken.objects.update(expiry=now - timedelta(days=8))
    token_issue(user=alice, now=now)
    assert AuthToken.objects.count() == 1


def test_names_are_taken_once_whatever_their_case(alice: User) -> None:
    with pytest.raises(UsernameTaken):
        user_create(username="ALICE", password=PASSWORD)
    with pytest.raises(IntegrityError), transaction.atomic():
        get_user_model()(username="Upper", password="!").save()
    assert User.objects.get_by_natural_key("aLiCe") == alice


@pytest.mark.parametrize("password", ["short", "1234567890"])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(PasswordWeak):
        user_create(username="weak", password=password)


def test_unknown_names_by_the_ten_thousand_are_refused_before_any_work(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        assert code(sign_in(**{f"k{number}": 0 for number in range(45_000)})) == (413, "body_too_large")
        assert code(sign_in(**{f"k{number}": 0 for number in range(501)})) == (413, "body_too_large")
    assert code(sign_in(**{f"k{number}": 0 for number in range(100)})) == (400, "validation_error")


def test_a_body_of_many_letters_in_few_names_is_refused_before_any_work(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(0):
        assert code(sign_in(username="alice", password="x" * 8192)) == (413, "body_too_large")

"""The input of the API is bounded, unambiguous and kept whole."""

import json
from typing import Any

import pytest
from django.test import Client

pytestmark = [pytest.mark.urls("tests.common.urls_probe"), pytest.mark.django_db]


def post(raw: bytes, content_type: str = "application/json") -> Any:
    return Client(headers={"Accept-Language": "en"}).post("/api/v1/echo", raw, content_type=content_type)


def codes(body: dict[str, Any]) -> set[tuple[str, str]]:
    response = post(json.dumps(body).encode())
    assert response.status_code == 400, response.content
    return {(error["pointer"], error["code"]) for error in response.json()["errors"]}


@pytest.mark.parametrize(
    "raw",
    [
        b'{"text": "a"',
        b"[]",
        b'"text"',
        b"null",
        b'{"text": NaN}',
        b'{"text": Infinity}',
        b'{"text": 1e999}',
        b'{"text": "a", "text": "b"}',
        b'{"text": "\xff"}',
        b'\xef\xbb\xbf{"text": "a"}',
        '{"text": "a"}'.encode("utf-16"),
        b'{"text": "\\ud83d"}',
        b'{"\\ud83d": "a"}',
        b'{"tags": [99999999999999999999]}',
        b'{"tags": [' + b"9" * 5000 + b"]}",
        b'{"tags": ' + b"[" * 21 + b"]" * 21 + b"}",
        b'{"tags": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_malformed_json(raw: bytes) -> None:
    response = post(raw)
    assert response.status_code == 400
    assert response.json()["code"] == "malformed_json"


def test_other_charset_is_refused() -> None:
    assert post(b'{"text": "a"}', "application/json; charset=gbk").json()["code"] == "malformed_json"
    assert post(b'{"text": "a"}', 'application/json; charset="UTF-8"').status_code == 200


def test_body_too_large() -> None:
    response = post(json.dumps({"text": "a" * 600_000}).encode())
    assert response.status_code == 413
    assert response.json()["code"] == "body_too_large"


@pytest.mark.parametrize(
    "body",
    [
        {f"unknown{number}": 1 for number in range(501)},
        {"text": "a", "people": [{"name": "Li"}] * 7000},
        {"text": "a", "tags": [[1] * 100] * 200},
    ],
    ids=["names", "objects", "lists"],
)
def test_a_body_of_too_many_parts_is_refused_before_it_is_looked_at(body: dict[str, Any]) -> None:
    response = post(json.dumps(body).encode())
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
    assert response.json()["errors"] == []


@pytest.mark.parametrize("control", ["\x00", "\x07", "\x1b", "\x7f", "\x85"])
def test_control_characters_are_refused(control: str) -> None:
    assert codes({"text": f"a{control}b"}) == {("/text", "control_characters")}


def test_line_ends_only_where_there_are_lines() -> None:
    assert codes({"text": "a", "people": [{"name": "Li\nSi"}]}) == {("/people/0/name", "control_characters")}


def test_text_is_trimmed_and_kept_whole() -> None:
    text = "  𠮷野家着火🔥👨‍👩‍👧\r\n二\t楼\r　"
    response = post(json.dumps({"text": text}).encode())
    assert response.json()["text"] == "𠮷野家着火🔥👨‍👩‍👧\n二\t楼"


def test_length_counts_characters_and_a_line_end_once() -> None:
    assert post(json.dumps({"text": "𠮷" * 20}).encode()).status_code == 200
    assert post(json.dumps({"text": "a\r\n" * 9 + "b"}).encode()).status_code == 200
    assert codes({"text": "𠮷" * 21}) == {("/text", "max_length")}


@pytest.mark.parametrize("value", [5, True, None, ["a"], {"a": 1}])
def test_text_is_text(value: object) -> None:
    assert {pointer for pointer, _code in codes({"text": value})} == {"/text"}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("2026-09-01T08:30:00", "offset_missing"),
        ("2026-09-01", "offset_missing"),
        ("2026-02-30T08:30:00Z", "invalid"),
        ("yesterday", "invalid"),
        (1_788_000_000, "invalid"),
        ("1999-12-31T23:59:59Z", "out_of_range"),
        ("2100-01-01T00:00:00Z", "out_of_range"),
        ("0001-01-01T00:00:00+14:00", "out_of_range"),
    ],
)
def test_instants_need_an_offset_and_a_plausible_year(value: object, code: str) -> None:
    assert codes({"text": "a", "occurred_at": value}) == {("/occurred_at", code)}


def test_instants_with_an_offset() -> None:
    response = post(b'{"text": "a", "occurred_at": "2026-09-01T08:30:00+08:00"}')
    assert response.status_code == 200
    assert response.json()["occurred_at"] == "2026-09-01T08:30:00+08:00"

"""Requests as they arrive in pieces: when they are whole, and which can never be read."""

import json
from http import HTTPStatus

import pytest

from backend.config.arrivals import MOST_BODY_BYTES, Arrival, refusal

POST = b"POST /sign-in HTTP/1.1\r\nHost: a\r\ncontent-LENGTH: 5\r\n\r\nhello"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize("request_bytes", [POST, GET], ids=["post", "get"])
def test_a_request_is_whole_with_its_last_byte(request_bytes: bytes) -> None:
    arrival = Arrival(ends_at=0)
    for number, byte in enumerate(request_bytes):
        assert not arrival.is_whole, number
        assert arrival.add(bytes([byte])) is None
    assert arrival.is_whole
    assert arrival.take() == (request_bytes, b"")


def test_what_comes_behind_a_request_belongs_to_the_next() -> None:
    arrival = Arrival(ends_at=0)
    arrival.add(POST + GET[:7])
    assert arrival.is_whole
    assert arrival.take() == (POST, GET[:7])


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", HTTPStatus.LENGTH_REQUIRED),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (MOST_BODY_BYTES + 1), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        (b"GET / HTTP/1.1\r\nX-Long: " + b"a" * 70_000, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    ],
    ids=["chunked", "body", "headers"],
)
def test_what_is_never_read_is_refused_by_its_head(head: bytes, status: HTTPStatus) -> None:
    assert Arrival(ends_at=0).add(head) == status
    first, _separator, body = refusal(status).partition(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 %d " % status)
    assert b"Content-Length: %d" % len(body) in first
    assert json.loads(body)["status"] == status


def test_a_client_that_waits_for_leave_to_send_is_given_it() -> None:
    arrival = Arrival(ends_at=0)
    arrival.add(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
    assert arrival.asks_to_continue
    assert not arrival.is_whole


def test_a_refused_request_keeps_nothing() -> None:
    arrival = Arrival(ends_at=0)
    arrival.add(POST[:-1])
    arrival.refuse(until=5)
    assert (bytes(arrival.data), arrival.is_refused, arrival.ends_at) == (b"", True, 5.0)

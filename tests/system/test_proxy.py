"""The shipped Caddyfile in front of the running product: what it lets through, and what it changes on the way."""

import gzip
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.patience import PATIENCE
from tests.system.installation import System
from tests.system.people import Somebody
from tools.prove.proxy import proxied
from tools.prove.standing_still import HALF_A_BODY, slow_clients
from tools.run.children import wait_until
from tools.run.installation import free_port


@pytest.fixture(scope="module")
def base(installation: System) -> Iterator[str]:
    """The proxy's address."""
    with proxied(installation.port) as proxy:
        yield proxy.base_url


def sent(url: str, token: str = "", body: object = None, **headers: str) -> tuple[int, Any, Any]:
    """Send as a client that accepts gzip; return status, headers and the body, unpacked."""
    given = {"Accept-Encoding": "gzip", "Content-Type": "application/json", **headers}
    if token:
        given["Authorization"] = f"Token {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=given)  # noqa: S310 - our own
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            content, status, got = answer.read(), answer.status, answer.headers
    except urllib.error.HTTPError as answer:
        content, status, got = answer.read(), answer.code, answer.headers
    return status, got, gzip.decompress(content) if got.get("Content-Encoding") == "gzip" else content


def first_state(reader: Somebody) -> str:
    """Return the state of the first ticket of a reader's list, nothing for an empty list."""
    rows = reader.get("tickets").body["items"]
    return rows[0]["state"] if rows else ""


def test_a_client_that_accepts_gzip_acts_with_the_tag_it_was_given(installation: System, base: str) -> None:
    alice = Somebody.sign_in(installation.state, base, "reporter")
    place = alice.get("places").body["items"][0]["id"]
    alice.file(place, "a report to look at " * 20)
    cleo = Somebody.sign_in(installation.state, base, "coordinator")
    # Routing is the last change that comes by itself, and it changes the tag.
    assert wait_until(lambda: first_state(cleo) == "routed", seconds=PATIENCE)
    address = f"{base}/api/v1/tickets/{cleo.get('tickets').body['items'][0]['id']}"
    status, headers, _body = sent(address, cleo.token)
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert headers["ETag"].endswith('-gzip"'), "the proxy marks what it has compressed"
    answers = [
        sent(f"{address}/actions/reclassify", cleo.token, {}, **{"If-Match": tag, "Idempotency-Key": str(uuid4())})
        for tag in ('"v99-gzip"', headers["ETag"])
    ]
    assert [json.loads(body)["code"] for _status, _headers, body in answers] == ["stale", "required"]


@pytest.mark.parametrize("path", ["/metrics", "/statusz"])
def test_details_for_monitors_stay_inside(installation: System, base: str, path: str) -> None:
    assert sent(f"{base}{path}")[0] == 404
    assert installation.status(path) == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/sign-in"])
def test_the_rest_is_let_through(base: str, path: str) -> None:
    assert sent(f"{base}{path}")[0] == 200


def test_a_body_without_a_length_is_refused_instead_of_read_as_empty(base: str) -> None:
    request = urllib.request.Request(  # noqa: S310 - our own
        f"{base}/api/v1/tokens", data=iter([b'{"username": "alice"}']), headers={"Content-Type": "application/json"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=PATIENCE)  # noqa: S310
    with refused.value as answer:
        assert (answer.code, json.loads(answer.read())["code"]) == (411, "length_required")


def test_a_body_that_is_too_large_is_refused(base: str) -> None:
    status, headers, body = sent(f"{base}/api/v1/tokens", body={"username": "a" * 5_000_000, "password": "x"})
    assert (status, headers["Content-Type"]) == (413, "application/problem+json")
    said = json.loads(body)
    assert (said["status"], said["request_id"]) == (413, headers["X-Request-ID"])
    assert said["code"] in {"body_too_large", "proxy_error"}, "whichever of the two is first"


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        (f"/api/v1/{'a' * 5000}", {}, 414, "address_too_long"),
        ("/api/v1/me", {"X-Long": "a" * 9000}, 431, "headers_too_large"),
        ("/api/v1/nowhere", {}, 404, "not_found"),
    ],
)
def test_whoever_refuses_says_it_in_one_form(
    base: str, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    answered, got, body = sent(f"{base}{path}", **headers)
    said = json.loads(body)
    assert (answered, got["Content-Type"], said["code"]) == (status, "application/problem+json", code)
    assert said["request_id"] == got["X-Request-ID"]


LIMIT_SECONDS = 10
TOO_LATE = b"HTTP/1.1 499 "


def test_a_body_that_comes_too_late_is_refused_whole_and_never_acted_on_in_part(base: str) -> None:
    with slow_clients(base, 1, HALF_A_BODY % b"/api/v1/tokens") as (client,):
        time.sleep(LIMIT_SECONDS + 1)
        client.sendall(b" " * 4000)
        assert client.recv(4096).startswith(TOO_LATE)


def test_the_proxy_refuses_in_the_form_of_the_api_where_no_web_answers() -> None:
    with proxied(free_port(), is_up=False) as proxy:
        status, headers, body = sent(f"{proxy.base_url}/api/v1/me")
        page = sent(f"{proxy.base_url}/sign-in")
    said = json.loads(body)
    assert (status, headers["Content-Type"]) == (502, "application/problem+json")
    assert (said["status"], said["code"], said["request_id"]) == (502, "proxy_error", headers["X-Request-ID"])
    assert (page[0], page[2]) == (502, b"")

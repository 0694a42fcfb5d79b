"""Others are served beside slow and silent clients and a frozen database, through the shipped proxy and without."""

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from tests.patience import PATIENCE, until_below, within
from tests.system.installation import System
from tests.system.people import Somebody, p95, send
from tools.prove.proxy import proxied
from tools.prove.standing_still import HALF_A_BODY, HALF_A_HEAD, frozen_database, slow_clients
from tools.run.children import wait_until

PROXY = pytest.mark.slow("tests/system/test_slow_clients.py")
ATTACKERS = 80
ASKERS_AT_ONCE = 60
ROUNDS = 5
LONGEST, MOST_SLOWER = 1.0, 5
"""The slowest of twenty answers, or, on a slow machine, how many times as long as without the attack."""
CUT_OFF_SECONDS = 13.0


@pytest.fixture(scope="module", params=["web", pytest.param("proxy", marks=PROXY)])
def base(request: pytest.FixtureRequest, installation: System) -> Iterator[str]:
    """The address of the web itself, then that of the shipped proxy in front of it."""
    if request.param == "web":
        yield f"http://127.0.0.1:{installation.port}"
        return
    with proxied(installation.port) as proxy:
        yield proxy.base_url


def somebody(installation: System, base: str) -> Somebody:
    """Sign in: one person for each address, since each may ask only so often."""
    is_web = base.endswith(f":{installation.port}")
    return Somebody.sign_in(installation.state, base, "reporter" if is_web else "office_head")


@pytest.mark.parametrize(
    ("attack", "sends"),
    [
        ("half-sent bodies to /sign-in", HALF_A_BODY % b"/sign-in"),
        ("half-sent bodies to /api/v1/tokens", HALF_A_BODY % b"/api/v1/tokens"),
        ("half-sent heads", HALF_A_HEAD % b"/sign-in"),
        ("silent sockets", b""),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)
def test_others_are_served_beside_slow_clients(installation: System, base: str, attack: str, sends: bytes) -> None:
    alice = somebody(installation, base)
    quiet = p95(lambda: alice.get("reports").status)
    with slow_clients(base, ATTACKERS, sends):
        longest = max(LONGEST, MOST_SLOWER * quiet)
        beside = min(until_below(longest, (p95(lambda: alice.get("reports").status) for _round in range(ROUNDS))))
    print(f"\n{base}: {ATTACKERS} {attack}: p95 {quiet * 1000:.0f} ms before, {beside * 1000:.0f} ms beside them")
    assert beside < longest


def test_a_half_sent_body_is_cut_off_after_ten_seconds(installation: System) -> None:
    with slow_clients(f"http://127.0.0.1:{installation.port}", 1, HALF_A_BODY % b"/sign-in") as (client,):
        began = time.monotonic()
        answer = client.recv(4096)
        assert within(time.monotonic() - began, CUT_OFF_SECONDS)
    assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\nContent-Type: application/problem+json")


def test_an_idle_connection_is_kept_for_a_minute(installation: System) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=PATIENCE)
    for pause in (0, 62):
        time.sleep(pause)
        connection.request("GET", "/healthz")
        kept = connection.sock
        assert connection.getresponse().read() == b'{"status": "alive"}'
        assert connection.sock is kept
    connection.close()


def test_a_frozen_database_costs_everybody_an_answer_within_five_seconds_and_nothing_else(
    installation: System, base: str
) -> None:
    alice = somebody(installation, base)
    place = alice.get("places").body["items"][0]["id"]
    report = {"category": "F02", "place": place, "occurred_at": "2026-09-01T08:30:00+08:00", "description": "froze"}
    headers = {"Authorization": f"Token {alice.token}"}
    key = str(uuid4())

    def timed(path: str) -> tuple[str, int, str, float]:
        began = time.monotonic()
        status, retry = asked(base, path, headers)
        return path, status, retry, time.monotonic() - began

    with frozen_database(installation.state), ThreadPoolExecutor(ASKERS_AT_ONCE) as pool:
        filing = pool.submit(send, f"{base}/api/v1/reports", body=report, headers={**headers, "Idempotency-Key": key})
        answered = list(pool.map(timed, ("/readyz", "/api/v1/tickets", "/api/v1/reports") * (ASKERS_AT_ONCE // 3)))
        refused = filing.result()
    slowest = max(seconds for _path, _status, _retry, seconds in answered)
    print(f"\n{base}: database frozen, {len(answered)} asked at once: the slowest 503 after {slowest:.1f} s")
    assert {(status, retry) for _path, status, retry, _seconds in answered} == {(503, "5")}
    assert within(slowest, 5)
    assert refused is not None
    assert refused.status == 503
    assert [alice.get("reports").status for _time in range(2)] == [200, 200]
    filed = [alice.post("reports", report, key=key) for _time in range(2)]
    assert [answer.status for answer in filed] == [201, 201]
    assert len({answer.body["id"] for answer in filed}) == 1
    assert wait_until(lambda: installation.status("/readyz") == 200, seconds=PATIENCE)


def asked(base: str, path: str, headers: dict[str, str]) -> tuple[int, str]:
    """Return status and `Retry-After`."""
    try:
        request = urllib.request.Request(f"{base}{path}", headers=headers)  # noqa: S310 - our own
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            return int(answer.status), ""
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers.get("Retry-After", "")

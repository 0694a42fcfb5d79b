"""People of the demo school who use a running system over HTTP, as patiently as a phone does."""

import http.client
import json
import statistics
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

PATIENCE_SECONDS = 60
ASKED = 40
ASKERS = 4
AGAIN = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Answer:
    """An HTTP answer that arrived."""

    status: int
    body: Any
    etag: str

    @property
    def is_final(self) -> bool:
        """Whether asking again would change nothing."""
        in_flight = isinstance(self.body, dict) and self.body.get("code") == "request_in_flight"
        return self.status not in AGAIN and not in_flight


def send(url: str, *, body: object = None, headers: dict[str, str] | None = None) -> Answer | None:
    """Send once; None when no answer came."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 - the tests' own address
        url, data=data, headers={"Content-Type": "application/json", **(headers or {})}
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            return Answer(answer.status, json.loads(answer.read() or b"null"), answer.headers.get("ETag", ""))
    except urllib.error.HTTPError as error:
        return _refused(error)
    except (OSError, ValueError):
        return None


def _refused(error: urllib.error.HTTPError) -> Answer | None:
    """Return a refusal; None when its body broke off, as that of a process which was killed meanwhile."""
    try:
        content = error.read()
    except (OSError, http.client.HTTPException):
        return None
    try:
        return Answer(error.code, json.loads(content), "")
    except ValueError:
        return Answer(error.code, None, "")


def until_answered(url: str, *, body: object = None, headers: dict[str, str] | None = None) -> Answer:
    """Send again and again, as long as the answer is none or says to come back."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answer = send(url, body=body, headers=headers)
        if answer is not None and answer.is_final:
            return answer
        time.sleep(0.2)
    raise AssertionError(f"no answer from {url} within {PATIENCE_SECONDS} s: {answer}")


def p95(ask: Callable[[], int], expected: int = 200) -> float:
    """Let a few people ask often; return the time within which nineteen of twenty had their answer."""

    def timed(_number: int) -> float:
        began = time.monotonic()
        assert ask() == expected
        return time.monotonic() - began

    with ThreadPoolExecutor(ASKERS) as pool:
        return statistics.quantiles(pool.map(timed, range(ASKED)), n=20)[-1]


@dataclass
class Somebody:
    """A signed-in person."""

    base: str
    token: str

    @classmethod
    def sign_in(cls, state: Path, base: str, role: str) -> "Somebody":
        """Sign in as the first demo account of a role."""
        accounts = json.loads((state / "demo-credentials.json").read_text(encoding="utf-8"))["accounts"]
        account = next(account for account in accounts if account["role"] == role)
        body = {"username": account["username"], "password": account["password"]}
        answer = until_answered(f"{base}/api/v1/tokens", body=body)
        assert answer.status == 201, answer
        return cls(base, answer.body["token"])

    def get(self, path: str) -> Answer:
        """Read, again and again until an answer comes."""
        return self._until_answered(path, None, {})

    def post(self, path: str, body: object, *, etag: str = "", key: str = "") -> Answer:
        """Send under one idempotency key, again and again until an answer comes."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        return self._until_answered(path, body, {**headers, "If-Match": etag} if etag else headers)

    def file(self, place: str, text: str, category: str = "F02") -> Answer:
        """File a report."""
        body = {
            "category": category,
            "place": place,
            "occurred_at": datetime.now(UTC).isoformat(),
            "description": text,
        }
        return self.post("reports", body)

    def act(self, ticket: str, action: str, note: str = "") -> Answer:
        """Take an action on the ticket as it is now."""
        return self.post(f"tickets/{ticket}/actions/{action}", {"note": note}, etag=self.get(f"tickets/{ticket}").etag)

    def _until_answered(self, path: str, body: object, headers: dict[str, str]) -> Answer:
        everything = {"Authorization": f"Token {self.token}", "Accept-Language": "en", **headers}
        return until_answered(f"{self.base}/api/v1/{path}", body=body, headers=everything)

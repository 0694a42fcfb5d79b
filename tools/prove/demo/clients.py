"""People of the demo school who use the API as patiently as a phone does."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

import httpx

API = "/api/v1"
TIMEOUT_SECONDS = 15.0
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 0.3
LONGEST_PAUSE_SECONDS = 5.0
CUT_SECONDS = 0.004
PAGE_SIZE = 100
MOST_PAGES = 50
AGAIN = frozenset({429, 500, 502, 503, 504})
IN_FLIGHT = "request_in_flight"


class NoAnswer(Exception):
    """The system did not answer within a minute."""


@dataclass(slots=True)
class Person:
    """A signed-in person; each belongs to one thread at a time."""

    part: str
    id: str
    http: httpx.Client
    requests: int = field(default=0)

    @classmethod
    def sign_in(cls, *, base_url: str, account: Mapping[str, str]) -> Self:
        """Sign in for a token (POST /tokens)."""
        http = httpx.Client(base_url=base_url, timeout=TIMEOUT_SECONDS, headers={"Accept-Language": "en"})
        person = cls(account["part"], account["person"], http)
        body = {"username": account["username"], "password": account["password"]}
        answer = person._patiently("POST", "/tokens", body, {})
        answer.raise_for_status()
        http.headers["Authorization"] = f"Token {answer.json()['token']}"
        return person

    @classmethod
    def like(cls, other: "Person") -> Self:
        """Return the same person at another window, for another thread."""
        return cls(
            other.part,
            other.id,
            httpx.Client(base_url=other.http.base_url, timeout=TIMEOUT_SECONDS, headers=other.http.headers),
        )

    def close(self) -> None:
        """Hang up."""
        self.http.close()

    def get(self, path: str) -> httpx.Response:
        """Read something."""
        return self._patiently("GET", path, None, {})

    def items(self, path: str) -> Iterator[dict[str, Any]]:
        """Read a list to its end, page by page."""
        query = "&" if "?" in path else "?"
        url: str | None = f"{path}{query}page_size={PAGE_SIZE}"
        for _page in range(MOST_PAGES):
            if url is None:
                return
            content = self._patiently("GET", url, None, {}).raise_for_status().json()
            yield from content["items"]
            url = content["next"]

    def post(self, path: str, body: object, *, key: str = "", etag: str = "") -> httpx.Response:
        """Send something under one idempotency key, again and again until an answer comes."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        return self._patiently("POST", path, body, {**headers, "If-Match": etag} if etag else headers)

    def put(self, path: str, content: bytes) -> httpx.Response:
        """Send bytes, again and again until an answer comes."""
        return self._patiently("PUT", path, content, {"Content-Type": "application/octet-stream"})

    def post_and_hang_up(self, path: str, body: object, *, key: str) -> None:
        """Send something and cut the connection before the answer can arrive."""
        self.requests += 1
        timeout = httpx.Timeout(TIMEOUT_SECONDS, read=CUT_SECONDS)
        try:
            self.http.post(f"{API}{path}", json=body, headers={"Idempotency-Key": key}, timeout=timeout)
        except httpx.TransportError:
            return

    def _patiently(self, method: str, path: str, body: object, headers: Mapping[str, str]) -> httpx.Response:
        url = path if path.startswith("http") else f"{API}{path}"
        end = time.monotonic() + PATIENCE_SECONDS
        sent: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}
        while True:
            self.requests += 1
            try:
                answer = self.http.request(method, url, **sent, headers=dict(headers))
            except httpx.TransportError as problem:
                pause, said = PAUSE_SECONDS, str(problem)
            else:
                if not _asks_for_patience(answer):
                    return answer
                pause, said = _pause_of(answer), str(answer.status_code)
            if time.monotonic() > end:
                raise NoAnswer(f"{method} {path} got no answer within {PATIENCE_SECONDS:g} s ({said}).")
            time.sleep(pause)


def _asks_for_patience(answer: httpx.Response) -> bool:
    return answer.status_code in AGAIN or (answer.status_code == httpx.codes.CONFLICT and IN_FLIGHT in answer.text)


def _pause_of(answer: httpx.Response) -> float:
    said = answer.headers.get("Retry-After", "")
    return min(float(said), LONGEST_PAUSE_SECONDS) if said.isdigit() else PAUSE_SECONDS

"""Everybody else while a system is strained: how fast they are answered, and what the processes take meanwhile."""

import json
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tools.prove.hour.colleagues import TOKEN
from tools.prove.memory import memory_mib

SIGN_IN, HEALTH, HOME = "/sign-in", "/healthz", "/"
PATHS = (SIGN_IN, HEALTH, HOME)
ASKED_AT_ONCE = 3
PAUSE_SECONDS = 0.05
PATIENCE_SECONDS = 30.0
LOOK_SECONDS = 0.25
ROLE = "office_head"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to somebody who asked for a page, and after how many seconds; status 0 where nothing came."""

    path: str
    status: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody who asks each time on a new connection, for the home page as a person who is signed in."""

    base_url: str
    session: str

    def ask(self, client: httpx.Client, path: str) -> Answer:
        """Ask for a page once."""
        headers = {"Connection": "close", **({"Cookie": self.session} if path == HOME else {})}
        began = time.monotonic()
        try:
            status = client.get(f"{self.base_url}{path}", headers=headers).status_code
        except httpx.TransportError:
            status = 0
        return Answer(path, status, time.monotonic() - began)

    def go_on_asking(self, seconds: float, paths: Sequence[str] = PATHS) -> Sequence[Answer]:
        """Ask for one page after the other for so long, each at least once."""
        answers: list[Answer] = []
        end = time.monotonic() + seconds
        with httpx.Client(timeout=PATIENCE_SECONDS) as client:
            while time.monotonic() < end or len(answers) < len(paths):
                answers.append(self.ask(client, paths[len(answers) % len(paths)]))
                time.sleep(PAUSE_SECONDS)
        return answers


def signed_in(*, base_url: str, state: Path) -> str:
    """Sign in with the form, as a head of the demo school; return the cookies."""
    accounts = json.loads((state / "demo-credentials.json").read_text(encoding="utf-8"))["accounts"]
    account = next(account for account in accounts if account["role"] == ROLE)
    with httpx.Client(base_url=base_url, timeout=PATIENCE_SECONDS, follow_redirects=True) as browser:
        token = TOKEN.findall(browser.get(SIGN_IN).text)[0]
        form = {name: account[name] for name in ("username", "password")}
        browser.post(SIGN_IN, data={**form, "csrfmiddlewaretoken": token}).raise_for_status()
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)


def others_ask(*, somebody: Somebody, seconds: float) -> Sequence[Answer]:
    """Let a few people ask for so long; return everything they got."""
    with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
        asking = [pool.submit(somebody.go_on_asking, seconds) for _person in range(ASKED_AT_ONCE)]
        return [answer for asked in asking for answer in asked.result()]


def p95(answers: Sequence[Answer], path: str) -> float:
    """Return the seconds within which nineteen of twenty had this page."""
    return statistics.quantiles([answer.seconds for answer in answers if answer.path == path], n=20)[-1]


@contextmanager
def watched(processes: Mapping[str, int], most: Counter[str]) -> Iterator[None]:
    """Note the most that each process takes meanwhile, in MiB."""
    over = threading.Event()

    def look() -> None:
        for name, pid in processes.items():
            most[name] = max(most[name], round(memory_mib(pid)))

    def go_on_looking() -> None:
        while not over.wait(LOOK_SECONDS):
            look()

    look()
    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(go_on_looking)
        try:
            yield
        finally:
            over.set()
        looking.result()

"""A school day behind the pages: reports of many kinds, and tickets in many states."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tools.prove.bench.reporting import password_of
from tools.prove.demo.clients import Person
from tools.run.state import StateError

REPORTER, HANDLER, HEAD, COORDINATOR = "teacher.lin", "handler.zhou", "head.zhao", "coordinator.he"
ROUTED_SECONDS = 60
CATEGORIES = (*["F02"] * 6, *["B02"] * 3, "F01", "S02", "N03", "C02", "C03", "H01", "B06")
WORDS = "二楼东侧发现情况，已先拦住学生。 Seen on the second floor; pupils are kept away."
NOTE = "已到现场处理，请放心。 We are on it."
"""The words that are reported and noted, in both languages, so that pages of either hold words of the other."""
STEPS = (
    (),
    ("acknowledge",),
    ("acknowledge", "record-interim-control", "start"),
    ("acknowledge", "record-interim-control", "start", "comment", "resolve"),
    ("acknowledge", "record-interim-control", "start", "resolve", "verify"),
    ("acknowledge", "propose-decline"),
)
NAME = "我的 Mine"
SAID = (WORDS, NOTE, NAME)


def person(base_url: str, credentials: Path, username: str) -> Person:
    """Sign somebody of the demo school in to the API."""
    password = password_of(credentials, username)
    account = {"part": username, "person": username, "username": username, "password": password}
    return Person.sign_in(base_url=base_url, account=account)


def play(base_url: str, credentials: Path) -> None:
    """File the reports, wait until the offices have them, and let people take steps with each."""
    people = {name: person(base_url, credentials, name) for name in (REPORTER, HANDLER, HEAD, COORDINATOR)}
    reporter = people[REPORTER]
    places = [place["id"] for place in reporter.items("/places")]
    ids = [_filed(reporter, category, places[number % 7]) for number, category in enumerate(CATEGORIES)]
    until = time.monotonic() + ROUTED_SECONDS
    while any(row["state"] == "received" for row in reporter.items("/reports")):
        if time.monotonic() > until:
            raise StateError(f"The reports did not reach their offices within {ROUTED_SECONDS} seconds.")
        time.sleep(1)
    for ticket, steps in zip(ids, _rounds(), strict=False):
        for action in steps:
            _take(list(people.values())[1:], ticket, action)
    for somebody in people.values():
        somebody.post("/me/views", {"name": NAME, "tab": "all", "q": "", "filters": {"state": ["routed"]}})
        somebody.close()


def _rounds() -> Iterator[Sequence[str]]:
    while True:
        yield from STEPS


def _filed(reporter: Person, category: str, place: str) -> str:
    at = datetime.now(UTC) - timedelta(minutes=5)
    body: dict[str, Any] = {"category": category, "place": place, "occurred_at": at.isoformat(), "description": WORDS}
    answer = reporter.post("/reports", body).raise_for_status().json()
    return str(answer["ticket"])


def _take(people: Sequence[Person], ticket: str, action: str) -> None:
    """Let whoever may take a step take it; what nobody may is left out."""
    for somebody in people:
        answer = somebody.get(f"/tickets/{ticket}")
        if answer.is_success and action in answer.json()["available_actions"]:
            somebody.post(f"/tickets/{ticket}/actions/{action}", {"note": NOTE}, etag=answer.headers["ETag"])
            return

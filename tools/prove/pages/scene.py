"""A school day behind the pages: reports of many kinds, tickets in many states, and rounds that are asked for."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from tools.prove.bench.reporting import password_of
from tools.prove.demo.clients import Person
from tools.prove.demo.system import System
from tools.prove.pages import script
from tools.prove.pages.script import CASES, Case, Step
from tools.run.installation import ROOT
from tools.run.state import StateError

PATIENCE_SECONDS = 600
"""Conditions are waited for this long: a busy machine is slow, and nothing here is measured."""
PEOPLE = (
    *(script.REPORTER, script.HANDLER, script.HEAD, script.COORDINATOR, script.FACILITIES, script.DUTY),
    *(script.PRINCIPAL, script.VICE, script.LEAD, script.BUREAU),
)
CONFLICT = httpx.codes.PRECONDITION_FAILED
SCHOOL_TIME = ZoneInfo("Asia/Shanghai")
"""The clock of the demonstration school."""


@dataclass(frozen=True, slots=True)
class Played:
    """The tickets and reports of a day, by language the address of a question to somebody outside, and rounds."""

    tickets: list[str]
    reports: list[str]
    questions: Mapping[str, str]
    rounds: Mapping[str, str]
    """By name of the person a round that they can answer or excuse."""


class Scene:
    """The people of the demo school and what they have done so far."""

    def __init__(self, base_url: str, credentials: Path) -> None:
        """Sign everybody in."""
        self._people = {name: _person(base_url, credentials, name) for name in PEOPLE}
        self._reporter = self._people[script.REPORTER]
        self._offices = {row["code"]: row["id"] for row in self._reporter.items("/offices")}
        self._tickets: list[str] = []
        self._reports: list[str] = []

    def play(self) -> Played:
        """File the reports, take the steps, answer rounds, call a meeting and let a visitor in."""
        places = [place["id"] for place in self._reporter.items("/places")]
        self._tickets = [self._filed(case, places[number % 7]) for number, case in enumerate(CASES)]
        self._until(
            "the reports are with their offices",
            lambda: all(row["state"] != "received" for row in self._reporter.items("/reports")),
        )
        for ticket, case in zip(self._tickets, CASES, strict=True):
            for step in case.steps:
                self._take(ticket or self._sealed(case), step)
        self._answer_rounds()
        _good(self._people[script.PRINCIPAL].post("/meetings", {"day": "2099-01-05", "about": script.NAME}))
        at_the_gate = {
            "gate": places[0],
            "purpose": "work",
            "visitor": script.NAME,
            "office": next(iter(self._offices.values())),
        }
        _good(self._people[script.PRINCIPAL].post("/gate/visits", at_the_gate))
        _good(self._people[script.PRINCIPAL].post("/response-plans/RP-FIRE/drill", {"words": script.NAME}))
        self._share_out(places[0])
        for somebody in self._people.values():
            somebody.post("/me/views", {"name": script.NAME, "tab": "all", "q": "", "filters": {"state": ["routed"]}})
        return Played(self._tickets, self._reports, self._questions(), self._rounds())

    def _share_out(self, place: str) -> None:
        """Let the principal name somebody for a place and an office, set up the leading group, and enter a training."""
        principal = self._people[script.PRINCIPAL]
        named = {"person": next(principal.items("/people"))["id"], "from_day": f"{datetime.now(SCHOOL_TIME):%F}"}
        _good(principal.post("/shares", {**named, "place": place}))
        office = next(iter(self._offices.values()))
        _good(principal.post("/office-slots", {**named, "office": office, "slot": "in_charge"}))
        seat = {"standing": "deputy", "role": "coordinator", "duties": script.NAME}
        _good(principal.post("/leading-groups", {"meets": "monthly", "from_day": named["from_day"], "seats": [seat]}))
        held = {"title": script.NAME, "kind": "training", "held_on": named["from_day"], "minutes": 45}
        _good(principal.post("/trainings", {**held, "held_by": script.NAME, "people": [named["person"]]}))

    def close(self) -> None:
        """Hang up."""
        for somebody in self._people.values():
            somebody.close()

    def _until(self, what: str, holds: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            if time.monotonic() > end:
                raise StateError(f"Not so within {PATIENCE_SECONDS} seconds: {what}.")
            time.sleep(1)

    def _filed(self, case: Case, place: str) -> str:
        """File a report; return its ticket, empty where a reporter does not hear of that."""
        at = datetime.now(UTC) - timedelta(minutes=5)
        body = {"category": case.category, "place": place, "occurred_at": at.isoformat(), "description": script.WORDS}
        filed = _good(self._reporter.post("/reports", body))
        self._reports.append(str(filed["id"]))
        return str(filed["ticket"] or "")

    def _sealed(self, case: Case) -> str:
        tickets = self._people[script.LEAD].items("/tickets")
        return str(next(row["id"] for row in tickets if row["category"] == case.category))

    def _take(self, ticket: str, step: Step) -> None:
        """Take a step; where somebody else was quicker, such as the router, once more."""
        who, said = self._people[step.who], {name: self._meant(value) for name, value in step.said.items()}
        note = {"note": script.NOTE}
        while True:
            tag = who.get(f"/tickets/{ticket}").headers.get("ETag", "")
            answer = who.post(f"/tickets/{ticket}/actions/{step.action}", note | said, etag=tag)
            if answer.status_code != CONFLICT:
                break
        if answer.is_error:
            raise StateError(f"{step.who} could not {step.action}: {answer.text}")

    def _meant(self, value: object) -> object:
        if not isinstance(value, str) or not value.startswith("@"):
            return value
        kind, _, name = value.partition(" ")
        if kind == "@office":
            return self._offices[name]
        if kind == "@ticket":
            return self._tickets[int(name)]
        return (datetime.now(UTC) + timedelta(days=int(name))).isoformat()

    def _answer_rounds(self) -> None:
        """Let one office say that all is well, one that it is not, and one be excused; the others are silent."""
        well: dict[str, object] = {"said": "all_well", "items": [{"item": "absent", "count": 2}]}
        finding = {"said": "to_report", "words": script.NOTE, "items": [{"item": "no-hazard", "ok": False}]}
        for who, can, body in (
            (script.FACILITIES, "answer", well),
            (script.FACILITIES, "correct", {**well, "words": script.NOTE}),
            (script.DUTY, "answer", finding),
            (script.PRINCIPAL, "excuse", {"reason": script.NOTE}),
        ):
            person = self._people[who]
            self._until(f"{who} can {can} a round", partial(_round, person, can))
            _good(person.post(f"/rounds/{_round(person, can)}/{can}", body))

    def _questions(self) -> Mapping[str, str]:
        handler, ticket = self._people[script.HANDLER], f"/tickets/{self._tickets[script.BUSY]}"
        asked = [part["id"] for part in _good(handler.get(ticket))["parts"] if part.get("whom")]
        links = [_good(handler.post(f"{ticket}/questions/{part}/link", None))["address"] for part in asked]
        return {"zh-hans": links[0], "en": links[1]}

    def _rounds(self) -> Mapping[str, str]:
        can = {script.HEAD: "answer", script.PRINCIPAL: "excuse"}
        return {who: _round(self._people[who], what) for who, what in can.items()}


def school_day(system: System) -> None:
    """Let it be the afternoon of a school day, and give somebody an app as a second factor."""
    command = [sys.executable, "-m", "tools.prove.pages.school_day", script.WITH_APP]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **system.environment}, check=True)


def played(system: System, credentials: Path) -> Played:
    """Play a school day on a system."""
    school_day(system)
    scene = Scene(system.base_url, credentials)
    try:
        return scene.play()
    finally:
        scene.close()


def _person(base_url: str, credentials: Path, username: str) -> Person:
    password = password_of(credentials, username)
    account = {"part": username, "person": username, "username": username, "password": password}
    return Person.sign_in(base_url=base_url, account=account)


def _good(answer: httpx.Response) -> Any:
    if answer.is_error:
        raise StateError(f"{answer.request.url} answered {answer.status_code}: {answer.text}")
    return answer.json()


def _round(person: Person, can: str) -> str:
    """Return a round of today with which somebody can do something; nothing where there is none."""
    rows = (_good(person.get(f"/rounds/{row['id']}")) for row in person.items("/rounds"))
    return next((str(row["id"]) for row in rows if can in row["can"]), "")

"""The load while the system is broken: people file, acknowledge and resolve over HTTP, and keep every answer."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from tools.prove.chaos.asking import INTO, OFFICE, OTHER, REVIEW, TO, Ask, asks_of, take
from tools.prove.chaos.pace import Pace
from tools.prove.demo.clients import NoAnswer, Person
from tools.prove.demo.filing import Draft
from tools.prove.demo.stage import Stage
from tools.prove.demo.working import WorkWentWrong, take_step
from tools.run.children import wait_until

HANDS = 3
CUT_EVERY = 9
ENDED = frozenset({"closed", "declined", "merged"})
SETTLE_SECONDS = 90
STEPS = {"acknowledged": "start", "in_progress": "resolve", "resolved": "verify"}
MOST_STEPS = 12
LEADERS = ("coordinator", "vice.1")
"""The one who acknowledges for every office, being the head of the intake office, and the one who verifies."""


@dataclass(slots=True)
class Sent:
    """A report somebody sent: its text, and what the answer said; no id while no answer came."""

    number: int
    text: str
    reporter: str
    office: str
    report: str = ""
    ticket: str = ""
    filed_at: datetime | None = None
    is_ended: bool = False


@dataclass(order=True, slots=True)
class Job:
    """Something a hand does from an instant (monotonic seconds) on."""

    at: float
    number: int
    act: Callable[["Hand"], None] = field(compare=False)


@dataclass(slots=True)
class Hand:
    """A thread that plays the coordinator and the handlers, with connections of its own."""

    people: Mapping[str, Person]


class Load:
    """People of one school at work; `settle` brings everything they began to its end."""

    def __init__(
        self,
        people: Mapping[str, Person],
        school: Mapping[str, Any],
        drafts: Sequence[Draft],
        *,
        pace: Pace,
        per_second: float,
        besides: Collection[str] = (),
    ) -> None:
        self.people = people
        self.open_seconds = pace.open
        self.stage = Stage(1, school)
        self.teachers = [person for part, person in sorted(people.items()) if part.startswith("teacher.")][:4]
        # What becomes of files when things break is proved by tests of their own.
        categories = self.teachers[0].get("/categories").raise_for_status().json()
        free = {row["code"] for row in categories if not row["proof"]}
        self.drafts = [draft for draft in drafts if draft.category in free and self._office_of(draft.category)]
        self.pause = len(self.teachers) / per_second
        self.units = {unit["code"]: unit["id"] for unit in self.teachers[0].items("/offices")}
        self.places = {place["code"]: place["id"] for place in self.teachers[0].items("/places")}
        self.sent: list[Sent] = []
        self.numbers = itertools.count()
        self._jobs: list[Job] = []
        self._is_filing, self._is_over = threading.Event(), threading.Event()
        self._lock, self._busy = threading.Condition(), 0
        teachers = {person.part for person in self.teachers}
        parts = {*self.offices(), *LEADERS, *teachers, *besides}
        everybody = {part: person for part, person in people.items() if part in parts}
        hands = [Hand({part: Person.like(person) for part, person in everybody.items()}) for _ in range(HANDS)]
        self._threads = [
            *(threading.Thread(target=self._file_on, args=(person,), daemon=True) for person in self.teachers),
            *(threading.Thread(target=self._lend, args=(hand,), daemon=True) for hand in hands),
        ]
        for thread in self._threads:
            thread.start()

    def offices(self) -> set[str]:
        """Return the offices that get the load's reports."""
        return {self._office_of(draft.category) for draft in self.drafts}

    def go(self) -> None:
        """Let people file."""
        self._is_filing.set()

    def at(self, seconds: float, act: Callable[[Hand], None]) -> None:
        """Have something done by a hand, so many seconds from now."""
        with self._lock:
            heapq.heappush(self._jobs, Job(time.monotonic() + seconds, next(self.numbers), act))
            self._lock.notify()

    def file(self, person: Person) -> Sent | None:
        """File one report, again and again under one key until it is answered; note what was answered."""
        number = next(self.numbers)
        draft = self.drafts[number % len(self.drafts)]
        key, sent = str(uuid4()), Sent(number, f"{draft.text} #{uuid4()}", person.part, self._office_of(draft.category))
        self.sent.append(sent)
        body = {
            "category": draft.category,
            "place": self.places[draft.place],
            "occurred_at": (datetime.now(UTC) - timedelta(days=1)).isoformat(),
            "description": sent.text,
        }
        if number % CUT_EVERY == 0:
            person.post_and_hang_up("/reports", body, key=key)
        answer = person.post("/reports", body, key=key)
        if answer.status_code != httpx.codes.CREATED:
            self.stage.problems.append(f"a report was answered {answer.status_code}: {answer.text[:300]}")
            return None
        said = answer.json()
        sent.report, sent.ticket, sent.filed_at = said["id"], said["ticket"], datetime.fromisoformat(said["filed_at"])
        return sent

    def settle(self) -> None:
        """Stop filing, let what is begun end, and bring every ticket to its end, so that no clock runs any more."""
        self._is_filing.clear()
        if not wait_until(self._is_idle, seconds=SETTLE_SECONDS, pause=0.1):
            self.stage.problems.append(f"people still waited for answers {SETTLE_SECONDS} s after the fault")
        for sent in self.sent:
            if sent.ticket and not sent.is_ended:
                self.at(0, lambda hand, sent=sent: self._end(hand, sent))  # type: ignore[misc]
        if not wait_until(self._is_idle, seconds=SETTLE_SECONDS, pause=0.1):
            self.stage.problems.append(f"not every ticket could be brought to its end within {SETTLE_SECONDS} s")

    def acknowledge(self, hand: Hand, sent: Sent) -> None:
        """Acknowledge as the coordinator."""
        take_step(hand.people["coordinator"], self.stage, {"id": sent.ticket}, "acknowledge")

    def step(self, hand: Hand, sent: Sent, action: str) -> None:
        """Take a step as the office that has the ticket; if acknowledged before it was routed, the intake office."""
        owner = hand.people["coordinator"].get(f"/tickets/{sent.ticket}").raise_for_status().json()["owner"]["code"]
        take_step(hand.people.get(owner, hand.people["coordinator"]), self.stage, {"id": sent.ticket}, action)

    def ask(self, hand: Hand, sent: Sent, ask: Ask) -> None:
        """Let somebody ask something about a ticket, or answer it; the other office is the one after its own."""
        shown = hand.people["coordinator"].get(f"/tickets/{sent.ticket}").raise_for_status().json()
        offices = sorted(self.offices() & self.units.keys())
        other = next((code for code in offices if code > sent.office), offices[0])
        parts = {OFFICE: shown["owner"]["code"], OTHER: other}
        person = hand.people.get(parts.get(ask.who, ask.who), hand.people["coordinator"])
        earlier = next((each.ticket for each in self.sent[::-1] if each.ticket and each.number < sent.number), "")
        take(person, self.stage, sent.ticket, ask, {TO: self.units[other], INTO: earlier})

    def close(self) -> None:
        """Send everybody home."""
        self._is_over.set()
        self._is_filing.set()
        with self._lock:
            self._lock.notify_all()
        for thread in self._threads:
            thread.join(5)

    def _office_of(self, category: str) -> str:
        """Return the one office of a category about places, empty for any other category."""
        offices = self.stage.school["offices"][category]
        return offices[0] if category[0] in "FB" and len(offices) == 1 else ""

    def _file_on(self, person: Person) -> None:
        while not self._is_over.is_set():
            self._is_filing.wait()
            with self._lock:
                self._busy += 1
            try:
                if self._is_filing.is_set() and not self._is_over.is_set() and (sent := self.file(person)):
                    self._plan(sent)
            except (NoAnswer, httpx.HTTPError) as problem:
                self.stage.problems.append(str(problem))
            finally:
                with self._lock:
                    self._busy -= 1
            self._is_over.wait(self.pause)

    def _plan(self, sent: Sent) -> None:
        """Decide what becomes of a report: half are left to their clocks, the others worked on or acknowledged late.

        Of most of them something is asked besides. After some seconds each is brought to its end, so that however long
        it lasts no more than some dozen climb.
        """
        self.at(self.open_seconds, lambda hand: self._end(hand, sent))
        way = sent.number % 4
        if way == 1:
            for seconds, action in ((1.0, "acknowledge"), (2.0, "start"), (3.5, "resolve")):
                act = self.acknowledge if action == "acknowledge" else self._stepping(action)
                self.at(seconds, lambda hand, act=act: act(hand, sent))  # type: ignore[misc]
        for ask in asks_of(sent.number):
            self.at(ask.seconds, lambda hand, ask=ask: self.ask(hand, sent, ask))  # type: ignore[misc]
        if way == 2:  # noqa: PLR2004 - the last quarter
            self.at(self.seconds_to_acknowledge(sent) - 0.02, lambda hand: self.acknowledge(hand, sent))

    def _stepping(self, action: str) -> Callable[[Hand, Sent], None]:
        return lambda hand, sent: self.step(hand, sent, action)

    def seconds_to_acknowledge(self, sent: Sent) -> float:
        """Return the seconds from now until the first clock of the report is due, by the shortest rule."""
        allowed = min(self.stage.school["acknowledge_seconds"].values())
        since = (datetime.now(UTC) - sent.filed_at).total_seconds() if sent.filed_at else 0.0
        return min(float(allowed) - since, self.open_seconds)  # it was filed in the future while the clock is ahead

    def _lend(self, hand: Hand) -> None:
        while (job := self._next_job()) is not None:
            try:
                job.act(hand)
            except (NoAnswer, WorkWentWrong, httpx.HTTPError) as problem:
                self.stage.problems.append(str(problem))
            finally:
                with self._lock:
                    self._busy -= 1

    def _next_job(self) -> Job | None:
        with self._lock:
            while not self._is_over.is_set():
                wait = self._jobs[0].at - time.monotonic() if self._jobs else 1.0
                if wait <= 0:
                    self._busy += 1
                    return heapq.heappop(self._jobs)
                self._lock.wait(wait)
        return None

    def _is_idle(self) -> bool:
        with self._lock:
            return not self._busy and not self._jobs

    def _end(self, hand: Hand, sent: Sent) -> None:
        coordinator, is_refused = hand.people["coordinator"], False
        for _ in range(MOST_STEPS):
            found = coordinator.get(f"/tickets/{sent.ticket}").raise_for_status().json()
            state = found["state"]
            if state in ENDED:
                if REVIEW.action in found["available_actions"]:
                    self.ask(hand, sent, REVIEW)
                sent.is_ended = True
                return
            # What others reported too is not withdrawn; then the office takes it up.
            action = STEPS.get(state, "acknowledge" if is_refused else "withdraw")
            if action == "withdraw":
                is_refused = True
                take_step(hand.people[sent.reporter], self.stage, {"id": sent.ticket}, action)
            elif action == "verify":
                take_step(hand.people["vice.1"], self.stage, {"id": sent.ticket}, action)
            else:
                self.step(hand, sent, action)
        self.stage.problems.append(
            f"ticket {sent.ticket} could not be brought to its end: {state}, {found['category']}, "
            f"{[part['kind'] for part in found['parts'] if not part['ended_at']]}, {found['available_actions']}"
        )

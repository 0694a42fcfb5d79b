"""Rounds of the day: who says that all is well, who is late, who corrects, and of what nobody says anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tools.prove.demo.clients import Person
from tools.prove.demo.judging import Filing
from tools.prove.demo.stage import Stage
from tools.prove.demo.working import WorkWentWrong, keep_looking

WELL: Mapping[str, Any] = {"said": "all_well"}
BAD: Mapping[str, Any] = {"said": "to_report", "words": "对讲机坏了一台。 One intercom is broken."}
LEFT_OUT: Mapping[str, Any] = {
    "said": "to_report",
    "words": "宿舍今天消杀，没有进去。 The dormitory is being disinfected.",
}
SICK, HEALTHY = 3, 0
MISSED = "missed"
HIDDEN_CATEGORY, HIDDEN_MINUTES = "F02", 90
HIDDEN = "午间东楼梯门被锁，后来才知道。 The door of the east stairs was locked at noon; it came out later."


def counted(vomiting: int) -> Mapping[str, Any]:
    """Return a morning check in numbers."""
    counts = {"due": 40, "present": 40 - vomiting, "vomiting": vomiting}
    return {**WELL, "items": [{"item": item, "count": count} for item, count in counts.items()]}


@dataclass(frozen=True, slots=True)
class Answering:
    """The person who answers a round, in time or once it is missed, and what they say; a correction last."""

    part: str
    bodies: Sequence[Mapping[str, Any]]
    waits: bool = False
    visits: int = 0
    hides: bool = False


SCRIPT: Mapping[tuple[str, str, int], Answering] = {
    ("MORNING_CHECK", "class-7-1", 0): Answering("teacher.01", [counted(SICK)]),
    ("MORNING_CHECK", "class-7-2", 0): Answering("teacher.02", [counted(HEALTHY)]),
    ("MORNING_CHECK", "class-8-1", 0): Answering("teacher.04", [counted(HEALTHY)]),
    ("MORNING_CHECK", "class-8-2", 0): Answering("teacher.05", [counted(HEALTHY)]),
    ("DAILY_REPORT", "security", 0): Answering("head.security", [WELL], hides=True),
    ("DAILY_REPORT", "safety-office", 0): Answering("coordinator", [WELL]),
    ("DAILY_REPORT", "student-protection", 0): Answering("student-protection", [WELL]),
    ("DAILY_REPORT", "school-office", 0): Answering("head.school-office", [WELL]),
    ("DAILY_REPORT", "health-room", 0): Answering("head.health-room", [WELL], waits=True),
    ("DAILY_REPORT", "canteen", 0): Answering("head.canteen", [WELL, BAD]),
    ("PATROL", "security", 0): Answering("security", [WELL], visits=3),
    ("PATROL", "security", 1): Answering("security", [LEFT_OUT], visits=2),
}
"""Of every other round nobody says anything: two classes, four offices, and the last turn of the patrol."""
CLUSTERS = 1
"""So many tickets are opened by the counts of classes."""


def script_of(row: Mapping[str, Any]) -> Answering | None:
    """Return who answers a round; None for nobody."""
    return SCRIPT.get((row["plan"], row["office"]["code"], row["turn"]))


def say_rounds(people: Mapping[str, Person], stage: Stage) -> None:
    """Answer every round as the script has it, until each is answered or missing and no "all well" hides anything."""
    done: set[str] = set()
    windows = {answering.part: Person.like(people[answering.part]) for answering in SCRIPT.values()}
    watcher = Person.like(people["principal"])

    def look() -> None:
        rows = list(watcher.items("/rounds"))
        for row in rows:
            if row["id"] not in done and _dealt_with(row, windows, stage):
                done.add(row["id"])
        if done >= set(stage.school["rounds"]):
            stage.rounds_said.set()

    try:
        keep_looking(watcher, stage, look, pauses=2)
    finally:
        for person in (watcher, *windows.values()):
            person.close()


def _dealt_with(row: Mapping[str, Any], windows: Mapping[str, Person], stage: Stage) -> bool:
    """Say whether nothing remains to be done about a round, having done what can be done now."""
    answering = script_of(row)
    if answering is None:
        return bool(row["state"] == MISSED)
    person = windows[answering.part]
    if not answering.waits or row["state"] == MISSED:
        for place in _places(person, row)[: answering.visits]:
            _send(person, f"/rounds/{row['id']}/visits", {**WELL, "place": place})
        for how, body in zip(("answer", "correct"), answering.bodies, strict=False):
            _send(person, f"/rounds/{row['id']}/{how}", body)
            stage.said.append((row["id"], person.id))
        if answering.hides:
            stage.later.append(_come_out(person, row["id"]))
        return True
    return False


def _places(person: Person, row: Mapping[str, Any]) -> list[str]:
    return [stop["place"]["id"] for stop in person.get(f"/rounds/{row['id']}").json()["route"]]


def _come_out(person: Person, round_id: str) -> Filing:
    """File what had happened before all was said to be well, and link it with that answer."""
    place = next(iter(person.items("/places")))["id"]
    before = (datetime.now(UTC) - timedelta(minutes=HIDDEN_MINUTES)).isoformat()
    report = {"category": HIDDEN_CATEGORY, "place": place, "occurred_at": before, "description": HIDDEN}
    filed = _send(person, "/reports", report).json()
    _send(person, f"/rounds/{round_id}/omissions", {"ticket": filed["reference"]})
    return Filing(person.part, HIDDEN_CATEGORY, HIDDEN, frozenset({filed["id"]}), filed["reference"])


def _send(person: Person, path: str, body: Mapping[str, Any]) -> httpx.Response:
    answer = person.post(path, body)
    if answer.is_error:
        raise WorkWentWrong(f"{path} was answered {answer.status_code}: {answer.text[:500]}")
    return answer

"""Teachers file reports as on a real day: some requests are repeated, some cut, some first have a field wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import yaml

from tools.prove.demo.clients import Person
from tools.prove.demo.judging import Filing
from tools.prove.demo.stage import Stage

CUT_EVERY, REPEATED_EVERY, WRONG_EVERY = 8, 9, 11
WRONG_FIELDS: Sequence[Mapping[str, Any]] = (
    {"category": "Z99"},
    {"occurred_at": "yesterday"},
    {"description": ""},
    {"place": "00000000-0000-0000-0000-000000000000"},
    {"surprise": True},
)


class FilingWentWrong(Exception):
    """An answer was not what the API promises."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One report of the data file with its number."""

    number: int
    category: str
    place: str
    text: str
    is_concerning: bool = False
    """True where it concerns the conflicted person."""


def drafts_read(path: Path, *, most: int) -> list[Draft]:
    """Return reports of the data file, all categories in turn, so that a short day has many of them too."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))["reports"]
    return [
        Draft(number, row["category"], row["place"], row["text"], row.get("concerning", False))
        for number, row in enumerate(_in_turn(rows)[:most])
    ]


def _in_turn(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    seen: dict[str, int] = {}
    turns = []
    for row in rows:
        turn = seen[row["category"]] = seen.get(row["category"], -1) + 1
        turns.append((turn, row))
    return [row for _turn, row in sorted(turns, key=lambda pair: pair[0])]


def file_all(person: Person, drafts: Sequence[Draft], *, places: Mapping[str, str], stage: Stage) -> list[Filing]:
    """File a client's share, spread over the time in which reports come in; stop early when the day is interrupted."""
    filings = []
    for position, draft in enumerate(drafts):
        if stage.is_interrupted.wait(max(0.0, stage.filing_seconds * position / len(drafts) - stage.elapsed)):
            break
        filings.append(file_one(person, draft, places=places, stage=stage))
    return filings


def file_one(person: Person, draft: Draft, *, places: Mapping[str, str], stage: Stage) -> Filing:
    """File one report with whatever trouble its number brings; return every answer that named it."""
    body: dict[str, Any] = {
        "category": draft.category,
        "place": places[draft.place],
        "occurred_at": (datetime.now(UTC) - timedelta(minutes=1 + draft.number % 40)).isoformat(),
        "description": draft.text,
    }
    if draft.is_concerning:
        body["persons_concerned"] = [stage.school["people"]["conflicted"]]
    _file_wrongly(person, draft, body, stage)
    key = str(uuid4())
    if draft.number % CUT_EVERY == CUT_EVERY - 1:
        person.post_and_hang_up("/reports", body, key=key)
        stage.count("cut")
    answers = list(_answers(person, draft, body, key, stage))
    stage.count("filed")
    return Filing(
        reporter=person.part,
        category=draft.category,
        text=draft.text,
        report_ids=frozenset(answer["id"] for answer in answers),
        reference=answers[0]["reference"],
    )


def _file_wrongly(person: Person, draft: Draft, body: Mapping[str, Any], stage: Stage) -> None:
    if draft.number % WRONG_EVERY != WRONG_EVERY - 1:
        return
    wrong = WRONG_FIELDS[draft.number // WRONG_EVERY % len(WRONG_FIELDS)]
    answer = person.post("/reports", {**body, **wrong})
    _expect(answer, range(400, 500), "a report with a wrong field")
    if not answer.json().get("errors"):
        raise FilingWentWrong(f"A report with {wrong} was refused without saying where it is wrong: {answer.text}")
    stage.count("refused")


def _answers(person: Person, draft: Draft, body: Mapping[str, Any], key: str, stage: Stage) -> Iterator[dict[str, Any]]:
    times = 2 if draft.number % REPEATED_EVERY == REPEATED_EVERY - 1 else 1
    for turn in range(times):
        answer = person.post("/reports", body, key=key)
        _expect(answer, range(201, 202), "a report")
        if turn or answer.headers.get("Idempotency-Replayed"):
            stage.count("repeated")
        yield answer.json()


def _expect(answer: httpx.Response, statuses: range, what: str) -> None:
    if answer.status_code not in statuses:
        raise FilingWentWrong(f"Filing {what} was answered {answer.status_code}: {answer.text[:500]}")

"""Looking back at the day: what stands in the lists of its people, in the timelines, and what the auditors say."""

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from tools.prove.demo.clients import Person
from tools.prove.demo.judging import Day, Event, Filing, Seen, Stored, Ticket
from tools.prove.demo.round_judging import RoundSeen, RoundsOfDay
from tools.prove.demo.rounds import CLUSTERS
from tools.prove.demo.stage import Stage
from tools.prove.demo.system import System

LEADERS = ("principal", "coordinator", "vice.1", "vice.2")
AUDITS = {
    "deadlines_audit": "The engine's tables hold",
    "tickets_audit": "The tickets' tables hold",
    "rounds_audit": "The rounds' tables hold",
    "responses_audit": "Started response plans hold",
    "outside_audit": "What has to be told outside holds",
    "ledger_verify": "The ledger's hash chains hold",
}
HOLDS, BROKEN = "holds", "BROKEN"
SETTLING_SECONDS = 20.0
SETTLING_PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Told:
    """The messages that went out, counted: notices on the pages of those who signed in, and mails to everybody."""

    notices: int
    mails: int | None


def day_seen(
    *, people: Mapping[str, Person], filings: Sequence[Filing], concerning: frozenset[str], stage: Stage, system: System
) -> Day:
    """Return everything that was sent and can be seen of the day, as each person sees it for themselves."""
    tickets = _tickets(people)
    ids = [ticket.id for ticket in tickets if ticket.reference in concerning]
    return Day(
        filings=filings,
        stored=[stored for part in sorted({filing.reporter for filing in filings}) for stored in _stored(people[part])],
        tickets=tickets,
        offices=stage.school["offices"],
        acknowledge_seconds=stage.school["acknowledge_seconds"],
        absent=people["absent"].id,
        absent_seen=_seen(people["absent"], ()),
        conflicted=people["conflicted"].id,
        conflicted_seen=_seen(people["conflicted"], ids),
        concerning=concerning,
        rounds=_rounds(people["principal"], stage),
        clusters=CLUSTERS,
        commands=audits(system.command),
    )


def told(*, people: Mapping[str, Person], school: Mapping[str, Any], system: System) -> Told:
    """Count the messages once no further mail has come for a second."""
    mails, end = _mails(system.mail, school["mail_domain"]), time.monotonic() + SETTLING_SECONDS
    while time.monotonic() < end:
        time.sleep(SETTLING_PAUSE)
        before, mails = mails, _mails(system.mail, school["mail_domain"])
        if before == mails:
            break
    notices = sum(1 for person in people.values() for _notice in person.items("/notices"))
    return Told(notices=notices, mails=mails)


def audits(run: Callable[[str], "subprocess.CompletedProcess[str]"]) -> dict[str, list[str]]:
    """Run the system's own auditors, each a management command; return what each of their sentences finds broken."""
    found: dict[str, list[str]] = {}
    for command, name in AUDITS.items():
        done = run(command)
        sentences = sentences_of(done.stdout)
        found |= sentences
        if done.returncode and not any(sentences.values()):
            found[name] = (done.stderr.strip() or done.stdout.strip()).splitlines()[-3:]
        elif not sentences:
            found[name] = []
    return found


def sentences_of(output: str) -> dict[str, list[str]]:
    """Return the invariants an auditor states, each with the rows below it that break it."""
    found: dict[str, list[str]] = {}
    for line in output.splitlines():
        verdict, _space, sentence = line.partition(" ")
        if verdict in {HOLDS, BROKEN}:
            found[sentence.strip()] = []
        elif found and line.startswith(" "):
            found[next(reversed(found))].append(line.strip())
    return found


def _tickets(people: Mapping[str, Person]) -> list[Ticket]:
    rows = list(people["principal"].items("/tickets"))
    shares: dict[str, list[Mapping[str, Any]]] = {part: [] for part in LEADERS}
    for number, row in enumerate(rows):
        sealed = row["confidentiality"] == "K2"
        shares["principal" if sealed else LEADERS[number % len(LEADERS)]].append(row)
    with ThreadPoolExecutor(len(LEADERS)) as pool:
        return [
            ticket for share in pool.map(lambda part: _share(people[part], shares[part]), LEADERS) for ticket in share
        ]


def _share(person: Person, rows: Sequence[Mapping[str, Any]]) -> list[Ticket]:
    return [_ticket(row, person.get(f"/tickets/{row['id']}/timeline").raise_for_status().json()) for row in rows]


def _ticket(row: Mapping[str, Any], timeline: Sequence[Mapping[str, Any]]) -> Ticket:
    return Ticket(
        id=row["id"],
        reference=row["reference"],
        category=row["category"],
        severity=row["severity"],
        state=row["state"],
        office=row["owner"]["code"] if row["owner"] else "",
        filed_at=datetime.fromisoformat(row["filed_at"]),
        events=[
            Event(event["sequence"], event["kind"], datetime.fromisoformat(event["at"]), event["details"])
            for event in timeline
        ],
    )


def _rounds(person: Person, stage: Stage) -> RoundsOfDay:
    rows = [person.get(f"/rounds/{row['id']}").raise_for_status().json() for row in list(person.items("/rounds"))]
    seen = [
        RoundSeen(
            id=row["id"],
            plan=row["plan"],
            office=row["office"]["code"],
            turn=row["turn"],
            state=row["state"],
            said=row["said"] or "",
            is_late=row["is_late"],
            answered_by=[answer["by"]["id"] for answer in row["answers"]],
            omissions=sum(ticket["kind"] == "omission" for ticket in row["tickets"]),
        )
        for row in rows
    ]
    return RoundsOfDay(stage.school["rounds"], stage.said, seen)


def _stored(person: Person) -> Iterator[Stored]:
    for report in person.items("/reports"):
        yield Stored(report["id"], person.part, report["description"])


def _seen(person: Person, probed: Sequence[str]) -> Seen:
    """Return what a person finds in lists and notices, and which of some tickets open for them."""
    listed = {row["id"] for row in person.items("/tickets")}
    notices = list(person.items("/notices"))
    noticed = {notice["ticket"] for notice in notices if notice["ticket"]}
    opened = {each for each in probed if person.get(f"/tickets/{each}").status_code != httpx.codes.NOT_FOUND}
    return Seen(frozenset(listed | noticed | opened), len(notices))


def _mails(folder: Path | None, domain: str) -> int | None:
    if folder is None:
        return None
    return sum(1 for _mail in folder.glob(f"*@{domain}/*.eml"))

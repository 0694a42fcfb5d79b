"""Offices, leaders and reporters at work: each looks at their own list over and over and takes the next step."""

from collections.abc import Callable, Mapping
from typing import Any

from tools.prove.demo.clients import NoAnswer, Person
from tools.prove.demo.offices import (
    MANNERS,
    PROMPT,
    handler_step,
    is_rejected_first,
    is_reopened,
    leader_step,
    must_be_made_safe,
)
from tools.prove.demo.proving import proof_send
from tools.prove.demo.stage import Stage

LOOKS_PER_DAY = 120
SHORTEST_PAUSE, LONGEST_PAUSE = 0.4, 1.5
LEADERS_PAUSES, REOPENING_PAUSES = 2, 5
TO_HANDLE = "/tickets?state=routed&state=acknowledged&state=in_progress"
TO_VERIFY = "/tickets?state=resolved"
UNANSWERED = "/tickets?state=routed&overdue=true"
REFUSED = frozenset({403, 404, 409, 412})
"""Answers that say somebody else was quicker; the next look shows what is left."""
TOO_LATE = ("proof_missing", "due_too_soon")
"""The codes of refusals while a photo is still being examined, and once a date that was named has come."""
NOTES = {
    "record-interim-control": "现场已停用并隔离，设了警示牌。 Taken out of use, closed off, sign put up.",
    "contain": "现场已控制，无人处于危险之中。 The scene is under control, nobody is in danger.",
    "resolve": "已处理完毕，现场复查正常。 Done, and checked on the spot.",
    "verify": "现场核实，确已解决。 Checked on the spot: solved.",
    "reject-fix": "复查仍有问题，请继续处理。 Looked at it again: not solved yet.",
    "reopen": "今天又出现同样的情况。 The same thing happened again today.",
}


class WorkWentWrong(Exception):
    """An answer was not what the API promises."""


def keep_looking(person: Person, stage: Stage, look: Callable[[], None], *, pauses: int = 1) -> None:
    """Look again and again until the day is over; whatever goes wrong ends the day."""
    pause = pauses * min(max(stage.day_seconds / LOOKS_PER_DAY, SHORTEST_PAUSE), LONGEST_PAUSE)
    try:
        while not stage.is_over.wait(pause):
            look()
    except (NoAnswer, WorkWentWrong) as problem:
        stage.fail(f"{person.part}: {problem}")


def handle(person: Person, stage: Stage) -> None:
    """Work as the handler of an office, in its manner."""
    manner = MANNERS.get(person.part, PROMPT)

    def look() -> None:
        for ticket in list(person.items(TO_HANDLE)):
            action = handler_step(ticket, manner, stage.times())
            if action and not stage.is_over.is_set():
                take_step(person, stage, ticket, action)

    keep_looking(person, stage, look, pauses=manner.looks)


def lead(person: Person, stage: Stage) -> None:
    """Work as the coordinator or a leader: take up what nobody answers, verify what is resolved."""
    rejected: set[str] = set()

    def look() -> None:
        unanswered = person.items(UNANSWERED) if person.part == "coordinator" else ()
        for ticket in [*person.items(TO_VERIFY), *unanswered]:
            action = leader_step(ticket, person.part, stage.times())
            if action == "verify" and is_rejected_first(ticket) and ticket["id"] not in rejected:
                rejected.add(ticket["id"])
                action = "reject-fix"
            if action and not stage.is_over.is_set():
                take_step(person, stage, ticket, action)

    keep_looking(person, stage, look, pauses=LEADERS_PAUSES)


def report_back(person: Person, stage: Stage) -> None:
    """Look at one's own reports as their reporter, and reopen once what is not solved."""
    reopened: set[str] = set()

    def look() -> None:
        if stage.is_evening:
            return
        for report in person.items("/reports"):
            if is_reopened(report) and report["ticket"] not in reopened:
                reopened.add(report["ticket"])
                take_step(person, stage, {"id": report["ticket"]}, "reopen")

    keep_looking(person, stage, look, pauses=REOPENING_PAUSES)


def take_step(person: Person, stage: Stage, ticket: Mapping[str, Any], action: str) -> None:
    """Take an action as a careful client does: load the ticket, make it safe first, send its ETag back."""
    if action == "acknowledge":
        act(person, stage, ticket["id"], action, etag="")
        return
    answer = person.get(f"/tickets/{ticket['id']}")
    if answer.is_error:
        return
    etag, found = answer.headers["ETag"], answer.json()
    if action == "start" and must_be_made_safe(found):
        etag = act(person, stage, ticket["id"], "record-interim-control", etag=etag)
    if action == "start" and etag and "contain" in found["available_actions"]:
        etag = act(person, stage, ticket["id"], "contain", etag=etag)
    if etag and action in found["available_actions"]:
        if action == "resolve":
            proof_send(person, found)
        act(person, stage, ticket["id"], action, etag=etag)


def act(person: Person, stage: Stage, ticket_id: str, action: str, *, etag: str, **said: Any) -> str:
    """Take one action; return the ticket's new ETag, or nothing where somebody else was quicker."""
    more = {"control": "engineered"} if action == "resolve" else said
    answer = person.post(f"/tickets/{ticket_id}/actions/{action}", {"note": NOTES.get(action, ""), **more}, etag=etag)
    if answer.status_code in REFUSED or any(code in answer.text for code in TOO_LATE):
        stage.count("too late")
        return ""
    if answer.is_error:
        raise WorkWentWrong(f"{action} was answered {answer.status_code}: {answer.text[:500]}")
    stage.count(action)
    return str(answer.headers["ETag"])

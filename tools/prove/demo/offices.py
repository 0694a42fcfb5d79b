"""The script of the day: which office answers in time, which late, which never, and what each step comes to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

FILING_SHARE = 0.4
EVENING_SHARE = 0.8
"""Reports come in during the first part of the day; in the evening everybody brings to an end what is still open."""


@dataclass(frozen=True, slots=True)
class Manner:
    """The pace of an office: acknowledging in shares of the time allowed (None: never), the rest in shares of the day.

    `looks` is how many pauses it lets pass between two looks at its list.
    """

    acknowledges: float | None
    starts: float = 0.0
    resolves: float = 0.0
    looks: int = 1


PROMPT = Manner(acknowledges=0.3, starts=0.03, resolves=0.12)
LATE = Manner(acknowledges=1.7, starts=0.12, resolves=0.3, looks=2)
NEVER = Manner(acknowledges=None, looks=3)
MANNERS: Mapping[str, Manner] = {
    "security": PROMPT,
    "health-room": PROMPT,
    "student-protection": PROMPT,
    "canteen": PROMPT,
    "school-office": PROMPT,
    "grade-7": PROMPT,
    "grade-8": PROMPT,
    "grade-9": PROMPT,
    "facilities": LATE,
    "student-affairs": LATE,
    "academic": NEVER,
    "it-centre": NEVER,
}
VERIFIERS = ("coordinator", "vice.1", "vice.2")
REJECTS_EVERY = 17
REOPENS_EVERY = 9
URGENT = ("P1", "P2")
TOLD_TWICE = 2


@dataclass(frozen=True, slots=True)
class Times:
    """The clock as the script needs it: now, how long the day is, whether it is evening, what is allowed."""

    now: datetime
    day_seconds: float
    is_evening: bool
    acknowledge_seconds: Mapping[str, int]


def lot(reference: str) -> int:
    """Return a number of a ticket that stays the same, so that chance is fair and repeatable."""
    return crc32(reference.encode())


def handler_step(ticket: Mapping[str, Any], manner: Manner, times: Times) -> str:
    """Return what a handler does with a ticket of their office now; nothing while it is not time yet."""
    spread = 0.5 + lot(ticket["reference"]) % 100 / 100
    age = (times.now - datetime.fromisoformat(ticket["filed_at"])).total_seconds()
    acknowledged_by = (manner.acknowledges or 0) * times.acknowledge_seconds[ticket["severity"]] * spread
    steps = {
        "routed": ("acknowledge", acknowledged_by),
        "acknowledged": ("start", acknowledged_by + manner.starts * times.day_seconds * spread),
        "in_progress": ("resolve", acknowledged_by + manner.resolves * times.day_seconds * spread),
    }
    action, at_age = steps.get(ticket["state"], ("", 0.0))
    works = manner.acknowledges is not None and age >= at_age
    return action if works or times.is_evening else ""


def leader_step(ticket: Mapping[str, Any], part: str, times: Times) -> str:
    """Return what the coordinator or a leader does: take up what has climbed twice, verify what is resolved."""
    if ticket["state"] == "routed":
        climbed = ticket["level"] > TOLD_TWICE and part == "coordinator"
        return "acknowledge" if climbed and not times.is_evening else ""
    return "verify" if ticket["state"] == "resolved" and part == verifier_of(ticket) else ""


def verifier_of(ticket: Mapping[str, Any]) -> str:
    """Return who verifies a ticket: the principal for class K2, else the coordinator or a vice principal."""
    if ticket["confidentiality"] == "K2":
        return "principal"
    return VERIFIERS[lot(ticket["reference"]) % len(VERIFIERS)]


def is_rejected_first(ticket: Mapping[str, Any]) -> bool:
    """Say whether the first fix does not hold."""
    return lot(ticket["reference"]) % REJECTS_EVERY == 0


def is_reopened(report: Mapping[str, Any]) -> bool:
    """Say whether the reporter finds the closed ticket not solved."""
    return report["state"] == "closed" and bool(report["ticket"]) and lot(report["reference"]) % REOPENS_EVERY == 0


def must_be_made_safe(ticket: Mapping[str, Any]) -> bool:
    """Say whether an urgent hazard still needs its interim control before work starts."""
    return ticket["kind"] == "hazard" and ticket["severity"] in URGENT and not ticket["interim_control_at"]

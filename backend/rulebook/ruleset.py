"""The rules of one rulebook version as frozen values: categories, clocks and ladders. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.organisation.roles import Role

DURATION_PATTERN = r"^\d{1,4}[mhd]W?$"
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class Severity(models.TextChoices):
    """How urgent a ticket is; it decides the clocks."""

    P1 = "P1", _("Urgent")
    P2 = "P2", _("Important")
    P3 = "P3", _("Ordinary")
    P4 = "P4", _("Routine")


class Confidentiality(models.TextChoices):
    """Who may see a ticket."""

    K0 = "K0", _("Open")
    K1 = "K1", _("Handlers only")
    K2 = "K2", _("Case team only")


class Kind(models.TextChoices):
    """What sort of thing is reported."""

    INCIDENT = "incident", _("Incident")
    HAZARD = "hazard", _("Hazard")
    NEAR_MISS = "near_miss", _("Near miss")


class ClockName(StrEnum):
    """What has to happen in time."""

    ACKNOWLEDGE = "acknowledge"
    ACT = "act"
    RESOLVE = "resolve"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: 30m, 4h or 3d on the calendar, with a W of working time (3dW: until the third day's end)."""

    amount: int
    unit: str
    working: bool

    @property
    def length(self) -> timedelta:
        """The span as a length of time; of days of working time only a stand-in, they have no length of their own."""
        return self.amount * UNITS[self.unit]

    @property
    def measure(self) -> str:
        """What the span is measured in; two spans of one measure can be compared before any calendar is known."""
        return ("working days" if self.unit == "d" else "working hours") if self.working else "calendar time"


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of thing that can be reported, with the office that answers for it."""

    code: str
    name_zh: str
    name_en: str
    kind: Kind
    severity: Severity
    lead: str
    confidentiality: Confidentiality


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: how long after the clock's due time, and whom it tells (or their deputies)."""

    after: Span
    tell: tuple[Role, ...]
    deputies: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline: how long it allows, its ladder, and how often (on the calendar) the last rung repeats."""

    within: Span
    rungs: tuple[Rung, ...]
    repeat: timedelta
    repeat_tells_everyone: bool

    @property
    def uses_working_time(self) -> bool:
        """Whether any of its times depends on a calendar."""
        return any(span.working for span in (self.within, *(rung.after for rung in self.rungs)))


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything one rulebook version says."""

    categories: Mapping[str, Category]
    informed: Mapping[Severity, tuple[Role, ...]]
    clocks: Mapping[Severity, Mapping[ClockName, Clock]]
    protection_informed: tuple[Role, ...]
    protection_rungs: tuple[Rung, ...]

    def informed_of(self, severity: Severity, confidentiality: Confidentiality) -> tuple[Role, ...]:
        """Return the roles that hear of a new ticket at once."""
        if confidentiality is Confidentiality.K2:
            return self.protection_informed
        return self.informed[severity]

    def rungs_to_tell(
        self, severity: Severity, confidentiality: Confidentiality, clock_name: ClockName, rung: int
    ) -> tuple[Rung, ...]:
        """Return the ladder steps that speak at the nth firing of a clock; a number past the last is a repeat."""
        clock = self.clocks[severity][clock_name]
        if confidentiality is Confidentiality.K2:
            return (self.protection_rungs[min(rung, len(self.protection_rungs) - 1)],)
        if rung < len(clock.rungs):
            return (clock.rungs[rung],)
        return clock.rungs if clock.repeat_tells_everyone else clock.rungs[-1:]


def span_parse(text: str) -> Span:
    """Return a span written as 5m, 4h or 3d, or in working time as 4hW or 3dW; anything else is a ValueError."""
    if not re.fullmatch(DURATION_PATTERN, text):
        raise ValueError(f"{text!r} is not a duration; write 5m, 4h or 3d, or in working time 4hW or 3dW.")
    plain = text.removesuffix("W")
    return Span(int(plain[:-1]), plain[-1], working=plain != text)


def ruleset_from_content(content: Mapping[str, Any]) -> Ruleset:
    """Build the rules from the checked content of a rulebook file."""
    return Ruleset(
        categories={row["code"]: _category(row) for row in content["categories"]},
        informed={Severity(key): _roles(value) for key, value in content["informed"].items()},
        clocks={
            Severity(severity): {ClockName(name): _clock(row) for name, row in clocks.items()}
            for severity, clocks in content["clocks"].items()
        },
        protection_informed=_roles(content["protection"]["informed"]),
        protection_rungs=tuple(_rung(row) for row in content["protection"]["rungs"]),
    )


def _category(row: Mapping[str, Any]) -> Category:
    return Category(
        code=row["code"],
        name_zh=row["name"]["zh"],
        name_en=row["name"]["en"],
        kind=Kind(row["kind"]),
        severity=Severity(row["severity"]),
        lead=row["lead"],
        confidentiality=Confidentiality(row["class"]),
    )


def _clock(row: Mapping[str, Any]) -> Clock:
    return Clock(
        within=span_parse(row["within"]),
        rungs=tuple(_rung(rung) for rung in row["rungs"]),
        repeat=span_parse(row["repeat"]).length,
        repeat_tells_everyone=row.get("repeat_tells") == "everyone",
    )


def _rung(row: Mapping[str, Any]) -> Rung:
    return Rung(span_parse(row.get("after", "0m")), _roles(row["tell"]), row.get("deputies", False))


def _roles(names: list[str]) -> tuple[Role, ...]:
    return tuple(Role(name) for name in names)

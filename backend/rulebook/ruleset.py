"""The rules of one rulebook version as frozen values: categories, clocks, ladders, nights, lengths of time. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.organisation.roles import Role
from backend.rulebook.keeping import Keeping
from backend.rulebook.outside_rules import OutsideClock, OutsideRules
from backend.rulebook.proofs import Proof
from backend.rulebook.response_rules import ResponsePlans
from backend.rulebook.round_rules import ClusterRules, RoundPlans
from backend.rulebook.short_questions import ShortQuestion
from backend.rulebook.wording import NO_WORDS, Emergency, Group, Wording

CALENDAR_DURATION_PATTERN = r"^\d{1,4}[smhd]$"
DURATION_PATTERN = r"^\d{1,4}([smhd]|[hd]W)$"
UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: 8s, 30m, 4h or 3d on the calendar, with a W of working time (3dW: to the third day's end)."""

    amount: int
    unit: str
    working: bool

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}{'W' if self.working else ''}"

    @property
    def length(self) -> timedelta:
        """The span as a length of time; of days of working time only a stand-in, they have no length of their own."""
        return self.amount * UNITS[self.unit]

    @property
    def measure(self) -> str:
        """What the span is measured in; two spans of one measure can be compared before any calendar is known."""
        return ("working days" if self.unit == "d" else "working hours") if self.working else "calendar time"


def span_parse(text: str) -> Span:
    """Return a span written as 8s, 5m, 4h or 3d, or in working time as 4hW or 3dW; anything else is a ValueError."""
    if not re.fullmatch(DURATION_PATTERN, text):
        raise ValueError(f"{text!r} is not a duration; write 8s, 5m, 4h or 3d, or in working time 4hW or 3dW.")
    plain = text.removesuffix("W")
    return Span(int(plain[:-1]), plain[-1], working=plain != text)


LEAD_GRADE = "grade"
"""As the lead of a category: no office of its own but the grade group of the place, else of the reporter."""


class Severity(models.TextChoices):
    """The urgency of a ticket, from P1 (life safety) to P4 (routine); it decides the clocks."""

    P1 = "P1", _("Urgent")
    P2 = "P2", _("Important")
    P3 = "P3", _("Ordinary")
    P4 = "P4", _("Routine")


class Confidentiality(models.TextChoices):
    """The confidentiality class of a ticket: K0 open, K1 for those who handle it, K2 for its case team alone."""

    K0 = "K0", _("Open")
    K1 = "K1", _("Handlers only")
    K2 = "K2", _("Case team only")


class Kind(models.TextChoices):
    """The kind of thing that is reported."""

    INCIDENT = "incident", _("Incident")
    HAZARD = "hazard", _("Hazard")
    NEAR_MISS = "near_miss", _("Near miss")


class ClockName(StrEnum):
    """The steps that have to happen in time; `answer` and `result` bound every report, `wait` ends a pause.

    `silence` bounds how long an owner does nothing. Each part of a ticket has one of `PARTS` of its own.
    """

    ACKNOWLEDGE = "acknowledge"
    ACT = "act"
    PROGRESS = "progress"
    CONTAIN = "contain"
    RESOLVE = "resolve"
    WAIT = "wait"
    VERIFY = "verify"
    SILENCE = "silence"
    ANSWER = "answer"
    RESULT = "result"
    ORDER = "order"
    OFFER = "offer"
    SUBTASK = "subtask"
    PROMISE = "promise"
    DECISION = "decision"
    QUESTION = "question"
    STEP = "step"
    REVIEW = "review"
    ADOPTION = "adoption"
    RECOMMENDATION = "recommendation"
    IMPROVEMENT = "improvement"


CLOCK_CHOICES = [(name.value, name.value) for name in ClockName]
"""The names as the shapes of the API hold them."""
BOUNDS = (ClockName.ANSWER, ClockName.RESULT)
"""The clocks that stand under `bounds`, the same for every severity."""
PARTS = (
    *(ClockName.ORDER, ClockName.OFFER, ClockName.SUBTASK, ClockName.PROMISE, ClockName.DECISION),
    *(ClockName.QUESTION, ClockName.STEP, ClockName.REVIEW, ClockName.ADOPTION, ClockName.RECOMMENDATION),
    ClockName.IMPROVEMENT,
)
"""The clocks of parts of a ticket, which stand under `parts`; `within` is how long one lasts where no date is named."""
MAY_BE_MISSING = (ClockName.PROGRESS, ClockName.CONTAIN, ClockName.WAIT, ClockName.SILENCE)
"""The clocks that a severity may do without; where there is no `wait`, a ticket cannot wait for anybody."""
NEVER_WAITS = (Severity.P1,)
"""The severities that can have no `wait`: life-safety clocks never pause."""


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
    def times(self) -> tuple[Span, tuple[Span, ...], timedelta]:
        """All that decides when it is due, whoever is told."""
        return self.within, tuple(rung.after for rung in self.rungs), self.repeat

    @property
    def uses_working_time(self) -> bool:
        """Whether any of its times depends on a calendar."""
        return any(span.working for span in (self.within, *(rung.after for rung in self.rungs)))


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of thing that can be reported, with the office that answers for it.

    `support` names offices that can be called in (of a K2 category only suggestions to its case team), `clocks` the
    clocks of its own by severity, `outside_clocks` the reports to authorities that it may call for. By `group`,
    `synonyms` and `examples` a reporter finds it; `do_now` is what they do at once, `call` whom they telephone first.
    `proof` is what resolving it takes.
    """

    code: str
    name_zh: str
    name_en: str
    kind: Kind
    severity: Severity
    lead: str
    confidentiality: Confidentiality
    support: tuple[str, ...] = ()
    outside_clocks: tuple[str, ...] = ()
    clocks: Mapping[Severity, Mapping[ClockName, Clock]] | None = None
    note_zh: str = ""
    note_en: str = ""
    group: Group = Group.OTHER
    synonyms: Wording = NO_WORDS
    examples: Wording = NO_WORDS
    do_now: Wording = NO_WORDS
    call: tuple[Emergency, ...] = ()
    questions: tuple[ShortQuestion, ...] = ()
    proof: tuple[Proof, ...] = ()

    @property
    def leads(self) -> tuple[str, ...]:
        """Every office that can come to answer for it: its own, then those that an answer to a question names."""
        named = (choice.lead for question in self.questions for choice in question.choices if choice.lead)
        return tuple(dict.fromkeys((self.lead, *named)))


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The night, in the school's local time, and the severities that do not ring in it."""

    starts: time
    ends: time
    severities: frozenset[Severity]

    def holds(self, local: time) -> bool:
        """Say whether a local time lies in the night: the start does, the end does not."""
        if self.starts <= self.ends:
            return self.starts <= local < self.ends
        return local >= self.starts or local < self.ends


NO_NIGHT = QuietHours(time.min, time.min, frozenset())
"""A rulebook that knows no night."""


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything one rulebook version says."""

    name: str
    categories: Mapping[str, Category]
    informed: Mapping[Severity, tuple[Role, ...]]
    clocks: Mapping[Severity, Mapping[ClockName, Clock]]
    bounds: Mapping[ClockName, Clock]
    parts: Mapping[ClockName, Clock]
    protection_informed: tuple[Role, ...]
    protection_rungs: tuple[Rung, ...]
    outside_clocks: Mapping[str, OutsideClock]
    quiet_hours: QuietHours
    at_night: Mapping[Severity, Mapping[Role, Role]]
    round_plans: RoundPlans
    cluster_rules: ClusterRules
    response_plans: ResponsePlans
    outside: OutsideRules
    keeping: Keeping

    def clocks_of(self, *, category: str, severity: Severity) -> Mapping[ClockName, Clock]:
        """Return the clocks of a ticket and of its parts; its category's own stand in place of its severity's."""
        own = self.categories[category].clocks or {}
        return {**self.clocks[severity], **self.bounds, **self.parts, **own.get(severity, {})}

    def informed_of(self, *, severity: Severity, confidentiality: Confidentiality, at_night: bool) -> tuple[Role, ...]:
        """Return the roles that hear of a new ticket at once."""
        if confidentiality is Confidentiality.K2:
            return self.protection_informed
        return self._by_night(severity, self.informed[severity]) if at_night else self.informed[severity]

    def rungs_to_tell(
        self,
        *,
        category: str,
        severity: Severity,
        confidentiality: Confidentiality,
        clock: ClockName,
        rung: int,
        at_night: bool,
    ) -> tuple[Rung, ...]:
        """Return the ladder steps that speak at the nth firing of a clock; a number past the last is a repeat."""
        if confidentiality is Confidentiality.K2:
            return (self.protection_rungs[min(rung, len(self.protection_rungs) - 1)],)
        rules = self.clocks_of(category=category, severity=severity)[clock]
        steps = _speaking(rules, rung)
        return tuple(replace(step, tell=self._by_night(severity, step.tell)) for step in steps) if at_night else steps

    def is_night(self, *, at: datetime, zone: str) -> bool:
        """Say whether it is night at an instant in a time zone; in a zone that nobody knows it never is."""
        try:
            return self.quiet_hours.holds(at.astimezone(ZoneInfo(zone)).time())
        except (ZoneInfoNotFoundError, ValueError):
            return False

    def _by_night(self, severity: Severity, roles: Iterable[Role]) -> tuple[Role, ...]:
        instead = self.at_night.get(severity, {})
        return tuple(dict.fromkeys(instead.get(role, role) for role in roles))


def _speaking(clock: Clock, rung: int) -> tuple[Rung, ...]:
    if rung < len(clock.rungs):
        return (clock.rungs[rung],)
    return clock.rungs if clock.repeat_tells_everyone else clock.rungs[-1:]

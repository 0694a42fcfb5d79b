"""Reports to somebody outside: whom a school tells, by which way and by when; a person makes them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.common.named import localised
from backend.organisation.roles import Role
from backend.rulebook.marks import Mark

if TYPE_CHECKING:
    from backend.rulebook.ruleset import Rung, Severity, Span

TOLD_BEFORE = "told-before"
"""As a recipient: everybody outside who was told of the ticket before."""


class Way(models.TextChoices):
    """The ways in which somebody outside is told."""

    PHONE = "phone", _("By telephone")
    WRITTEN = "written", _("In writing")
    IN_PERSON = "in_person", _("In person")


class ReportStep(models.TextChoices):
    """The place of a report in the order of reports: the first, one that goes on from it, the last."""

    FIRST = "first", pgettext_lazy("report to an authority", "First report")
    FOLLOW_UP = "follow_up", pgettext_lazy("report to an authority", "Follow-up report")
    FINAL = "final", pgettext_lazy("report to an authority", "Final report")


@dataclass(frozen=True, slots=True)
class OutsideTell:
    """One report to one recipient: by which way, and how long there is for it.

    `law` is the law's own limit where it gives a number; `within` is that or shorter. A first report is due from the
    start of its clock, one that follows from the first, a final one from the end of the ticket. Where it is judged,
    somebody who leads says whether it is called for at all. It starts at these severities alone (none named: at any),
    and not where the reporter answered a question as `unless` says.
    """

    key: str
    to: str
    way: Way
    report: ReportStep
    within: "Span"
    law: "Span | None" = None
    is_judged: bool = False
    severities: "frozenset[Severity]" = frozenset()
    unless: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        law = f", law {self.law}" if self.law else ""
        judged = ", judged" if self.is_judged else ""
        only = f", only {'/'.join(sorted(self.severities))}" if self.severities else ""
        unless = "".join(f", not where {question} is {answer}" for question, answer in self.unless.items())
        return f"{self.report} to {self.to} ({self.way}) within {self.within}{law}{judged}{only}{unless}"


@dataclass(frozen=True, slots=True)
class OutsideClock:
    """A report to an authority: a person makes it and confirms so; the clock only reminds (`reminds`).

    `within` is None where the law says "at once" or gives no number; `deadline_*` says it in words. `tells` are the
    reports in order, each with a time of its own; without any it is for reading alone.
    """

    key: str
    trigger_zh: str
    trigger_en: str
    to_zh: str
    to_en: str
    within: "Span | None"
    deadline_zh: str
    deadline_en: str
    source_zh: str
    source_en: str
    mark: Mark
    checked_on: date
    reminds: tuple[Role, ...]
    tells: tuple[OutsideTell, ...] = ()

    @property
    def trigger(self) -> str:
        """The event for which it is called for, in the reader's language."""
        return localised(self, "trigger")

    def tell(self, key: str) -> OutsideTell:
        """Return the report of this key."""
        return next(tell for tell in self.tells if tell.key == key)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody outside who is told: an authority, or families."""

    code: str
    name_zh: str
    name_en: str

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return localised(self, "name")


@dataclass(frozen=True, slots=True)
class OutsideRules:
    """Whoever is told outside, by code, and the ladder of every report that is late; its last rung repeats daily."""

    recipients: Mapping[str, Recipient]
    rungs: "tuple[Rung, ...]"


NO_OUTSIDE = OutsideRules({}, ())
"""The rules of a rulebook that knows no reports with times of their own."""

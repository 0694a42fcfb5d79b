"""A school's whole rulebook in plain words for every colleague: by roles, never by the names of people. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from backend.common.named import localised
from backend.organisation.roles import Role
from backend.portal.reach_rows import names_said, span_said, step_said
from backend.portal.rules import QuestionSaid, proof_said, questions_said
from backend.rulebook.ruleset import LEAD_GRADE, Category, Clock, ClockName, Confidentiality, Ruleset, Rung, Severity
from backend.rulebook.wording import Group
from backend.rulebook.words import CLOCK_NAMES


@dataclass(frozen=True, slots=True)
class CategorySaid:
    """A category: who answers, how urgent it is, who sees it, its own times, what is asked, what proves it solved."""

    name: str
    office: str
    severity: Severity
    confidentiality: Confidentiality
    own_times: tuple[str, ...]
    questions: Sequence[QuestionSaid]
    proof: str


@dataclass(frozen=True, slots=True)
class GroupSaid:
    """The categories of one group, in the order of the rulebook."""

    group: Group
    categories: tuple[CategorySaid, ...]


@dataclass(frozen=True, slots=True)
class TimeSaid:
    """One step that has to happen in time, and who is told while it does not."""

    name: Promise
    within: str
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UrgencySaid:
    """An urgency: who hears of such a report at once, and every time allowed."""

    severity: Severity
    at_once: str
    times: tuple[TimeSaid, ...]


@dataclass(frozen=True, slots=True)
class RulesSaid:
    """Everything that the page shows."""

    groups: tuple[GroupSaid, ...]
    urgencies: tuple[UrgencySaid, ...]
    bounds: tuple[TimeSaid, ...]
    sealed: tuple[str, ...]
    night: tuple[str, ...]


def rules_said(*, ruleset: Ruleset, offices: Mapping[str, str]) -> RulesSaid:
    """Return a rulebook in words; `offices` are the names of the school's offices by their codes."""
    names = {LEAD_GRADE: _("the grade group"), **offices}
    return RulesSaid(
        groups=tuple(_groups(ruleset, names)),
        urgencies=tuple(
            UrgencySaid(severity, _roles(ruleset.informed[severity]), _times(ruleset.clocks[severity]))
            for severity in Severity
        ),
        bounds=_times(ruleset.bounds),
        sealed=tuple(_sealed(ruleset)),
        night=tuple(_night(ruleset)),
    )


def _groups(ruleset: Ruleset, offices: Mapping[str, str]) -> Iterator[GroupSaid]:
    for group in Group:
        found = tuple(_category(row, offices) for row in ruleset.categories.values() if row.group is group)
        if found:
            yield GroupSaid(group, found)


def _category(category: Category, offices: Mapping[str, str]) -> CategorySaid:
    return CategorySaid(
        name=localised(category, "name"),
        office=offices.get(category.lead, category.lead),
        severity=category.severity,
        confidentiality=category.confidentiality,
        own_times=tuple(_own_times(category)),
        questions=questions_said(category=category, offices=offices),
        proof=proof_said(proof=category.proof),
    )


def _own_times(category: Category) -> Iterator[str]:
    for severity, clocks in (category.clocks or {}).items():
        for name, clock in clocks.items():
            words = {"urgency": severity.label, "clock": CLOCK_NAMES[name], "time": span_said(clock.within)}
            yield _("%(urgency)s: %(clock)s within %(time)s") % words


def _times(clocks: Mapping[ClockName, Clock]) -> tuple[TimeSaid, ...]:
    return tuple(
        TimeSaid(
            CLOCK_NAMES[name],
            _("within %(time)s") % {"time": span_said(clock.within)},
            tuple(step_said(within=clock.within, after=rung.after, names=_told(rung)) for rung in clock.rungs),
        )
        for name, clock in clocks.items()
        if name is not ClockName.WAIT
    )


def _sealed(ruleset: Ruleset) -> Iterator[str]:
    yield step_said(within=None, after=None, names=_roles(ruleset.protection_informed))
    for rung in ruleset.protection_rungs:
        words = {"after": span_said(rung.after), "names": _told(rung)}
        yield (
            _("%(after)s after a deadline: %(names)s") % words
            if rung.after.amount
            else _("When a deadline has passed: %(names)s") % words
        )


def _night(ruleset: Ruleset) -> Iterator[str]:
    hours = ruleset.quiet_hours
    if hours.severities:
        words = {
            "since": f"{hours.starts:%H:%M}",
            "until": f"{hours.ends:%H:%M}",
            "urgencies": names_said(str(row.label) for row in Severity if row in hours.severities),
        }
        yield _("From %(since)s to %(until)s messages about these wait for the morning: %(urgencies)s.") % words
    for severity, instead in ruleset.at_night.items():
        for role, other in instead.items():
            words = {"urgency": str(severity.label), "role": str(role.label), "other": str(other.label)}
            yield _("%(urgency)s, at night: %(other)s is told in place of: %(role)s.") % words


def _told(rung: Rung) -> str:
    return _("the deputies of: %(roles)s") % {"roles": _roles(rung.tell)} if rung.deputies else _roles(rung.tell)


def _roles(roles: Iterable[Role]) -> str:
    return names_said(str(role.label) for role in roles)

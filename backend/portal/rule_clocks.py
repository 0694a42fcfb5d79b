"""The clocks and ladders of a school's rules in words, and what another one would have done. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from backend.portal.reach_rows import span_said
from backend.rulebook.clock_edits import ClockAt
from backend.rulebook.clock_limits import LIMITS, REPEATS, Limit
from backend.rulebook.ruleset import Clock, ClockName, Ruleset, Rung, Severity, Span
from backend.rulebook.words import CLOCK_NAMES
from backend.setup.selectors.clock_trial import ClockTrial

EVERY = "all"
"""Stands in an address for the clocks that hold for every severity."""


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock in words, and where it is changed."""

    severity: str
    clock: ClockName
    name: Promise
    within: str
    steps: tuple[str, ...]
    repeat: str


@dataclass(frozen=True, slots=True)
class ClockGroup:
    """The clocks of one severity, or the upper bounds."""

    severity: Severity | None
    lines: tuple[ClockLine, ...]


def clock_groups(rules: Ruleset) -> list[ClockGroup]:
    """Return every clock that a school may set, in words, by severity; the upper bounds last."""
    groups = []
    for severity in (*Severity, None):
        clocks = rules.bounds if severity is None else rules.clocks[severity]
        lines = tuple(
            clock_line(ClockAt(severity, name), clocks[name])
            for name in ClockName
            if name in clocks and (severity, name) in LIMITS
        )
        groups.append(ClockGroup(severity, lines))
    return groups


def clock_line(at: ClockAt, clock: Clock) -> ClockLine:
    """Return one clock in words."""
    return ClockLine(
        severity=at.severity or EVERY,
        clock=at.clock,
        name=CLOCK_NAMES[at.clock],
        within=_("within %(time)s") % {"time": span_said(clock.within)},
        steps=tuple(step_said(rung) for rung in clock.rungs),
        repeat=_("again every %(time)s until somebody acts") % {"time": _repeat(clock)},
    )


def limits_said(limit: Limit) -> dict[str, str]:
    """Return the bounds of a clock in words: of its time, its repeat, and its ladder."""
    between = _("Between %(least)s and %(most)s.")
    ladder = _("The ladder has to reach: %(role)s, or who stands above. The last step comes after %(time)s at most.")
    return {
        "within": between % {"least": span_said(limit.least), "most": span_said(limit.most)},
        "repeat": between % {"least": span_said(REPEATS[0]), "most": span_said(REPEATS[1])},
        "ladder": ladder % {"role": limit.reaches.label, "time": span_said(limit.latest)},
    }


def trial_said(trial: ClockTrial) -> str:
    """Return how many reports of the period would have escalated, and how many do by the rules as they are."""
    term = trial.period.term
    period = _("“%(term)s”") % {"term": term.name} if term else _("the last half year")
    if not trial.reports:
        return _("In %(period)s there was no report to try it on.") % {"period": period}
    words = ngettext(
        "Of %(count)d report of %(period)s, %(after)d would have escalated; with the rules as they are, %(before)d.",
        "Of %(count)d reports of %(period)s, %(after)d would have escalated; with the rules as they are, %(before)d.",
        trial.reports,
    )
    numbers = {"after": trial.escalated_after, "before": trial.escalated_before}
    return words % {"count": trial.reports, "period": period, **numbers}


def trial_steps(trial: ClockTrial, clock: Clock) -> Iterator[tuple[str, int, int]]:
    """Yield each step of the ladder that is proposed: whom it tells, and how many reports reach it then and now."""
    for number, rung in enumerate(clock.rungs):
        now = trial.before[number] if number < len(trial.before) else 0
        then = trial.after[number] if number < len(trial.after) else 0
        yield step_said(rung), then, now


def step_said(rung: Rung) -> str:
    """Return in words after what time a step of a ladder tells whom."""
    roles = pgettext("between words of a list", ", ").join(str(role.label) for role in rung.tell)
    told = _("the deputies of: %(roles)s") % {"roles": roles} if rung.deputies else roles
    if not rung.after.amount:
        return _("When the time is over: %(roles)s") % {"roles": told}
    return _("%(time)s overdue: %(roles)s") % {"time": span_said(rung.after), "roles": told}


def _repeat(clock: Clock) -> str:
    seconds = int(clock.repeat.total_seconds())
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds % length == 0:
            return span_said(Span(seconds // length, unit, working=False))
    return span_said(Span(seconds, "s", working=False))

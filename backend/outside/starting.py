"""Finding what has to be told outside because of a ticket, and by when. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.deadlines.services import TimerDraft
from backend.outside.models import OutsideDuty
from backend.rulebook.outside_rules import TOLD_BEFORE, OutsideClock, OutsideTell, ReportStep
from backend.rulebook.ruleset import Ruleset
from backend.workflow.models import Ticket

SUBJECT_KIND = CLOCK = "outside"
REPEAT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """One report that is called for: by which clock, to whom."""

    clock: OutsideClock
    tell: OutsideTell
    recipient: str


def due_at_start(rules: Ruleset, ticket: Ticket, answers: Mapping[str, str]) -> Iterator[Due]:
    """Yield the first reports that a ticket calls for as it stands; of an exercise nobody outside is told."""
    if ticket.is_exercise:
        return
    for key in rules.categories[ticket.category].outside_clocks:
        clock = rules.outside_clocks[key]
        for tell in clock.tells:
            if tell.report is ReportStep.FIRST and _starts(tell, ticket, answers):
                yield Due(clock, tell, tell.to)


def _starts(tell: OutsideTell, ticket: Ticket, answers: Mapping[str, str]) -> bool:
    is_unless = any(answers.get(question) == answer for question, answer in tell.unless.items())
    return not is_unless and (not tell.severities or ticket.severity in tell.severities)


def due_after_first(clock: OutsideClock, tell: OutsideTell) -> Iterator[Due]:
    """Yield the reports that follow a first one that was made, to the same recipient."""
    if tell.report is ReportStep.FIRST:
        for later in clock.tells:
            if later.report is ReportStep.FOLLOW_UP and later.to == tell.to:
                yield Due(clock, later, later.to)


def due_at_end(rules: Ruleset, told: Collection[OutsideDuty]) -> Iterator[Due]:
    """Yield the final reports of a ticket that is over, to whoever was told of it.

    A clock that has first reports of its own ends those alone; one that has none ends any.
    """
    for clock in rules.outside_clocks.values():
        has_first = any(tell.report is ReportStep.FIRST for tell in clock.tells)
        recipients = {duty.recipient for duty in told if not has_first or duty.clock == clock.key}
        for tell in clock.tells:
            if tell.report is ReportStep.FINAL and tell.to in recipients:
                yield Due(clock, tell, tell.to)


def due_by_hand(clock: OutsideClock, told: Iterable[OutsideDuty]) -> Iterator[Due]:
    """Yield the reports of a clock that somebody says applies: its first ones, or where it has none, all of them."""
    firsts = [tell for tell in clock.tells if tell.report is ReportStep.FIRST]
    before = sorted({duty.recipient for duty in told})
    for tell in firsts or clock.tells:
        for recipient in before if tell.to == TOLD_BEFORE else [tell.to]:
            yield Due(clock, tell, recipient)


def duty_of(due: Due, *, ticket: Ticket, cause: OutsideDuty.Cause, number: int, now: datetime) -> OutsideDuty:
    """Return the row of a report, whose time runs from now."""
    return OutsideDuty(
        ticket_id=ticket.id,
        school_id=ticket.school_id,
        rulebook_id=ticket.rulebook_id,
        clock=due.clock.key,
        tell=due.tell.key,
        recipient=due.recipient,
        number=number,
        cause=cause,
        started_at=now,
        due_at=now + due.tell.within.length,
    )


def timer_of(duty: OutsideDuty, rules: Ruleset) -> TimerDraft:
    """Return the timer of a report: due at its time, then up the ladder of the rulebook, whose last rung repeats."""
    ladder = tuple(duty.due_at + rung.after.length for rung in rules.outside.rungs)
    return TimerDraft(
        SUBJECT_KIND, duty.ticket_id, CLOCK, ladder or (duty.due_at,), repeat_every=REPEAT, target=str(duty.id)
    )

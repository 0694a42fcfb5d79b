"""The course of an answer to an authority: reminded before its day and on it, and late until somebody has given it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from backend.calendars.working_time import first_instant
from backend.deadlines.services import TimerDraft
from backend.organisation.models import School
from backend.organisation.roles import Role
from backend.rounds.models import OutsideReply
from backend.rulebook.ruleset import Rung
from backend.rulebook.selectors import ruleset_get

SUBJECT_KIND = CLOCK = "reply"
AHEAD, TODAY, FIRST_LATE = 0, 1, 2
"""The rungs of its timer: some days before, on its day, and then each step of the ladder of reports outside."""
DAYS_AHEAD = timedelta(days=3)
MORNING = time(8)
REPEAT = timedelta(days=1)
DAY = timedelta(days=1)
REMINDED = (Role.COORDINATOR, Role.VICE_PRINCIPAL)
IN_THE_END = (Role.PRINCIPAL,)
"""The roles that hear before its day, and of a late one where the rules have no ladder for reports outside."""


def morning_of(school: School, day: date) -> datetime:
    """Return the instant of a day at which somebody is reminded of it."""
    return first_instant(datetime.combine(day, MORNING), ZoneInfo(school.time_zone))


def over_at(school: School, day: date) -> datetime:
    """Return the instant at which the last day of an answer is over."""
    return first_instant(datetime.combine(day + DAY, time.min), ZoneInfo(school.time_zone))


def late_rungs(row: OutsideReply) -> Sequence[Rung]:
    """Return the ladder of what has to be told outside, by the rules that the day was set under."""
    return ruleset_get(row.rulebook_id).outside.rungs if row.rulebook_id else ()


def timer_of(row: OutsideReply, *, now: datetime) -> TimerDraft:
    """Return its timer; a reminder whose time is over comes at once, and the last step repeats daily."""
    first, today = (morning_of(row.school, day) for day in (row.due_on - DAYS_AHEAD, row.due_on))
    late = morning_of(row.school, row.due_on + DAY)
    later = [late + rung.after.length for rung in late_rungs(row)] or [late]
    ladder = tuple(max(at, now) for at in (first, today, *later))
    return TimerDraft(SUBJECT_KIND, row.id, CLOCK, ladder, repeat_every=REPEAT)


def tells_at(row: OutsideReply, rung: int) -> tuple[Sequence[Role], bool]:
    """Return the roles that hear at a rung, and whether their deputies do; past the last rung it is a repeat of it."""
    if rung < FIRST_LATE:
        return REMINDED[: rung + 1], False
    rungs = late_rungs(row)
    if not rungs:
        return IN_THE_END, False
    step = rungs[min(rung - FIRST_LATE, len(rungs) - 1)]
    # To tell the bureau is the school's own to do; the system does not.
    return [role for role in step.tell if role is not Role.BUREAU_OFFICER] or IN_THE_END, step.deputies


def hearing_of(row: OutsideReply) -> set[Role]:
    """Return every role that hears of it at some rung."""
    return {*REMINDED, *IN_THE_END, *(role for rung in late_rungs(row) for role in rung.tell)}

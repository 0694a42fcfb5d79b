"""The window of a plan on a day, as instants. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from backend.calendars.rules import Hours
from backend.calendars.working_time import first_instant
from backend.rulebook.round_rules import RoundPlan, since_midnight

OPENING, REMINDER, FIRST_OF_LADDER = 0, 1, 2
"""The rungs of a round's timer: it opens, it is due, and then each step of the plan's ladder."""


@dataclass(frozen=True, slots=True)
class Window:
    """The instants at which a round opens, is due, and is missed."""

    opens_at: datetime
    due_at: datetime
    late_at: datetime


def window_of(
    *, plan: RoundPlan, day: date, zone: ZoneInfo, later: timedelta = timedelta(0), hours: Sequence[Hours] = ()
) -> Window:
    """Return a plan's window on a day, by the wall clock of a zone; of a turn so much later than the first.

    `hours` are those of the school on that day, which a window around their beginning or end follows. Where the clocks
    go forward over all of it, it is as long as on any other day, from when they have.
    """
    follows = plan.around if plan.follows_hours and hours else None
    first = (follows.opens_on(day, hours) if follows else datetime.combine(day, plan.opens)) + later
    last = first + (since_midnight(plan.due) - since_midnight(plan.opens))
    opens_at, due_at = first_instant(first, zone), first_instant(last, zone)
    if due_at <= opens_at:
        due_at = opens_at + (last - first)
    return Window(opens_at, due_at, due_at + plan.late_after)


def rungs_of(*, plan: RoundPlan, window: Window) -> tuple[datetime, ...]:
    """Return the due times of all that happens to a round by itself, in order: opening, reminder, ladder."""
    return (window.opens_at, window.due_at, *(window.late_at + rung.after.length for rung in plan.rungs))

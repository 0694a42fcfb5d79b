"""The bounds within which a school may set its clocks and ladders; the rulebooks we ship lie within them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName, Severity, Span, span_parse

WORKING_DAY = timedelta(hours=8)
"""The length at which a working day is compared with working hours, before any calendar is known."""
RANKS: Mapping[Role, int] = MappingProxyType(
    {
        Role.HANDLER: 0,
        Role.OFFICE_HEAD: 1,
        Role.DUTY_LEADER: 1,
        Role.COORDINATOR: 1,
        Role.VICE_PRINCIPAL: 2,
        Role.PRINCIPAL: 3,
        Role.BOARD_CHAIR: 4,
        Role.BUREAU_OFFICER: 4,
    }
)
"""The roles that a ladder can tell, with how high each stands."""
MOST_RUNGS = 8
REPEATS = (span_parse("5m"), span_parse("30d"))
"""The shortest and the longest time after which the last step of a ladder is repeated."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The bounds of one clock: the time it allows, when its last step comes, and how high its ladder has to reach.

    A clock whose bounds are working time runs on working time, any other on the calendar.
    """

    least: Span
    most: Span
    latest: Span
    reaches: Role

    @property
    def is_working(self) -> bool:
        """Whether the clock runs on working time."""
        return self.most.working


def _limit(least: str, most: str, latest: str, reaches: Role) -> Limit:
    return Limit(span_parse(least), span_parse(most), span_parse(latest), reaches)


LIMITS: Mapping[tuple[Severity | None, ClockName], Limit] = MappingProxyType(
    {
        (Severity.P1, ClockName.ACKNOWLEDGE): _limit("1m", "15m", "1h", Role.PRINCIPAL),
        (Severity.P1, ClockName.ACT): _limit("1m", "1h", "4h", Role.PRINCIPAL),
        (Severity.P1, ClockName.PROGRESS): _limit("15m", "8h", "24h", Role.VICE_PRINCIPAL),
        (Severity.P1, ClockName.CONTAIN): _limit("15m", "12h", "24h", Role.PRINCIPAL),
        (Severity.P1, ClockName.RESOLVE): _limit("1h", "7d", "3d", Role.PRINCIPAL),
        (Severity.P1, ClockName.VERIFY): _limit("1h", "7d", "3d", Role.PRINCIPAL),
        (Severity.P1, ClockName.SILENCE): _limit("1h", "3d", "3d", Role.VICE_PRINCIPAL),
        (Severity.P2, ClockName.ACKNOWLEDGE): _limit("5m", "2h", "24h", Role.PRINCIPAL),
        (Severity.P2, ClockName.ACT): _limit("15m", "24h", "3d", Role.PRINCIPAL),
        (Severity.P2, ClockName.PROGRESS): _limit("1h", "7d", "7d", Role.VICE_PRINCIPAL),
        (Severity.P2, ClockName.RESOLVE): _limit("4h", "14d", "7d", Role.PRINCIPAL),
        (Severity.P2, ClockName.WAIT): _limit("1dW", "20dW", "20dW", Role.OFFICE_HEAD),
        (Severity.P2, ClockName.VERIFY): _limit("4h", "7d", "7d", Role.PRINCIPAL),
        (Severity.P2, ClockName.SILENCE): _limit("4h", "7d", "7d", Role.VICE_PRINCIPAL),
        (Severity.P3, ClockName.ACKNOWLEDGE): _limit("1hW", "2dW", "10dW", Role.PRINCIPAL),
        (Severity.P3, ClockName.ACT): _limit("1hW", "5dW", "10dW", Role.PRINCIPAL),
        (Severity.P3, ClockName.RESOLVE): _limit("1dW", "20dW", "20dW", Role.PRINCIPAL),
        (Severity.P3, ClockName.WAIT): _limit("1dW", "30dW", "20dW", Role.OFFICE_HEAD),
        (Severity.P3, ClockName.VERIFY): _limit("1hW", "10dW", "10dW", Role.VICE_PRINCIPAL),
        (Severity.P3, ClockName.SILENCE): _limit("1dW", "10dW", "20dW", Role.VICE_PRINCIPAL),
        (Severity.P4, ClockName.ACKNOWLEDGE): _limit("1hW", "5dW", "20dW", Role.VICE_PRINCIPAL),
        (Severity.P4, ClockName.ACT): _limit("1hW", "10dW", "20dW", Role.VICE_PRINCIPAL),
        (Severity.P4, ClockName.RESOLVE): _limit("1dW", "40dW", "30dW", Role.PRINCIPAL),
        (Severity.P4, ClockName.WAIT): _limit("1dW", "40dW", "30dW", Role.OFFICE_HEAD),
        (Severity.P4, ClockName.VERIFY): _limit("1hW", "10dW", "20dW", Role.VICE_PRINCIPAL),
        (Severity.P4, ClockName.SILENCE): _limit("1dW", "20dW", "30dW", Role.VICE_PRINCIPAL),
        (None, ClockName.ANSWER): _limit("1d", "7d", "7d", Role.PRINCIPAL),
        (None, ClockName.RESULT): _limit("7d", "90d", "30d", Role.PRINCIPAL),
    }
)
"""The bounds by severity and clock; None: the upper bounds, which hold for every severity."""


def rough(span: Span) -> timedelta:
    """Return a span as a length to compare with others of its kind: working time with working time."""
    return span.amount * WORKING_DAY if span.working and span.unit == "d" else span.length


def is_within(span: Span, *, least: Span, most: Span) -> bool:
    """Say whether a span lies between two others, and is measured like them."""
    return span.working == most.working and rough(least) <= rough(span) <= rough(most)

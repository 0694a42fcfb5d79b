"""The conditions under which a counted ticket is one of those behind a number. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class What(StrEnum):
    """The numbers that open the list of their tickets."""

    FILED = "filed"
    INCIDENTS = "incidents"
    HAZARDS = "hazards"
    NEAR_MISSES = "near_misses"
    EARLY = "early"
    """Near misses and hazards: what was seen before it did harm."""
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    REOPENED = "reopened"
    REPEATS = "repeats"
    OPEN = "open"
    WAITING = "waiting"
    DECLINED = "declined"


CONDITIONS: Mapping[What, str] = {
    What.FILED: "true",
    What.INCIDENTS: "kind = %(incident)s",
    What.HAZARDS: "kind = %(hazard)s",
    What.NEAR_MISSES: "kind = %(near_miss)s",
    What.EARLY: "kind = ANY(ARRAY[%(hazard)s, %(near_miss)s])",
    What.OVERDUE: "missed_at IS NOT NULL",
    What.ESCALATED: "level >= 1",
    What.REOPENED: "reopenings > 0",
    What.REPEATS: "is_repeat",
    What.OPEN: "state <> ALL(%(over)s)",
    What.WAITING: "state = %(waiting)s",
    What.DECLINED: "state = %(declined)s",
}
"""Each as the statements of the figures say it."""

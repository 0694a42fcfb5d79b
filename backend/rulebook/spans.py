"""Lengths of time as a rulebook writes them. Pure."""

import re
from dataclasses import dataclass
from datetime import timedelta

CALENDAR_DURATION_PATTERN = r"^\d{1,4}[smhd]$"
DURATION_PATTERN = r"^\d{1,4}([smhd]|[hd]W)$"
UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}


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

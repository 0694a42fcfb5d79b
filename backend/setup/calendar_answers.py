"""The calendar of a school from the few answers that setting it up asks for. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any

DAY = timedelta(days=1)
CHINA = "CN"
ORDINALS = (("一", "first"), ("二", "second"), ("三", "third"))


@dataclass(frozen=True, slots=True)
class CalendarAnswers:
    """The working time of a school: terms, hours of weekdays, closed days, and the hours of duty in holidays."""

    country: str
    terms: Sequence[tuple[date, date]]
    weekdays: Sequence[int]
    hours: Sequence[tuple[time, time]]
    duty_hours: tuple[time, time] | None
    closed: Mapping[date, str]


def calendar_content(answers: CalendarAnswers, *, today: date) -> dict[str, Any]:
    """Return the content of a calendar file; China's holidays are published from their own table afterwards."""
    first, last = answers.terms[0][0], answers.terms[-1][1]
    years = f"{first.year}" if first.year == last.year else f"{first.year}–{last.year}"
    known_until = today.year - 1 if answers.country == CHINA else last.year
    return {
        "name": {"zh": f"{years}学年校历", "en": f"School calendar {years}"},
        "published_until": f"{known_until}-12-31",
        "hours": [_hours(answers.weekdays, opens, closes) for opens, closes in answers.hours],
        "terms": [_term(number, span, years) for number, span in enumerate(answers.terms)],
        "periods": [_period(answers, end, start) for (_, end), (start, _) in pairwise(answers.terms)],
        "days": [{"first": f"{day}", "note": note} for day, note in sorted(answers.closed.items())],
    }


def holidays_between(terms: Sequence[tuple[date, date]]) -> bool:
    """Say whether there are days between each term and the next, so that each gap is a holiday of its own."""
    return all(start - end > DAY for (_, end), (start, _) in pairwise(terms))


def _term(number: int, span: tuple[date, date], years: str) -> dict[str, Any]:
    zh, en = ORDINALS[number]
    name = {"zh": f"{years}学年第{zh}学期", "en": f"{years}, {en} term"}
    return {"name": name, "first": f"{span[0]}", "last": f"{span[1]}"}


def _period(answers: CalendarAnswers, end: date, start: date) -> dict[str, Any]:
    hours = [] if answers.duty_hours is None else [_hours(range(5), *answers.duty_hours)]
    return {"first": f"{end + DAY}", "last": f"{start - DAY}", "note": "假期值班", "hours": hours}


def _hours(weekdays: Sequence[int], opens: time, closes: time) -> dict[str, Any]:
    return {"weekdays": list(weekdays), "opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}

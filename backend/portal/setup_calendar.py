"""Shapes of what the calendar's page of setting a school up sends: terms, bell times, and holidays to leave out."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.calendars.forms import ClosingTime
from backend.calendars.models import WITHIN_REACH
from backend.setup.calendar_answers import CHINA, CalendarAnswers, holidays_between

COUNTRIES: dict[str, Promise] = {
    CHINA: _("China"),
    "HK": _("Hong Kong"),
    "SG": _("Singapore"),
    "MY": _("Malaysia"),
    "TH": _("Thailand"),
    "VN": _("Vietnam"),
    "JP": _("Japan"),
    "KR": _("Korea"),
    "IN": _("India"),
    "AE": _("United Arab Emirates"),
    "GB": _("United Kingdom"),
    "IE": _("Ireland"),
    "DE": _("Germany"),
    "FR": _("France"),
    "US": _("United States"),
    "CA": _("Canada"),
    "AU": _("Australia"),
}
MOST_TERMS = 3
TERM = dict.fromkeys(("invalid", "required", "min_value", "max_value"), _("Please give a day like 2026-09-01."))
CLOCK = {"invalid": _("Please give a time like 08:00."), "required": _("Please give a time like 08:00.")}


def first_answers(*, today: date, country: str) -> dict[str, Any]:
    """Return what most schools of a country answer, to be corrected: the school year that runs or comes next."""
    year = today.year if today.month >= 6 else today.year - 1  # noqa: PLR2004
    return {
        "country": country,
        "first_1": f"{year}-09-01",
        "last_1": f"{year + 1}-01-22",
        "first_2": f"{year + 1}-02-22",
        "last_2": f"{year + 1}-07-02",
        "weekdays": ["0", "1", "2", "3", "4"],
        "opens_1": "08:00",
        "closes_1": "12:00",
        "opens_2": "13:30",
        "closes_2": "17:30",
        "duty_opens": "09:00",
        "duty_closes": "11:00",
    }


class CalendarForm(forms.Form):
    """The school year in a dozen answers."""

    country = forms.ChoiceField(label=_("Country"), choices=tuple(COUNTRIES.items()))
    first_1 = forms.DateField(label=_("First term: first day"), validators=WITHIN_REACH, error_messages=TERM)
    last_1 = forms.DateField(label=_("First term: last day"), validators=WITHIN_REACH, error_messages=TERM)
    first_2 = forms.DateField(
        label=_("Second term: first day"), validators=WITHIN_REACH, error_messages=TERM, required=False
    )
    last_2 = forms.DateField(
        label=_("Second term: last day"), validators=WITHIN_REACH, error_messages=TERM, required=False
    )
    first_3 = forms.DateField(
        label=_("Third term: first day"), validators=WITHIN_REACH, error_messages=TERM, required=False
    )
    last_3 = forms.DateField(
        label=_("Third term: last day"), validators=WITHIN_REACH, error_messages=TERM, required=False
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("School days"),
        choices=tuple(WEEKDAYS.items()),
        coerce=int,
        error_messages={"required": _("Please choose the school days.")},
    )
    opens_1 = forms.TimeField(label=_("The morning begins"), error_messages=CLOCK)
    closes_1 = ClosingTime(label=_("The morning ends"), error_messages=CLOCK)
    opens_2 = forms.TimeField(label=_("The afternoon begins"), error_messages=CLOCK, required=False)
    closes_2 = ClosingTime(label=_("The afternoon ends"), error_messages=CLOCK, required=False)
    duty_opens = forms.TimeField(label=_("Duty begins"), error_messages=CLOCK, required=False)
    duty_closes = ClosingTime(label=_("Duty ends"), error_messages=CLOCK, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse what would be no school year: ends before beginnings, and terms that meet."""
        values = super().clean() or {}
        pairs = [(f"first_{n}", f"last_{n}") for n in (1, 2, 3)]
        hours = [("opens_1", "closes_1"), ("opens_2", "closes_2"), ("duty_opens", "duty_closes")]
        for begins, ends in (*pairs, *hours):
            self._require_order(values, begins, ends)
        if values.get("opens_2") and "closes_1" in values and values["opens_2"] < _end(values["closes_1"]):
            self.add_error("opens_2", _("The afternoon begins after the morning ends."))
        if not self.errors and not holidays_between(self._spans("first", "last")):
            self.add_error("first_2", _("Each term begins after the one before it, with free days between them."))
        return values

    def _require_order(self, values: Mapping[str, Any], begins: str, ends: str) -> None:
        first, last = values.get(begins), values.get(ends)
        if begins in self.errors or ends in self.errors or (first is None and last is None):
            return
        if first is None or last is None or _end(last) <= first:
            self.add_error(ends, _("The end must be after the beginning."))

    def _spans(self, begins: str, ends: str) -> list[tuple[Any, Any]]:
        values = self.cleaned_data
        pairs = [(values.get(f"{begins}_{n}"), values.get(f"{ends}_{n}")) for n in range(1, MOST_TERMS + 1)]
        return [(first, last) for first, last in pairs if first is not None and last is not None]

    def years(self) -> list[int]:
        """Return the years that the terms touch."""
        spans = self._spans("first", "last")
        return sorted({day.year for span in spans for day in span})

    def answers(self, closed: Mapping[date, str]) -> CalendarAnswers:
        """Return the answers, with the days on which the school is closed."""
        values = self.cleaned_data
        duty = (values["duty_opens"], values["duty_closes"]) if values["duty_opens"] is not None else None
        return CalendarAnswers(
            country=values["country"],
            terms=self._spans("first", "last"),
            weekdays=values["weekdays"],
            hours=self._spans("opens", "closes"),
            duty_hours=duty,
            closed=closed,
        )


def _end(last: Any) -> Any:
    """Return the last of a span as it is compared: midnight as an end is that of the day after."""
    return time.max if last == time.min else last

"""Shapes of what the pages send; a refused form keeps what was typed."""

import secrets
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _

from backend.common.moments import instant_of, is_twice
from backend.common.named import localised
from backend.incidents.services import Caller
from backend.organisation.models import Person, Place
from backend.portal.placetree import PlaceGroup, place_groups
from backend.rulebook.ruleset import Category, Confidentiality, Kind
from backend.workflow.errors import UnknownCategory, UnknownPerson, UnknownPlace
from backend.workflow.models import ReporterMode
from backend.workflow.services import TicketDraft

KIND_WORDS: dict[Kind, Promise] = {
    Kind.INCIDENT: _("Something has happened"),
    Kind.HAZARD: _("Something is unsafe or broken"),
    Kind.NEAR_MISS: _("It nearly went wrong"),
}
WHO_SEES: dict[Confidentiality, str | Promise] = {
    Confidentiality.K0: "",
    Confidentiality.K1: _("Seen only by those who handle it"),
    Confidentiality.K2: _("Confidential: seen only by student protection and the principal"),
}
NAMED_TO: dict[str, Promise] = {
    "": _("As usual: those who handle it see my name, except in confidential matters"),
    ReporterMode.NAMED: _("Those who handle it may see my name; in a confidential matter once it is opened to them"),
    ReporterMode.CONFIDENTIAL: _("Nobody who handles it is told my name, whatever becomes of it"),
}
"""The choices of a reporter: to whom they give their name."""
MOST_CONCERNED = 20
LONGEST_CALLER = 80
LONGEST_CONTACT = 120
TOO_LONG = {"max_length": _("This is longer than %(limit_value)d characters. Please shorten it.")}


def token_new() -> str:
    """Return the token of a new form, by which a form sent twice is recognised."""
    return secrets.token_urlsafe(16)


class CleanText(forms.CharField):
    """Text of several lines; invisible control characters, which pasting brings along, are left out."""

    def to_python(self, value: str | None) -> str:
        """Normalise line ends first, so that they count once."""
        text = (value or "").replace("\r\n", "\n").replace("\r", "\n")
        kept = [letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cs"}]
        return "".join(kept).strip()


class CleanLine(CleanText):
    """Text of one line; whatever would break it becomes a space."""

    def to_python(self, value: str | None) -> str:
        """Join the words with single spaces."""
        return " ".join(super().to_python(value).split())


class LocalTime(forms.DateTimeField):
    """A day and a time of day as a phone's picker gives them, in the school's time zone.

    Of an hour that comes twice the later one counts that has begun (`now`).
    """

    widget = forms.DateTimeInput
    now: datetime

    def to_python(self, value: Any) -> datetime | None:
        """Return the instant; a year at the edge of the calendar has none and is refused."""
        try:
            return super().to_python(value)
        except OverflowError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        except ValidationError as error:
            wall = parse_datetime(str(value).strip()) if error.code == "ambiguous_timezone" else None
            zone = get_current_timezone()
            if wall is None or not is_twice(wall.replace(tzinfo=zone)):
                raise
            return instant_of(wall=wall, zone=zone, now=self.now)


class SignInForm(forms.Form):
    """A user name and a password."""

    username = forms.CharField(max_length=80, error_messages={"required": _("Please enter your user name.")})
    password = forms.CharField(
        max_length=200, strip=False, error_messages={"required": _("Please enter your password.")}
    )


@dataclass(frozen=True, slots=True)
class Tile:
    """A category to tap."""

    code: str
    name: str
    who_sees: str | Promise
    note: str


class ReportForm(forms.Form):
    """The form to file a report."""

    category = forms.ChoiceField(
        error_messages={"required": _("Please choose what it is about."), "invalid_choice": UnknownCategory.title}
    )
    place = forms.ChoiceField(required=False, error_messages={"invalid_choice": UnknownPlace.title})
    occurred_at = LocalTime(
        error_messages={
            "required": _("Please give the day and the time."),
            "invalid": _("Please give the day and the time, for example 2026-09-01 08:30."),
        }
    )
    description = CleanText(
        max_length=8000,
        error_messages={"required": _("Please write what happened; one sentence is enough."), **TOO_LONG},
    )
    persons_concerned = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": UnknownPerson.title}
    )
    reporter_mode = forms.ChoiceField(
        required=False,
        choices=[(mode, mode) for mode in NAMED_TO],
        error_messages={"invalid_choice": _("Please choose one.")},
    )
    caller_name = CleanLine(required=False, max_length=LONGEST_CALLER, error_messages=TOO_LONG)
    caller_contact = CleanLine(required=False, max_length=LONGEST_CONTACT, error_messages=TOO_LONG)
    exercise = forms.BooleanField(required=False)
    token = forms.CharField(max_length=64)

    def __init__(
        self,
        data: object = None,
        *,
        categories: Sequence[Category],
        places: Sequence[Place],
        people: Sequence[Person],
        now: datetime,
        files_exercises: bool = False,
        initial: dict[str, object] | None = None,
    ) -> None:
        """Take the categories, places and people of the reader's school as choices."""
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        self.categories = categories
        self.places = places
        self.people = people
        self.files_exercises = files_exercises
        when = self.fields["occurred_at"]
        if isinstance(when, LocalTime):
            when.now = now
        self.choices_of("category", [category.code for category in categories])
        self.choices_of("place", [str(place.id) for place in places])
        self.choices_of("persons_concerned", [str(person.id) for person in people])

    def choices_of(self, name: str, values: Sequence[str]) -> None:
        """Let a field take these values."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(value, value) for value in values]

    def clean_persons_concerned(self) -> list[str]:
        """Refuse more people than a report can name."""
        chosen: list[str] = self.cleaned_data["persons_concerned"]
        if len(chosen) > MOST_CONCERNED:
            raise ValidationError(_("Please choose at most %(count)d people.") % {"count": MOST_CONCERNED})
        return chosen

    def clean_caller_contact(self) -> str:
        """Ask for a name where only a way to reach somebody was given."""
        contact: str = self.cleaned_data["caller_contact"]
        if contact and not self.cleaned_data.get("caller_name", ""):
            self.add_error("caller_name", _("Please give the name too."))
        return contact

    def tiles(self) -> Iterator[tuple[str | Promise, list[Tile]]]:
        """Yield the categories as tiles, grouped by what sort of thing they are, in the order of the rulebook."""
        order = list(KIND_WORDS)
        for kind, categories in groupby(sorted(self.categories, key=lambda c: order.index(c.kind)), lambda c: c.kind):
            yield (
                KIND_WORDS[kind],
                [
                    Tile(c.code, localised(c, "name"), WHO_SEES[c.confidentiality], localised(c, "note"))
                    for c in categories
                ],
            )

    def named_to(self) -> list[tuple[str, Promise]]:
        """Return to whom the reporter can give their name."""
        return list(NAMED_TO.items())

    def place_groups(self) -> list[PlaceGroup]:
        """Return the places as a select shows them."""
        return place_groups(self.places)

    def draft(self) -> TicketDraft:
        """Return the checked values."""
        values = self.cleaned_data
        return TicketDraft(
            category=values["category"],
            place_id=UUID(values["place"]) if values["place"] else None,
            occurred_at=values["occurred_at"],
            description=values["description"],
            persons_concerned=frozenset(UUID(person) for person in values["persons_concerned"]),
            is_exercise=values["exercise"],
            reporter_mode=ReporterMode(values["reporter_mode"]) if values["reporter_mode"] else None,
        )

    def caller(self) -> Caller:
        """Return on whose behalf it is filed."""
        return Caller(name=self.cleaned_data["caller_name"], contact=self.cleaned_data["caller_contact"])


class AmendmentForm(forms.Form):
    """The form to add to one's own report."""

    text = CleanText(
        max_length=8000, error_messages={"required": _("Please write what you would like to add."), **TOO_LONG}
    )
    token = forms.CharField(max_length=64)


class WithdrawalForm(forms.Form):
    """The form to withdraw one's own report, with a reason if one wants."""

    text = CleanText(required=False, max_length=4000, error_messages=TOO_LONG)
    token = forms.CharField(max_length=64)

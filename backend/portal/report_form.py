"""The form to file a report, with its categories in groups and its places as a tree."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.common.named import localised
from backend.incidents.services import Caller
from backend.organisation.models import Person, Place
from backend.portal.forms import TOO_LONG, CleanLine, CleanText, LocalTime
from backend.portal.placetree import PlaceGroup, place_groups
from backend.rulebook.ruleset import Category, Confidentiality
from backend.rulebook.short_questions import ShortQuestion
from backend.rulebook.wording import Group
from backend.workflow.earlier import earlier_read
from backend.workflow.errors import UnknownCategory, UnknownPerson, UnknownPlace
from backend.workflow.models import ReporterMode
from backend.workflow.services import TicketDraft

WHO_SEES: dict[Confidentiality, str | Promise] = {
    Confidentiality.K0: "",
    Confidentiality.K1: _("Seen only by those who handle it"),
    Confidentiality.K2: _("Confidential: seen only by student protection and the principal"),
}
NAMED_TO: dict[str, tuple[Promise, Promise]] = {
    "": (_("As usual"), _("Those who handle it see my name; in confidential matters nobody is told it.")),
    ReporterMode.NAMED: (
        _("With my name"),
        _("Those who handle it may see my name; in a confidential matter once it is opened to them."),
    ),
    ReporterMode.CONFIDENTIAL: (
        _("Keep my name confidential"),
        _("Nobody who handles it is told my name, whatever becomes of it."),
    ),
}
"""The choices of a reporter: to whom they give their name, and who then sees what."""
MOST_CONCERNED = 20
LONGEST_CALLER = 80
LONGEST_CONTACT = 120
NOTHING_SENT: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Asked:
    """A short question with the name of its field, its answers, and the one that is chosen."""

    field: str
    question: ShortQuestion
    chosen: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A category to tap, with the short questions that go with it."""

    code: str
    name: str
    who_sees: str | Promise
    note: str
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class TileGroup:
    """A group of categories; `is_open` where the chosen one is in it."""

    group: Group
    tiles: tuple[Tile, ...]
    is_open: bool


def tile_of(category: Category, sent: Mapping[str, Any] = NOTHING_SENT) -> Tile:
    """Return a category as a tile in the reader's language, with what is chosen of its answers."""
    named = ((answer_field(category, question), question) for question in category.questions)
    return Tile(
        code=category.code,
        name=localised(category, "name"),
        who_sees=WHO_SEES[category.confidentiality],
        note=localised(category, "note"),
        asked=tuple(Asked(field, question, str(sent.get(field, ""))) for field, question in named),
    )


def answer_field(category: Category, question: ShortQuestion) -> str:
    """Return the name of the field of a question; categories may share its key."""
    return f"answer-{category.code}-{question.key}"


def found_by(category: Category) -> list[str]:
    """Return the words of both languages by which a category is found."""
    wordings = (category.synonyms, category.examples)
    return [category.name_zh, category.name_en, *(word for words in wordings for word in (*words.zh, *words.en))]


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
    earlier = forms.CharField(required=False, max_length=60)
    token = forms.CharField(max_length=64)
    found = forms.CharField(required=False, max_length=100)

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

    def tile_groups(self) -> list[TileGroup]:
        """Return the categories as tiles in their groups, each group in the order of the rulebook."""
        inside: dict[Group, list[Category]] = defaultdict(list)
        for category in self.categories:
            inside[category.group].append(category)
        chosen = self["category"].value()
        sent = self.data or self.initial
        return [
            TileGroup(
                group=group,
                tiles=tuple(tile_of(category, sent) for category in inside[group]),
                is_open=any(category.code == chosen for category in inside[group]),
            )
            for group in Group
            if inside[group]
        ]

    def named_to(self) -> list[tuple[str, Promise, Promise]]:
        """Return to whom the reporter can give their name."""
        return [(mode, title, words) for mode, (title, words) in NAMED_TO.items()]

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
            answers=self.answers(),
            earlier=earlier_read(values["earlier"]),
        )

    def answers(self) -> dict[str, str]:
        """Return what was answered to the questions of the chosen category.

        An answer that the rules do not know, as in an old draft, is left out: nobody has to answer at all.
        """
        chosen = (category for category in self.categories if category.code == self.cleaned_data["category"])
        given = (
            (question, str(self.data.get(answer_field(category, question), "")))
            for category in chosen
            for question in category.questions
        )
        return {question.key: answer for question, answer in given if question.choice(answer)}

    def caller(self) -> Caller:
        """Return on whose behalf it is filed."""
        return Caller(name=self.cleaned_data["caller_name"], contact=self.cleaned_data["caller_contact"])

"""The parameters of the list of tickets; every filter narrows what the reader may know of, none widens it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet, MultipleChoiceFilter, UUIDFilter
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.filtering import LOOK_BACK, FlagFilter, InstantField, InstantFilter
from backend.common.ids import ReferenceWrong, reference_parse
from backend.common.pagination import CursorPagination
from backend.common.sql.statements import AlternativesQuerySet
from backend.organisation.actors import Actor
from backend.rulebook.ruleset import Kind, Severity
from backend.rulebook.selectors import category_is_known
from backend.workflow.errors import UnknownCategory, UnknownOffice, UnknownPlace, WordsTooShort
from backend.workflow.meant import offices_meant, places_within
from backend.workflow.models import NEVER_DUE, Ticket
from backend.workflow.search import LONGEST, is_searchable, tickets_found, with_reference
from backend.workflow.states import State

ORDERINGS: Mapping[str, tuple[str, ...]] = {
    "next_due_at": ("next_due_at", "id"),
    "-filed_at": ("-filed_at", "id"),
    "updated_at": ("updated_at", "id"),
}
FIRST_ORDERING = "next_due_at"
FOUND_ORDERING = "-filed_at"
ME = {"type": "string", "enum": ["me"]}


def ordering_of(parameters: Mapping[str, str]) -> tuple[str, ...]:
    """Return the order the list is asked for in: what is sought newest first, what changed in the order it did."""
    first = FOUND_ORDERING if "q" in parameters else FIRST_ORDERING
    given = "updated_at" if "updated_since" in parameters else parameters.get("ordering", first)
    return ORDERINGS.get(given, ORDERINGS[FIRST_ORDERING])


def following_since(parameters: Mapping[str, str]) -> datetime | None:
    """Return since when changes are followed, where this is the first page of such a list; the minute before counts."""
    if "updated_since" not in parameters or CursorPagination.cursor_param in parameters:
        return None
    since: datetime = InstantField().to_python(parameters["updated_since"])
    return since - LOOK_BACK


class OfficeFilters(FilterSet):  # type: ignore[misc]
    """The parameters that every list of tickets has: whose they are, of what category and how serious, and where."""

    office = CharFilter(method="of_office", max_length=40, label="The owning office, by id or code.")
    severity = MultipleChoiceFilter(choices=Severity.choices, distinct=False)
    category = CharFilter(method="of_category", max_length=3, label="A category's code.")
    place = UUIDFilter(method="within_place", label="A place, with everything in it.")

    class Meta:
        model = Ticket
        fields: list[str] = []

    def __init__(self, *args: Any, actor: Actor | None = None, **kwargs: Any) -> None:
        """Take the reader, or else the one of the view of the API that filters."""
        super().__init__(*args, **kwargs)
        self._actor = actor

    @property
    def actor(self) -> Actor:
        """The reader."""
        actor: Actor = self._actor or self.request.parser_context["view"].actor
        return actor

    def of_office(self, tickets: QuerySet[Ticket], _name: str, office: str) -> QuerySet[Ticket]:
        """Keep what an office owns; raise UnknownOffice."""
        units = offices_meant(actor=self.actor, office=office)
        if not units:
            raise UnknownOffice(pointer="/office")
        return tickets.filter(owner__in=units)

    def of_category(self, tickets: QuerySet[Ticket], _name: str, category: str) -> QuerySet[Ticket]:
        """Keep what is of a category; raise UnknownCategory for one that no rules have or had."""
        if not category_is_known(actor=self.actor, category=category):
            raise UnknownCategory(pointer="/category")
        return tickets.filter(category=category)

    def within_place(self, tickets: QuerySet[Ticket], _name: str, place_id: UUID) -> QuerySet[Ticket]:
        """Keep what is about a place or anything in it; raise UnknownPlace."""
        places = places_within(actor=self.actor, place_id=place_id)
        if not places:
            raise UnknownPlace(pointer="/place")
        return tickets.filter(place__in=places)


class TicketFilters(OfficeFilters):
    """The parameters of the list."""

    state = MultipleChoiceFilter(choices=State.choices, distinct=False)
    kind = ChoiceFilter(choices=Kind.choices)
    due_after = InstantFilter(method="due_from", label="Due at this instant or later.")
    due_before = InstantFilter(field_name="next_due_at", lookup_expr="lt", label="Due before this instant.")
    overdue = FlagFilter(method="that_is_late", label="Whether a running clock is past its due time.")
    exercise = FlagFilter(field_name="is_exercise", label="Only exercises, or none.")
    assignee = extend_schema_field(ME)(
        ChoiceFilter(choices=[("me", "me")], method="of_mine", label="Only what is in the reader's own hands.")
    )
    updated_since = InstantFilter(
        method="changed_since",
        label=(
            "What changed at this instant or later, ordered by `updated_at`. To follow changes, send the last "
            "`updated_at` seen: the minute before it is answered again, so that nothing is missed; tell repeats by "
            "`id` and `updated_at`."
        ),
    )
    reference = CharFilter(method="by_reference", max_length=40, label="A reference, however it was typed.")
    q = CharFilter(
        method="with_words",
        max_length=LONGEST,
        label=(
            "Words, or a reference. Every word of two characters or more has to stand in the text or in a name: of "
            "place, office or category (its synonyms too, in both languages), and in class K0 of the reporter who "
            "gave theirs openly, of the assignee or of the office's head. The newest first, unless asked otherwise."
        ),
    )
    ordering = ChoiceFilter(choices=[(name, name) for name in ORDERINGS], method="in_order")

    def due_from(self, tickets: QuerySet[Ticket], _name: str, instant: Any) -> QuerySet[Ticket]:
        """Keep what is due from an instant on; where no clock runs nothing is due."""
        return tickets.filter(next_due_at__gte=instant, next_due_at__lt=NEVER_DUE)

    def that_is_late(self, tickets: QuerySet[Ticket], _name: str, late: bool) -> QuerySet[Ticket]:
        """Keep what is overdue, or what is not."""
        return tickets.filter(next_due_at__lt=Now()) if late else tickets.filter(next_due_at__gte=Now())

    def of_mine(self, tickets: QuerySet[Ticket], _name: str, _me: str) -> QuerySet[Ticket]:
        """Keep what is assigned to the reader."""
        return tickets.filter(assignee=self.actor.person_id)

    def changed_since(self, tickets: QuerySet[Ticket], _name: str, instant: Any) -> QuerySet[Ticket]:
        """Keep what changed since an instant, and in the minute before; raise ValidationError for another order."""
        if self.form.cleaned_data["ordering"] not in {"", "updated_at"}:
            error = _("With updated_since the order is by updated_at.")
            raise serializers.ValidationError({"ordering": [serializers.ErrorDetail(str(error), code="invalid")]})
        return tickets.filter(updated_at__gte=instant - LOOK_BACK)

    def by_reference(self, tickets: QuerySet[Ticket], _name: str, text: str) -> QuerySet[Ticket]:
        """Keep the ticket with a reference, and where it was merged the one it went into; raise ReferenceWrong."""
        try:
            return with_reference(tickets=tickets, reference=reference_parse(text))
        except ReferenceWrong as error:
            raise ReferenceWrong(pointer="/reference") from error

    def with_words(self, tickets: AlternativesQuerySet[Ticket], _name: str, words: str) -> QuerySet[Ticket]:
        """Keep what has every word; raise WordsTooShort where there is nothing to look for."""
        if not is_searchable(words):
            raise WordsTooShort(pointer="/q")
        return tickets_found(actor=self.actor, tickets=tickets, words=words)

    def in_order(self, tickets: QuerySet[Ticket], _name: str, _ordering: str) -> QuerySet[Ticket]:
        """Leave the order to the pages, which need it."""
        return tickets


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Tickets that filters keep, the filters that were applied, and those left out because they mean nothing (now)."""

    tickets: AlternativesQuerySet[Ticket]
    applied: Mapping[str, Sequence[str]]
    left_out: Sequence[str]


def tickets_narrowed(
    *, actor: Actor, tickets: AlternativesQuerySet[Ticket], asked: Mapping[str, Sequence[str]]
) -> Narrowed:
    """Return those of the tickets that the list's filters keep, as a page asks for them.

    An address that somebody kept may name an office or a place that is gone: such a filter is left out, and said so.
    """
    applied, left_out = {name: list(values) for name, values in asked.items()}, list[str]()
    while True:
        filters = TicketFilters(MultiValueDict(applied), tickets, actor=actor)
        wrong = list(filters.errors)
        try:
            if not wrong:
                return Narrowed(filters.qs, applied, left_out)
        except (UnknownCategory, UnknownOffice, UnknownPlace) as error:
            wrong = [str(error.pointer).removeprefix("/")]
        left_out += wrong
        applied = {name: values for name, values in applied.items() if name not in wrong}

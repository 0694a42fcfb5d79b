"""The filters of the list of tickets on its page: those of the API by the same names, and `due_until`, a day."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import and_
from urllib.parse import urlencode
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.common.moments import day_in_words
from backend.common.sql.statements import AlternativesQuerySet
from backend.organisation.actors import Actor
from backend.organisation.models import Unit
from backend.organisation.selectors import units_visible
from backend.portal.cards import is_chinese
from backend.portal.placetree import place_groups
from backend.portal.selectors import places_for_report
from backend.portal.step_options import Choice
from backend.rulebook.ruleset import Severity
from backend.rulebook.selectors import categories_of
from backend.workflow.filters import Narrowed, tickets_narrowed
from backend.workflow.meant import place_tree
from backend.workflow.models import Ticket
from backend.workflow.states import State

Groups = Mapping[str, Sequence[Choice]]
"""The choices of a field by the headings over them; those without one stand under the empty word."""

DUE_UNTIL, DUE_BEFORE = "due_until", "due_before"
MANY = frozenset({"severity", "state"})
"""The filters that take several values."""
LABELS: Mapping[str, str | Promise] = {
    "office": pgettext_lazy("of a school", "Office"),
    "category": _("Category"),
    "place": _("Place"),
    DUE_UNTIL: _("Due until"),
    "severity": _("How serious"),
    "state": _("Where it stands"),
}
"""The words before each filter, in the order in which they stand in the form."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the part of an address that holds the others."""

    label: str | Promise
    words: str
    others: str


@dataclass(frozen=True, slots=True)
class FilterField:
    """A filter as a field of the form."""

    name: str
    label: str | Promise
    chosen: Sequence[str]
    groups: Groups

    @property
    def is_many(self) -> bool:
        """Whether several values can be ticked."""
        return self.name in MANY


@dataclass(frozen=True, slots=True)
class FilterBar:
    """The filters in force, the words for those left out, and the form's fields, which are read only to be shown."""

    applied_values: Mapping[str, Sequence[str]]
    chips: Sequence[Chip]
    left_out: Sequence[str]
    fields: Sequence[FilterField]

    @property
    def applied(self) -> str:
        """The filters in force as part of an address."""
        return urlencode(self.applied_values, doseq=True)


def filters_asked(query: QueryDict) -> dict[str, list[str]]:
    """Return the values of the filters that an address names."""
    given = {name: list(dict.fromkeys(filter(None, query.getlist(name)))) for name in LABELS}
    return {name: values if name in MANY else values[:1] for name, values in given.items() if values}


def tickets_filtered(*, actor: Actor, tickets: AlternativesQuerySet[Ticket], query: QueryDict) -> Narrowed:
    """Return those of the tickets that the filters of an address keep; a day is that of the reader's time zone."""
    asked = filters_asked(query)
    as_in_list = {name: values for name, values in asked.items() if name != DUE_UNTIL}
    if DUE_UNTIL in asked:
        as_in_list[DUE_BEFORE] = [_end_of(asked[DUE_UNTIL][0])]
    narrowed = tickets_narrowed(actor=actor, tickets=tickets, asked=as_in_list)
    left_out = [DUE_UNTIL if name == DUE_BEFORE else name for name in narrowed.left_out]
    return replace(narrowed, applied={n: v for n, v in asked.items() if n not in left_out}, left_out=left_out)


def condition_of(*, actor: Actor, filters: Mapping[str, Sequence[str]]) -> Q:
    """Return what holds for the tickets that filters keep which were checked when they were saved; asks nothing."""
    conditions: Mapping[str, Callable[[Sequence[str]], Q]] = {
        "office": lambda given: Q(owner=given[0]) if _is_id(given[0]) else Q(owner__code=given[0]),
        "category": lambda given: Q(category=given[0]),
        "place": lambda given: Q(place_id__in=place_tree(actor=actor, place_id=UUID(given[0]))),
        DUE_UNTIL: lambda given: Q(next_due_at__lt=_end_of(given[0])),
        "severity": lambda given: Q(severity__in=given),
        "state": lambda given: Q(state__in=given),
    }
    return reduce(and_, (conditions[name](given) for name, given in filters.items()), Q(pk__isnull=False))


def filter_bar(*, actor: Actor, narrowed: Narrowed, is_open: bool) -> FilterBar:
    """Return the filters in force with their names, and where the form is open its fields with every choice."""
    applied = narrowed.applied
    offers = {name: offer() for name, offer in offers_of(actor).items() if is_open or name in applied}
    fields = [FilterField(name, label, applied.get(name, ()), offers.get(name, {})) for name, label in LABELS.items()]
    return FilterBar(
        applied_values=applied,
        chips=[
            Chip(field.label, _words(field, value), _others(applied, field.name, value))
            for field in fields
            for value in field.chosen
        ],
        left_out=[str(LABELS[name]) for name in narrowed.left_out],
        fields=[field for field in fields if field.groups or field.name == DUE_UNTIL] if is_open else (),
    )


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _end_of(day: str) -> str:
    """Return the instant at which a day ends; what is no day stays as it is, and the list refuses it."""
    try:
        after = date.fromisoformat(day) + timedelta(days=1)
    except (ValueError, OverflowError):
        return day
    return datetime.combine(after, time(), get_current_timezone()).isoformat()


def _words(field: FilterField, value: str) -> str:
    if field.name == DUE_UNTIL:
        return day_in_words(date.fromisoformat(value))
    return next((choice.name for row in field.groups.values() for choice in row if choice.value == value), value)


def _others(applied: Mapping[str, Sequence[str]], name: str, value: str) -> str:
    kept = {key: [each for each in values if (key, each) != (name, value)] for key, values in applied.items()}
    return urlencode(kept, doseq=True)


def offers_of(actor: Actor) -> Mapping[str, Callable[[], Groups]]:
    """Return what each filter offers, read when it is called."""
    return {
        "office": lambda: _offices(actor),
        "category": lambda: _categories(actor),
        "place": lambda: _places(actor),
        "severity": lambda: _fixed(Severity),
        "state": lambda: _fixed(State),
    }


def _offices(actor: Actor) -> Groups:
    units = units_visible(actor=actor).exclude(kind=Unit.Kind.CLASS).order_by("kind", "code", "id")
    choices = [Choice(str(unit.id), unit.name) for unit in units]
    return {"": choices} if choices else {}


def _categories(actor: Actor) -> Groups:
    groups: dict[str, list[Choice]] = defaultdict(list)
    for category in categories_of(actor=actor):
        name = category.name_zh if is_chinese() else category.name_en
        groups[str(category.group.label)].append(Choice(category.code, name))
    return groups


def _places(actor: Actor) -> Groups:
    groups = place_groups(places_for_report(actor=actor))
    return {group.label: [Choice(row.value, row.label) for row in group.options] for group in groups}


def _fixed(choices: type[models.TextChoices]) -> Groups:
    return {"": [Choice(value, str(label)) for value, label in choices.choices]}

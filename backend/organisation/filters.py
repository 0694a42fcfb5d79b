"""The parameters of a school's lists; every filter narrows what the reader may see, none widens it."""

from typing import Any

from django.db.models import QuerySet
from django_filters import ChoiceFilter, FilterSet, UUIDFilter

from backend.organisation.models import Person, Place, Unit
from backend.organisation.roles import Role
from backend.organisation.selectors import people_holding


class UnitFilters(FilterSet):  # type: ignore[misc]
    """The parameters of the list of offices, grade groups and classes."""

    kind = ChoiceFilter(choices=Unit.Kind.choices)
    parent = UUIDFilter(field_name="parent_id", label="Only those directly within this one.")

    class Meta:
        model = Unit
        fields: list[str] = []


class PlaceFilters(FilterSet):  # type: ignore[misc]
    """The parameters of the list of places."""

    parent = UUIDFilter(field_name="parent_id", label="Only those directly within this place.")
    owner = UUIDFilter(field_name="owner_id", label="Only those this office looks after.")

    class Meta:
        model = Place
        fields: list[str] = []


class PeopleFilters(FilterSet):  # type: ignore[misc]
    """The parameters of the list of people: those who hold a post now, in a unit, a role, or a role in a unit."""

    unit = UUIDFilter(label="Only those who hold a post in this unit now.")
    role = ChoiceFilter(choices=Role.choices, label="Only those who hold this role now.")

    class Meta:
        model = Person
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Ask for both of one post, not of two."""
        asked = self.form.cleaned_data
        return people_holding(people=queryset, unit_id=asked["unit"], role=asked["role"] or None)

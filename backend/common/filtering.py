"""The parameters of lists: a list takes only those it names, each value once (or a few times), and in bounds."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, DateFilter, IsoDateTimeFilter, MultipleChoiceFilter
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.common.asking import parameter_refused
from backend.common.pagination import CursorPagination
from backend.common.problems import field_errors
from backend.common.serializers import AwareDateTimeField

MOST_VALUES = 20
LOOK_BACK = timedelta(minutes=1)
"""A change is stamped when it begins and can be read once it is committed; no change takes this long."""
PAGING = frozenset({CursorPagination.cursor_param, CursorPagination.size_param})


class FilterBackend(DjangoFilterBackend):  # type: ignore[misc]
    """Applies the view's `filterset_class`; a parameter the list does not have is an error, never silently ignored."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        """Return the rows asked for; raise ValidationError with a pointer to each wrong parameter."""
        filterset = self.get_filterset(request, queryset, view)
        filters = {} if filterset is None else filterset.base_filters
        errors = {
            name: [error]
            for name, values in request.query_params.lists()
            if (error := parameter_refused(values, most=1 if name in PAGING else _most(filters.get(name))))
        }
        if filterset is None or errors:
            if errors:
                raise serializers.ValidationError(errors)
            return queryset
        filtered: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return filtered


def _most(known: Any) -> int:
    """Return how often a filter may be given; there is no parameter without one."""
    if known is None:
        return 0
    return MOST_VALUES if isinstance(known, MultipleChoiceFilter) else 1


class InstantField(forms.Field):
    """An instant with its offset from UTC, as the bodies of requests give it."""

    def to_python(self, value: Any) -> Any:
        """Return the instant; raise ValidationError."""
        if value in self.empty_values:
            return None
        try:
            return AwareDateTimeField().to_internal_value(value)
        except serializers.ValidationError as error:
            first = next(field_errors(error.detail))
            words = first.detail.replace("%", "%%")  # the filters fill parameters in
            raise ValidationError(words, code=first.code) from error


class InstantFilter(IsoDateTimeFilter):  # type: ignore[misc]
    """Compares with an instant."""

    field_class = InstantField


class FlagField(forms.Field):
    """`true` or `false`."""

    default_error_messages = {"invalid": _("Write true or false.")}

    def to_python(self, value: Any) -> bool | None:
        """Return the flag; raise ValidationError."""
        if value in self.empty_values:
            return None
        if value not in {"true", "false"}:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return bool(value == "true")


class FlagFilter(BooleanFilter):  # type: ignore[misc]
    """Compares with a flag."""

    field_class = FlagField


class DayFilter(DateFilter):  # type: ignore[misc]
    """Compares with a day, written like 2026-09-01 and in no other way."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, input_formats=["%Y-%m-%d"], **options)

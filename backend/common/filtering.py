"""The parameters of lists: a list takes only those it names, each value once (or a few times), and in bounds."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, IsoDateTimeFilter, MultipleChoiceFilter
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.common.pagination import CursorPagination
from backend.common.problems import field_errors
from backend.common.serializers import AwareDateTimeField

MOST_VALUES = 20
LONGEST_VALUE = 200
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
            if name not in PAGING and (error := _refused(filters.get(name), values))
        }
        if filterset is None or errors:
            if errors:
                raise serializers.ValidationError(errors)
            return queryset
        filtered: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return filtered


def _refused(known: Any, values: list[str]) -> serializers.ErrorDetail | None:
    if known is None:
        return _error(_("This list cannot be filtered by this."), "unknown_parameter")
    if len(values) > (MOST_VALUES if isinstance(known, MultipleChoiceFilter) else 1):
        return _error(_("This was given too many times."), "too_many_values")
    if not all(values):
        return _error(_("Give this a value, or leave it out."), "blank")
    if any(len(value) > LONGEST_VALUE for value in values):
        return _error(_("This is too long."), "max_length")
    return None


def _error(words: Any, code: str) -> serializers.ErrorDetail:
    return serializers.ErrorDetail(str(words), code=code)


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
            raise ValidationError(first.detail, code=first.code) from error


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

"""Values of a body that are of another JSON type than the API's description says; the framework would convert them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

TEXT = _("Send this as text, in quotation marks.")
FLAG = _("Send this as true or false, without quotation marks.")
INTEGER = _("Send this as a whole number, without quotation marks.")
DAY = format_lazy(serializers.DateField.default_error_messages["invalid"], format="YYYY-MM-DD")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == int(value)  # 5.0 is one in JSON


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is not None


Kind = tuple[type[serializers.Field[Any, Any, Any, Any]], Callable[[Any], bool], str | Promise]
KINDS: tuple[Kind, ...] = (
    (serializers.BooleanField, _is_flag, FLAG),
    (serializers.IntegerField, _is_integer, INTEGER),
    (serializers.DateField, _is_day, DAY),
    *(
        (field, _is_text, TEXT)
        for field in (
            serializers.CharField,
            serializers.ChoiceField,
            serializers.DateTimeField,
            serializers.DecimalField,
            serializers.TimeField,
            serializers.UUIDField,
        )
    ),
)
"""The JSON type of each field of an input, as the description gives it. Every choice of ours is a word.

A day has one form: what the description calls `date` is no week, and has its hyphens.
"""


def wrong_kinds(
    fields: Mapping[str, serializers.Field[Any, Any, Any, Any]], given: Mapping[str, Any]
) -> dict[Any, Any]:
    """Return an error for each value of another type than its field has; shapes within look at their own."""
    found = {name: _wrong(field, given[name]) for name, field in fields.items() if name in given}
    return {name: errors for name, errors in found.items() if errors}


def _wrong(field: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, serializers.ListField):
        return _wrong_within(field.child, dict(enumerate(value))) if isinstance(value, list) else None
    if isinstance(field, serializers.DictField):
        return _wrong_within(field.child, value) if isinstance(value, dict) else None
    for kind, fits, words in KINDS:
        if isinstance(field, kind):
            return None if fits(value) else [serializers.ErrorDetail(str(words), code="invalid")]
    return None


def _wrong_within(child: Any, values: dict[Any, Any]) -> dict[Any, Any]:
    return {name: errors for name, value in values.items() if (errors := _wrong(child, value))}

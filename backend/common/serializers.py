"""Input shapes that refuse what they do not know, and fields whose values are safe to keep."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from backend.common.json_kinds import wrong_kinds
from backend.common.named import localised

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
PLUS_LOST = re.compile(r"\d\d:\d\d(:\d\d(\.\d+)?)? \d\d:?\d\d$")


NO_SUCH_FIELD = _("There is no field of this name here.")


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses, beside all else that is wrong, names it does not have (`unknown_field`) and values of
    another JSON type than the API's description gives them.
    """

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated values; raise ValidationError with every error at once."""
        errors = self._unfit(data)
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not errors or not isinstance(error.detail, dict):
                raise
            raise serializers.ValidationError({**error.detail, **errors}) from error
        if errors:
            raise serializers.ValidationError(errors)
        return values

    def _unfit(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            return {}
        known = {name: field for name, field in self.fields.items() if not field.read_only}
        error = serializers.ErrorDetail(str(NO_SUCH_FIELD), code="unknown_field")
        return {**wrong_kinds(known, data), **{name: [error] for name in data if name not in known}}


class LocalisedField(serializers.CharField):
    """`<name>_zh` or `<name>_en` of a thing, by the language of the reader."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, read_only=True)

    def get_attribute(self, instance: object) -> str:
        """Return the text in the reader's language."""
        return localised(instance, str(self.field_name))


class CleanTextField(serializers.CharField):
    """Text without control characters; every other character stays as it is, also emoji and rare Chinese ones.

    Line ends become \\n; with `multiline=False` line ends and tabs are refused too. Lengths count characters.
    """

    default_error_messages = {
        "control_characters": _("The text holds a character that cannot be shown. Please type it again."),
    }

    def __init__(self, *, max_length: int, multiline: bool = True, **options: Any) -> None:
        self.allowed_controls = frozenset("\n\t" if multiline else "")
        super().__init__(max_length=max_length, **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Normalise line ends first, so that they count once."""
        if isinstance(data, str):
            data = data.replace("\r\n", "\n").replace("\r", "\n")
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> str:
        """Return the trimmed text; raise ValidationError."""
        text = super().to_internal_value(data)
        if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in text if letter not in self.allowed_controls):
            self.fail("control_characters")
        return text


class AwareDateTimeField(serializers.DateTimeField):
    """An instant with its offset from UTC, between the years 2000 and 2100."""

    default_error_messages = {
        "offset_missing": _("Give the time with its offset, for example 2026-09-01T08:30:00+08:00."),
        "plus_lost": _("Write the + of the offset as %2B: in an address a bare + is a space."),
        "out_of_range": _("This time is not plausible. Please check the year."),
    }

    def to_internal_value(self, value: Any) -> datetime:
        """Return the instant; raise ValidationError."""
        instant = value if isinstance(value, datetime) else self._parsed(value)
        if instant.tzinfo is None:
            self.fail("offset_missing")
        if not EARLIEST <= instant < LATEST:
            self.fail("out_of_range")
        return instant

    def _parsed(self, value: Any) -> datetime:
        try:
            instant = parse_datetime(value) if isinstance(value, str) else None
        except ValueError:
            instant = None
        if instant is None and isinstance(value, str) and PLUS_LOST.search(value):
            self.fail("plus_lost")
        if instant is None:
            self.fail("invalid", format="YYYY-MM-DDThh:mm:ss[.uuuuuu]+HH:MM")
        return instant

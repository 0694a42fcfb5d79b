"""A JSON parser that takes nothing another reader could understand differently, and nothing without bounds."""

import json
from collections.abc import Mapping
from math import isfinite
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

from backend.common.content_text import ContentUnreadable, content_of
from backend.common.http_errors import BodyTooLarge, MalformedJson

DEEPEST = 20
LARGEST_INTEGER = 2**63 - 1
MOST_DIGITS = 20
MOST_NAMES = 500
MOST_PARTS = 20_000
SMALL_BYTES = 8 * 1024
FILE_BYTES = 3_500_000
"""The proxy takes 4 MB, with what a form writes around a file."""


class StrictJSONParser(BaseParser):
    """Reads one JSON object: UTF-8, at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes, 20 levels, 64-bit integers.

    An object has at most 500 names, and the whole at most 20,000 names and values, whatever they would mean.
    """

    most_bytes: int | None = None
    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - given by the framework
    ) -> dict[str, Any]:
        """Return the object; raise BodyTooLarge or MalformedJson."""
        _refuse_other_charset(media_type or "")
        limit = self.most_bytes or settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw: bytes = stream.read(limit + 1)
        if len(raw) > limit:
            raise BodyTooLarge
        return self.object_in(raw)

    def object_in(self, raw: bytes) -> dict[str, Any]:
        """Return the object that the text holds; raise MalformedJson."""
        value = _decoded(raw)
        if not isinstance(value, dict):
            raise MalformedJson
        _refuse_unsound(value)
        return value


class FileJSONParser(StrictJSONParser):
    """Reads an object that holds a whole file, within the bounds of such files instead: 3.5 MB and 500,000 values."""

    most_bytes = FILE_BYTES

    def object_in(self, raw: bytes) -> dict[str, Any]:
        """Return the object that the text holds; raise MalformedJson."""
        if not raw.lstrip().startswith(b"{"):
            raise MalformedJson
        try:
            value: dict[str, Any] = content_of(raw)
        except ContentUnreadable as error:
            raise MalformedJson from error
        return value


class SmallJSONParser(StrictJSONParser):
    """Reads an object of at most 8 KiB, where anybody may send one without signing in."""

    most_bytes = SMALL_BYTES


class BytesParser(BaseParser):
    """Reads a body as it is, up to DATA_UPLOAD_MAX_MEMORY_SIZE bytes, or as many as it says; raises BodyTooLarge."""

    most_bytes: int | None = None
    media_type = "application/octet-stream"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - given by the framework
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        """Return the bytes."""
        limit = self.most_bytes or settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw: bytes = stream.read(limit + 1)
        if len(raw) > limit:
            raise BodyTooLarge
        return raw


def _refuse_other_charset(media_type: str) -> None:
    for parameter in media_type.lower().split(";")[1:]:
        name, _separator, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip(' "') not in {"utf-8", "utf8"}:
            raise MalformedJson(_("Send the body in UTF-8."))


def _decoded(raw: bytes) -> Any:
    try:
        return json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError as error:
        raise MalformedJson(_("The body is not valid UTF-8.")) from error
    except RecursionError as error:
        raise MalformedJson(_("The JSON is nested too deeply.")) from error
    except json.JSONDecodeError as error:
        message = _("The body is not valid JSON (line %(line)d, column %(column)d).")
        raise MalformedJson(message % {"line": error.lineno, "column": error.colno}) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MOST_NAMES:
        raise BodyTooLarge
    result = dict(pairs)
    if len(result) != len(pairs):
        raise MalformedJson(_("A name stands twice in one JSON object."))
    return result


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS or abs(int(text)) > LARGEST_INTEGER:
        raise MalformedJson(_("A number in the JSON is too large."))
    return int(text)


def _number(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise MalformedJson(_("A number in the JSON is too large."))
    return number


def _no_constant(text: str) -> float:
    raise MalformedJson(_("%(word)s is not a number in JSON.") % {"word": text})


def _refuse_unsound(root: dict[str, Any]) -> None:
    level: list[Any] = [root]
    parts = 0
    for _depth in range(DEEPEST):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below.extend(value)
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
            elif isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
                raise MalformedJson(_("The JSON holds half of a character."))
        parts += len(below)
        if parts > MOST_PARTS:
            raise BodyTooLarge
        if not below:
            return
        level = below
    raise MalformedJson(_("The JSON is nested too deeply."))

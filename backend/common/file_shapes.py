"""The shapes of configuration files, as JSON Schema, and what a file does not keep of them. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from backend.common.identities import plain_of
from backend.common.later import Later

if TYPE_CHECKING:
    import jsonschema
else:
    jsonschema = Later("jsonschema")

LONGEST_NAME = 120
ONE_LINE = r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"
"""The name of a place stands in the subject of a mail, which has one line."""
MOST_FAULTS, LONGEST_FAULT = 1000, 400


def closed(properties: Mapping[str, Any], *, optional: Collection[str] = ()) -> dict[str, Any]:
    """Return the shape of an object that has these properties, all but the optional ones required, and no other."""
    required = [key for key in properties if key not in optional]
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def listed(items: Mapping[str, Any], *, at_least: int = 0, at_most: int) -> dict[str, Any]:
    """Return the shape of a list of such items."""
    return {"type": "array", "minItems": at_least, "maxItems": at_most, "items": items}


def text(at_most: int) -> dict[str, Any]:
    """Return the shape of a text of one line that is not empty, nor of characters alone that nobody sees."""
    return {"type": "string", "minLength": 1, "maxLength": at_most, "pattern": ONE_LINE}


def words(at_most: int) -> dict[str, Any]:
    """Return the shape of a text that is not empty, and may have lines."""
    return {"type": "string", "minLength": 1, "maxLength": at_most}


NAME = closed({"zh": text(LONGEST_NAME), "en": text(LONGEST_NAME)})
"""A name in both languages."""


def shape_found(schema: Mapping[str, Any], content: object) -> "list[jsonschema.ValidationError]":
    """Return the first thousand faults in the shape of a file, in the order of places."""
    kind = _draft()
    found = islice(kind(schema, format_checker=kind.FORMAT_CHECKER).iter_errors(content), MOST_FAULTS)
    return sorted(found, key=lambda error: list(map(str, error.absolute_path)))


@cache
def _draft() -> Any:
    extend: Any = jsonschema.validators.extend
    return extend(jsonschema.Draft202012Validator, {"pattern": _written, "minLength": _seen})


def _written(_validator: Any, pattern: str, value: object, _schema: Any) -> "Iterator[jsonschema.ValidationError]":
    """Yield that a text is not written as its pattern says; Python's `$` stands before a last line end, too."""
    if isinstance(value, str) and (value.endswith("\n") or not re.search(pattern, value)):
        yield jsonschema.ValidationError(f"{value!r} does not match {pattern!r}")


def _seen(_validator: Any, at_least: int, value: object, _schema: Any) -> "Iterator[jsonschema.ValidationError]":
    """Yield that a text is too short, of which blanks around it and what is invisible count for nothing."""
    if isinstance(value, str) and len(plain_of(value)) < at_least:
        yield jsonschema.ValidationError(f"{value!r} is too short")


def shape_said(error: "jsonschema.ValidationError") -> str:
    """Return what is wrong in a length that one reads; a fault repeats the value it is about."""
    return error.message if len(error.message) <= LONGEST_FAULT else f"{error.message[:LONGEST_FAULT]}…"


def shape_errors(schema: Mapping[str, Any], content: object) -> list[str]:
    """Return what is wrong with the shape of a file, each with the place where it stands, in the order of places."""
    found = shape_found(schema, content)
    return [f"{'/'.join(map(str, error.absolute_path)) or 'file'}: {shape_said(error)}" for error in found]

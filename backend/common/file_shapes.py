"""The shapes of configuration files, as JSON Schema, and what a file does not keep of them. Pure."""

from collections.abc import Collection, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from backend.common.later import Later

if TYPE_CHECKING:
    import jsonschema
else:
    jsonschema = Later("jsonschema")

LONGEST_NAME = 120
MOST_FAULTS, LONGEST_FAULT = 1000, 400


def closed(properties: Mapping[str, Any], *, optional: Collection[str] = ()) -> dict[str, Any]:
    """Return the shape of an object that has these properties, all but the optional ones required, and no other."""
    required = [key for key in properties if key not in optional]
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def listed(items: Mapping[str, Any], *, at_least: int = 0, at_most: int) -> dict[str, Any]:
    """Return the shape of a list of such items."""
    return {"type": "array", "minItems": at_least, "maxItems": at_most, "items": items}


def text(at_most: int) -> dict[str, Any]:
    """Return the shape of a text that is not empty."""
    return {"type": "string", "minLength": 1, "maxLength": at_most}


NAME = closed({"zh": text(LONGEST_NAME), "en": text(LONGEST_NAME)})
"""A name in both languages."""


def shape_found(schema: Mapping[str, Any], content: object) -> "list[jsonschema.ValidationError]":
    """Return the first thousand faults in the shape of a file, in the order of places."""
    kind = jsonschema.Draft202012Validator
    found = islice(kind(schema, format_checker=kind.FORMAT_CHECKER).iter_errors(content), MOST_FAULTS)
    return sorted(found, key=lambda error: list(map(str, error.absolute_path)))


def shape_said(error: "jsonschema.ValidationError") -> str:
    """Return what is wrong in a length that one reads; a fault repeats the value it is about."""
    return error.message if len(error.message) <= LONGEST_FAULT else f"{error.message[:LONGEST_FAULT]}…"


def shape_errors(schema: Mapping[str, Any], content: object) -> list[str]:
    """Return what is wrong with the shape of a file, each with the place where it stands, in the order of places."""
    found = shape_found(schema, content)
    return [f"{'/'.join(map(str, error.absolute_path)) or 'file'}: {shape_said(error)}" for error in found]

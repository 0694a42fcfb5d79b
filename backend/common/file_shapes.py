"""The shapes of configuration files, as JSON Schema, and what a file does not keep of them. Pure."""

from collections.abc import Collection, Mapping
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator

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


def shape_errors(schema: Mapping[str, Any], content: object) -> list[str]:
    """Return what is wrong with the shape of a file, each with the place where it stands, in the order of places.

    Of a file in which nearly everything is wrong the first thousand faults are found, and a long one is cut.
    """
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    found = sorted(
        islice(validator.iter_errors(content), MOST_FAULTS), key=lambda error: list(map(str, error.absolute_path))
    )
    return [f"{'/'.join(map(str, error.absolute_path)) or 'file'}: {_short(error.message)}" for error in found]


def _short(message: str) -> str:
    return message if len(message) <= LONGEST_FAULT else f"{message[:LONGEST_FAULT]}…"

"""Last touches to the API's description, so that strict readers of it understand what is meant."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
METHODS = frozenset({"get", "post", "put", "patch", "delete"})
MAY_BE_NULL = "x-may-be-null"


def nullable_enums_marked(result: Schema, **_how: Any) -> Schema:
    """Mark the fields of an enumeration that may be null, before a reference takes the place of their type."""
    for field in _fields(result):
        if "enum" in field and "null" in field.get("type", ()):
            field[MAY_BE_NULL] = True
            field["type"] = next(kind for kind in field["type"] if kind != "null")
            field["enum"] = [value for value in field["enum"] if value is not None]
    return result


def nullable_said(result: Schema, **_how: Any) -> Schema:
    """Say of each marked field that it is its enumeration or null, and put `nullable` as OpenAPI 3.1 does."""
    for field in _fields(result):
        if field.pop(MAY_BE_NULL, False):
            named = field.pop("allOf", None) or [{"$ref": field.pop("$ref")}]
            field["oneOf"] = [*named, {"type": "null"}]
        if field.pop("nullable", False):
            field["type"] = [field["type"], "null"]
    return result


def public_said(result: Schema, **_how: Any) -> Schema:
    """Say of operations that ask for no sign-in that they do not; leaving it out says nothing."""
    for path in result["paths"].values():
        for method, operation in path.items():
            if method in METHODS:
                operation.setdefault("security", [])
    return result


def _fields(result: Schema) -> Iterator[Schema]:
    for schema in result["components"]["schemas"].values():
        yield from schema.get("properties", {}).values()

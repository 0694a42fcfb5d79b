"""No operation takes a field in another JSON type than the description gives it."""

import ast
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.architecture.source import files, place, tree
from tests.architecture.test_operations import UNNAMED, filled, ids_of_home
from tests.world import World

Operations = list[tuple[str, str, dict[str, Any]]]
WRONG: dict[str, object] = {"string": 5, "integer": "5", "boolean": "yes", "array": "a, b"}
"""For each type a value that a lenient reader would convert into it."""
LOOSE: dict[str, object] = {"date": "20260901", "date-time": "2026-09-01T08:30:00"}
"""For each format a value that a lenient reader takes for one: a day without hyphens, a time without its offset."""
SENDERS = ("cleo", "dan", "erin", "alice", "bob", "admin")
FEWEST_REACHED = 80
FEWEST_WITH_TIMES = 8


class Shapes:
    """The shapes of bodies in the description."""

    def __init__(self, description: dict[str, Any], values: dict[str, object] | None = None) -> None:
        self.named = description["components"]["schemas"]
        self.values = values or WRONG

    def resolved(self, schema: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
        """Return a schema without references, of several the one that is not null, and the types it allows."""
        if "$ref" in schema:
            return self.resolved(self.named[schema["$ref"].rpartition("/")[2]])
        parts = schema.get("allOf") or schema.get("oneOf") or schema.get("anyOf")
        if parts:
            found = [self.resolved(part) for part in parts]
            chosen = next(part for part, types in found if types != {"null"})
            return chosen, set().union(*(types for _part, types in found))
        types = schema.get("type", ())
        return schema, {types} if isinstance(types, str) else set(types)

    def wrong(self, schema: dict[str, Any], pointer: str, wrong: set[str]) -> Any:
        """Return a value of the right build whose leaves are wrong by type or format; note their pointers."""
        shape, types = self.resolved(schema)
        if shape.get("properties"):
            return {name: self.wrong(part, f"{pointer}/{name}", wrong) for name, part in shape["properties"].items()}
        if "array" in types and self.resolved(shape["items"])[1] - {"object"}:
            return [self.wrong(shape["items"], f"{pointer}/0", wrong)]
        kind = next((kind for kind in self.values if kind in {*types, shape.get("format")}), None)
        if kind is None:
            return {}
        wrong.add(pointer)
        return self.values[kind]

    def objects(self, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield every object of a body that has fields of its own."""
        shape, _types = self.resolved(schema)
        if "items" in shape:
            yield from self.objects(shape["items"])
        if "properties" in shape:
            yield shape
        for part in shape.get("properties", {}).values():
            yield from self.objects(part)


def bodies(operations: Operations) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Yield each operation that takes JSON, with the schema of its body."""
    for path, method, operation in operations:
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content:
            yield path, method, operation, content["schema"]


def test_every_body_is_closed_and_typed(description: dict[str, Any], operations: Operations) -> None:
    shapes = Shapes(description)
    open_ones = [
        f"{method} {path}"
        for path, method, _operation, schema in bodies(operations)
        if any(shape.get("additionalProperties") is not False for shape in shapes.objects(schema))
    ]
    assert open_ones == []


@pytest.mark.slow("tests/architecture/test_input_types.py")
def test_a_field_of_another_type_is_refused_by_its_name(
    world: World, description: dict[str, Any], operations: Operations
) -> None:
    assert refused_everywhere(world, Shapes(description), operations) >= FEWEST_REACHED


def test_a_day_has_its_hyphens_and_an_instant_its_offset(
    world: World, description: dict[str, Any], operations: Operations
) -> None:
    assert refused_everywhere(world, Shapes(description, LOOSE), operations) >= FEWEST_WITH_TIMES


@pytest.mark.source
def test_every_instant_that_is_sent_needs_its_offset_and_a_plausible_year() -> None:
    """Without its offset it counted in the server's zone, and one at the edge of the calendar was a server error."""
    loose = [
        place(path, node)
        for path in files("backend")
        for shape in ast.walk(tree(path))
        if isinstance(shape, ast.ClassDef) and shape.name.endswith(("Input", "Query"))
        for node in ast.walk(shape)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "serializers.DateTimeField"
    ]
    assert loose == []


def refused_everywhere(world: World, shapes: Shapes, operations: Operations) -> int:
    """Ask that every wrong value is refused by its name; return how many operations read a body."""
    ids = ids_of_home(world)
    taken: dict[str, object] = {}
    reached = 0
    for path, method, operation, schema in bodies(operations):
        pointers: set[str] = set()
        body = shapes.wrong(schema, "", pointers)
        if not pointers or path.startswith(UNNAMED):
            continue
        answer = first_to_reach(world, method, filled(path, operation, ids), body)
        if answer is None:
            continue
        reached += 1
        refused = {row["pointer"] for row in answer.json().get("errors", []) if row["code"] != "required"}
        if answer.status_code not in {400, 422} or pointers - refused:
            taken[f"{method} {path}"] = (answer.status_code, sorted(pointers - refused))
    assert taken == {}
    return reached


def first_to_reach(world: World, method: str, path: str, body: object) -> Any:
    """Send as one after another until somebody's request is read; None where nobody's is."""
    for name in SENDERS:
        headers = {"Idempotency-Key": str(uuid4()), "If-Match": "*"}
        send = getattr(world.members[name].client.http, method) if name in world.members else None
        answer = send and send(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)
        if answer is not None and answer.status_code not in {403, 404}:
            return answer
    return None

"""Every operation takes the query parameters that it describes, each once and in its form, and no others."""

from typing import Any

import pytest

from tests.architecture.test_operations import filled, ids_of_home
from tests.world import Client, World

Operations = list[tuple[str, str, dict[str, Any]]]
READERS = ("dan", "cleo", "alice", "erin", "olga")
FREE = {"q"}
"""Parameters of which any text means something."""
FEWEST_READ = 50


def nonsense(parameter: dict[str, Any]) -> str:
    """Return a value that a parameter cannot have."""
    return "13" if parameter["schema"].get("type") == "boolean" else "zz"


def refusals(answer: Any) -> set[tuple[str, str]]:
    """Return pointer and code of everything that a problem points at; nothing for any other answer."""
    if answer.status_code != 400 or answer.headers["Content-Type"] != "application/problem+json":
        return set()
    return {(row["pointer"], row["code"]) for row in answer.json()["errors"]}


def reader_of(world: World, path: str) -> Client | None:
    """Return somebody who is let in there, None where nothing of the kind is there."""
    clients = (world.members[name].client for name in READERS)
    return next((client for client in clients if client.get(path).status_code in {200, 400}), None)


def wrong_about(client: Client, path: str, parameters: list[dict[str, Any]], good: dict[str, str]) -> list[str]:
    """Return what an operation takes although it should not."""
    taken = []
    needed = {row["name"]: good[row["name"]] for row in parameters if row.get("required")}
    if ("/colour", "unknown_parameter") not in refusals(client.get(path, colour="red")):
        taken.append("colour")
    for parameter in parameters:
        name, value = parameter["name"], nonsense(parameter)
        pointers = {pointer for pointer, _code in refusals(client.get(path, **{**needed, name: value}))}
        if name not in FREE and f"/{name}" not in pointers:
            taken.append(f"{name}={value}")
        is_many = parameter["schema"].get("type") == "array"
        if not is_many and (f"/{name}", "too_many_values") not in refusals(
            client.http.get(f"/api/v1/{path}", {name: [value, value]})
        ):
            taken.append(f"{name} twice")
    return taken


@pytest.mark.slow("tests/architecture/test_queries.py")
def test_every_query_is_taken_as_it_is_described(world: World, operations: Operations) -> None:
    ids = ids_of_home(world)
    wrong, read = {}, 0
    for path, method, operation in operations:
        address = filled(path, operation, ids)
        client = reader_of(world, address) if method == "get" else None
        if client is None:
            continue
        read += 1
        parameters = [row for row in operation.get("parameters", []) if row["in"] == "query"]
        good = {"category": "F02", "place": ids["place_id"], "day": "2026-09-01", "role": "principal"}
        if taken := wrong_about(client, address, parameters, good):
            wrong[path] = taken
    assert wrong == {}
    assert read >= FEWEST_READ


def test_pages_are_wrapped_in_one_way(world: World, operations: Operations) -> None:
    feed = "/api/v1/events"  # it has neither an end nor a way back
    paged = [path for path, method, operation in operations if method == "get" and "cursor" in str(operation)]
    paged.remove(feed)
    assert "/api/v1/tickets" in paged
    for path in paged:
        for member in (world.dan, world.olga):
            answer = member.client.get(path.removeprefix("/api/v1/"))
            if answer.status_code == 200:
                assert set(answer.data) == {"items", "next", "previous"}, path


def test_a_change_takes_no_query(world: World) -> None:
    answer = world.alice.client.post("reports?colour=red", world.report_body())
    assert refusals(answer) == {("/colour", "unknown_parameter")}


@pytest.mark.parametrize("address", ["tickets?updated_since=", "reachable?role=principal&at="])
def test_an_offset_whose_plus_was_not_written_out_is_explained(world: World, address: str) -> None:
    ((_pointer, code),) = refusals(world.dan.client.http.get(f"/api/v1/{address}2026-09-01T08:30:00+08:00"))
    assert code == "plus_lost"

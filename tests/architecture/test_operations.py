"""The conventions of the API, for every operation that the generated description names."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from backend.organisation.models import Person
from tests.architecture.things_of_home import things_of_home
from tests.workflow.steps import file_ticket
from tests.world import Client, Member, World

PUBLIC = {"/api/v1/tokens", "/api/v1/tokens/passkey"}
"""Signing in is how one stops being nobody."""
UNNAMED = "/api/v1/anonymous/"
"""Under it is what nobody has to sign in for, and nobody may who did."""
PREVIEW = "/api/v1/tickets/{ticket_id}/actions/{action}/preview"
LINK = "/api/v1/tickets/{ticket_id}/questions/{part_id}/link"
PHOTOS = "/api/v1/anonymous/report/photos"
NO_KEY = PUBLIC | {"/api/v1/me/channels/{channel_id}/verify", PREVIEW, LINK, PHOTOS}
"""A code that was sent proves an address; it creates and moves nothing, and each try counts by design. Nor does a
preview, of which nothing stays. A link is a secret: no answer that holds one is kept, and a second one ends the first.
The same photo of a report without a name is one.
"""
NOBODYS_NUMBER = str(2**31 - 1)
WORDS = {"action": "acknowledge", "number": "1"}
"""Values for parameters that are words, not ids."""


def filled(path: str, operation: dict[str, Any], ids: dict[str, str]) -> str:
    """Return a path below /api/v1/ with every parameter filled in: with what is there, else an id of nothing."""
    named = {
        row["name"]: NOBODYS_NUMBER if row["schema"].get("type") == "integer" else str(UUID(int=1))
        for row in operation.get("parameters", [])
        if row["in"] == "path"
    }
    return path.format_map({**named, **WORDS, **ids}).removeprefix("/api/v1/")


def send(client: Client, method: str, path: str) -> Any:
    """Send an empty request with everything that a change needs."""
    headers = {"Idempotency-Key": str(uuid4()), "If-Match": '"v1"'} if method != "get" else {}
    return getattr(client.http, method)(f"/api/v1/{path}", format="json", headers=headers)


def ids_of_home(world: World) -> dict[str, str]:
    """Return things of Alice's school that are really there, by the names paths give them."""
    ticket_id = file_ticket(world, routed=True)
    (report,) = world.alice.client.get("reports").data["items"]
    return {
        "ticket_id": str(ticket_id),
        "report_id": report["id"],
        "person_id": str(Person.objects.get(user=world.alice.user).id),
        "unit_id": str(world.home.units["security"].id),
        "place_id": str(world.home.places["stairwell"].id),
    }


def headers_of(operation: dict[str, Any]) -> dict[str, bool]:
    """Return the headers an operation names, and whether they are required."""
    parameters = operation.get("parameters", [])
    return {row["name"]: row.get("required", False) for row in parameters if row["in"] == "header"}


def test_whatever_creates_or_moves_needs_a_key(operations: list[tuple[str, str, dict[str, Any]]]) -> None:
    wrong = [
        path
        for path, method, operation in operations
        if method == "post" and path not in NO_KEY and not headers_of(operation).get("Idempotency-Key")
    ]
    assert wrong == []


@pytest.mark.slow("tests/architecture/test_operations.py")
def test_whatever_needs_a_key_says_so_when_it_is_missing(
    world: World, operations: list[tuple[str, str, dict[str, Any]]]
) -> None:
    ids = ids_of_home(world)
    answers = {
        path: world.dan.client.http.post(f"/api/v1/{filled(path, operation, ids)}", {}, format="json")
        for path, method, operation in operations
        if method == "post" and headers_of(operation).get("Idempotency-Key") and not path.startswith(UNNAMED)
    }
    codes = {path: json.loads(answer.content)["code"] for path, answer in answers.items() if answer.status_code != 403}
    assert {path: code for path, code in codes.items() if code != "idempotency_key_missing"} == {}


def test_nobody_gets_anywhere_without_signing_in(
    world: World, anonymous: Client, operations: list[tuple[str, str, dict[str, Any]]]
) -> None:
    ids = ids_of_home(world)
    wrong = {
        f"{method} {path}": answer.status_code
        for path, method, operation in operations
        if not (path in PUBLIC or path.startswith(UNNAMED))
        and (answer := send(anonymous, method, filled(path, operation, ids))).status_code != 401
    }
    assert wrong == {}


def with_ids(operations: list[tuple[str, str, dict[str, Any]]]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Return the operations on one thing of many."""
    return (row for row in operations if "{" in row[0] and not row[0].startswith(UNNAMED))


OWN_WORDS = ("/api/v1/response-plans/", "/api/v1/round-plans/", "/api/v1/outside-numbers/")
"""Below them stand words of the rules, which are the same in every school and mean one's own."""

APART = ("/api/v1/webhooks/", "/api/v1/rounds/{round_id}/roll-up")
"""A program's alone, and of a whole school's round: tests of their own find them at home and not elsewhere."""


def ids_in(operations: list[tuple[str, str, dict[str, Any]]]) -> Iterator[tuple[str, str]]:
    """Return each path that names one thing of a school, with each of the parameters that do."""
    for path, _method, operation in with_ids(operations):
        for row in operation.get("parameters", []):
            if row["in"] == "path" and row["name"] not in WORDS and not path.startswith(OWN_WORDS):
                yield path, row["name"]


def named_in(path: str, things: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return the ids that belong into a path."""
    return {
        name: value
        for beginning, ids in things.items()
        if path.startswith(f"/api/v1/{beginning}")
        for name, value in ids.items()
    }


def test_what_is_another_schools_is_not_there(world: World, operations: list[tuple[str, str, dict[str, Any]]]) -> None:
    """Of every kind there is one at home; that each is found there is for the slow proof below."""
    things = things_of_home(world)
    assert [(path, name) for path, name in ids_in(operations) if name not in named_in(path, things)] == []
    wrong = {
        f"{method} {path}": (answer.status_code, answer.data)
        for path, method, operation in with_ids(operations)
        if (answer := send(world.mallory.client, method, filled(path, operation, named_in(path, things)))).status_code
        != 404
    }
    assert wrong == {}


def answered(member: Member, method: str, path: str) -> int:
    """Return the status that somebody is answered, and take back what they did."""
    with transaction.atomic():
        answer = send(member.client, method, path)
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return int(answer.status_code)


@pytest.mark.slow("tests/architecture/test_operations.py")
def test_each_of_these_things_is_there_for_somebody_of_its_own_school(
    world: World, operations: list[tuple[str, str, dict[str, Any]]]
) -> None:
    """Somebody finds it, and finds nothing under an id of nothing: only so can the test above fail."""
    things = things_of_home(world)
    first = [world.members[name] for name in ("dan", "cleo", "bob", "ada", "alice", "carol")]
    home = [*first, *(one for name, one in world.members.items() if name != "mallory" and one not in first)]
    wrong = [
        f"{method} {path}"
        for path, method, operation in with_ids(operations)
        if not path.startswith((*OWN_WORDS, *APART))
        and not any(
            answered(member, method, filled(path, operation, named_in(path, things))) != 404
            and answered(member, method, filled(path, operation, {})) == 404
            for member in home
        )
    ]
    assert wrong == []


def test_every_operation_has_a_name_of_its_own(operations: list[tuple[str, str, dict[str, Any]]]) -> None:
    names = [operation["operationId"] for _path, _method, operation in operations]
    assert len(names) == len(set(names))
    assert [name for name in names if "api_v1" in name] == []

"""The API keeps to its own description, whatever it is sent and whoever is signed in.

SCHEMATHESIS_EXAMPLES says how many requests are tried for each operation. From THOROUGH on, the systematic cases of
every field are sent as well (some 2,000 for each person, which takes minutes).
"""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from backend.accounts.services import token_issue
from backend.organisation.models import ContactChannel
from backend.workflow.states import State
from tests.conftest import ROOT
from tests.patience import PATIENCE
from tests.workflow.steps import file_ticket, ticket_in
from tests.world import Client, World

PROGRAM = Path(sys.executable).with_name("schemathesis")
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "2"))
THOROUGH = 20
PHASES = "coverage,fuzzing" if EXAMPLES >= THOROUGH else "fuzzing"
SECONDS = 600 if EXAMPLES < THOROUGH else 1200

pytestmark = pytest.mark.slow("tests/common/test_api_description.py")


def things(world: World, who: str) -> dict[str, list[Any]]:
    """Return values for the parts of addresses, by name: things that exist, in several states."""
    tickets = [file_ticket(world), ticket_in(world, State.ROUTED), ticket_in(world, State.RESOLVED)]
    client = world.members[who].client
    person = world.members[who].person
    return {
        "ticket_id": [str(ticket) for ticket in tickets],
        "report_id": ids(client, "reports"),
        "calendar_id": ids(client, "calendars"),
        "version_id": ids(client, "rulebooks"),
        "place_id": [str(place.id) for place in world.home.places.values()],
        "person_id": [str(world.alice.person.id)],
        "channel_id": list(ContactChannel.objects.filter(person=person).values_list("id", flat=True)),
    }


def ids(client: Client, path: str) -> list[Any]:
    """Return the ids of the things in a list."""
    return [row["id"] for row in client.get(path).data["items"]]


def configuration(found: dict[str, list[Any]]) -> str:
    """Return the configuration with the things that exist."""
    lines = [CONFIGURATION.read_text(encoding="utf-8")]
    known = {name: values for name, values in found.items() if values}
    lines += [f"[dictionaries.{name}]\nvalues = {json.dumps(values)}" for name, values in known.items()]
    lines += ["[parameters]"]
    lines += [f'"path.{name}" = {{ dictionary = "{name}", probability = 0.8 }}' for name in known]
    return "\n".join(lines)


def description(server: str, token: str) -> bytes:
    """Return the description that the API gives of itself; the program would wait no more than ten seconds for it."""
    request = urllib.request.Request(f"{server}/api/schema", headers={"Authorization": f"Token {token}"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - the test's own server
        content: bytes = answer.read()
    return content


@pytest.mark.parametrize(
    ("who", "examples"),
    [("cleo", EXAMPLES), ("alice", EXAMPLES)],
    ids=["the coordinator", "a teacher"],
)
def test_the_api_is_as_described(committed_world: World, server: str, who: str, examples: int, tmp_path: Path) -> None:
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(configuration(things(committed_world, who)), encoding="utf-8")
    token = token_issue(user=committed_world.members[who].user, now=committed_world.now).token
    schema = tmp_path / "openapi.yaml"
    schema.write_bytes(description(server, token))
    options = ["--header", f"Authorization: Token {token}", "--phases", PHASES, "--max-examples", str(examples)]
    # Signing out would end the token that the run itself speaks with.
    options += ["--generation-deterministic", "--no-shrink", "--exclude-operation-id", "token_end"]
    done = subprocess.run(
        [PROGRAM, "--config-file", settings, "run", schema, "--url", server, *options],
        cwd=tmp_path,
        env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.contract.fresh_keys", "PYTHONPATH": str(ROOT), "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr

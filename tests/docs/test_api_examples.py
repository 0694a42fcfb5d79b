"""The examples of the papers for programs, run as they stand against a live server with a real worker."""

import os
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from pytest_django.live_server_helper import LiveServer

from backend.common.clock import database_now
from backend.people.services.opening import source_open
from tests.docs.papers import ROOT, Fence, fences, read
from tests.integrations.programs import administrator, made
from tests.world import PASSWORD, World

RUN, OUTPUT = "sh run", "text output"
MARK = "----- next example -----"
SECONDS = 600


def run_blocks(name: str) -> list[Fence]:
    """Return the blocks of a paper; every output in it follows an example that is run."""
    blocks = fences(read(name))
    assert all(before.kind == RUN for before, after in pairwise(blocks) if after.kind == OUTPUT)
    return blocks


def expected_outputs(blocks: list[Fence]) -> list[str]:
    """Return what each example must print: the block behind it, or nothing."""
    following = [*blocks[1:], Fence("", "")]
    return [
        after.text if after.kind == OUTPUT else ""
        for block, after in zip(blocks, following, strict=True)
        if block.kind == RUN
    ]


def printed(blocks: list[Fence], folder: Path, **environment: str) -> list[str]:
    """Run the examples of a paper as one script, and return what each of them printed."""
    script = folder / "examples.sh"
    examples = [block.text for block in blocks if block.kind == RUN]
    script.write_text("set -euo pipefail\n" + f"echo '{MARK}'\n".join(examples), encoding="utf-8")
    done = subprocess.run(
        ["bash", script],
        env={**os.environ, **environment, "NO_PROXY": "*"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split(f"{MARK}\n")


@pytest.mark.slow("tests/docs/test_api_examples.py")
@pytest.mark.usefixtures("worker")
def test_the_examples_print_what_the_papers_say(
    committed_world: World, live_server: LiveServer, needs: Callable[[str], str], tmp_path: Path
) -> None:
    needs("curl")
    api = f"{live_server.url}/api/v1"
    people = {"TEACHER": committed_world.alice, "HEAD": committed_world.bob, "COORDINATOR": committed_world.cleo}
    people["PRINCIPAL"] = committed_world.dan
    logins = {name: member.user.username for name, member in people.items()}
    logins |= {f"{name}_PASSWORD": PASSWORD for name in people}
    blocks = run_blocks("docs/api.md")
    assert {block.kind for block in blocks} == {"sh", RUN, OUTPUT}
    assert printed(blocks, tmp_path, API=api, **logins) == expected_outputs(blocks)
    blocks = run_blocks("docs/integrating.md")
    account = made(committed_world, "reports.file", "tickets.read", "todo.read", "events.read", "people.sync")
    ada = administrator(committed_world).actor
    source_open(actor=ada, account_id=UUID(account["id"]), now=database_now())
    secret = account["secret"]
    teacher = committed_world.alice.person.staff_number
    assert printed(blocks, tmp_path, API=api, SECRET=secret, TEACHER=teacher) == expected_outputs(blocks)


def test_both_languages_show_the_same_examples() -> None:
    assert fences(read("docs/integrating.zh-CN.md")) == fences(read("docs/integrating.md"))

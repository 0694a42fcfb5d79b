"""The examples of docs/api.md, run as they stand against a live server with a real worker, print what it says."""

import os
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.docs.papers import ROOT, Fence, fences, read
from tests.world import PASSWORD, World

RUN, OUTPUT = "sh run", "text output"
MARK = "----- next example -----"
SECONDS = 600


@pytest.fixture(scope="module")
def blocks() -> list[Fence]:
    return fences(read("docs/api.md"))


def test_every_output_follows_an_example(blocks: list[Fence]) -> None:
    assert all(before.kind == RUN for before, after in pairwise(blocks) if after.kind == OUTPUT)
    assert {block.kind for block in blocks} == {"sh", RUN, OUTPUT}


def expected_outputs(blocks: list[Fence]) -> list[str]:
    """Return what each example must print: the block behind it, or nothing."""
    following = [*blocks[1:], Fence("", "")]
    return [
        after.text if after.kind == OUTPUT else ""
        for block, after in zip(blocks, following, strict=True)
        if block.kind == RUN
    ]


@pytest.mark.usefixtures("worker")
def test_the_examples_print_what_the_paper_says(
    blocks: list[Fence],
    committed_world: World,
    live_server: LiveServer,
    needs: Callable[[str], str],
    tmp_path: Path,
) -> None:
    needs("curl")
    script = tmp_path / "examples.sh"
    examples = [block.text for block in blocks if block.kind == RUN]
    script.write_text("set -euo pipefail\n" + f"echo '{MARK}'\n".join(examples), encoding="utf-8")
    people = {"TEACHER": committed_world.alice, "HEAD": committed_world.bob, "COORDINATOR": committed_world.cleo}
    environment = {name: member.user.username for name, member in people.items()}
    environment |= {f"{name}_PASSWORD": PASSWORD for name in people}
    done = subprocess.run(
        ["bash", script],
        env={**os.environ, **environment, "API": f"{live_server.url}/api/v1", "NO_PROXY": "*"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split(f"{MARK}\n") == expected_outputs(blocks)

"""Clients written from openapi/openapi.yaml pass their type checkers and take a report from filing to closing."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.contract.conftest import SOURCES, run
from tests.world import PASSWORD, World

pytestmark = pytest.mark.slow("tests/contract/test_schemathesis.py")

SCHEMA = ROOT / "openapi" / "openapi.yaml"
CACHE = ROOT / ".cache"
STATES = [
    "received",
    "routed",
    "acknowledged",
    "stale",
    "acknowledged",
    "in_progress",
    "resolved",
    "fixer_cannot_verify",
    "closed",
]


def people(world: World, server: str) -> dict[str, str]:
    """Return what the threads read from their environment."""
    members = {"TEACHER": world.alice, "HEAD": world.bob, "COORDINATOR": world.cleo}
    names = {name: member.user.username for name, member in members.items()}
    return names | {f"{name}_PASSWORD": PASSWORD for name in members} | {"ALLCLEAR_URL": server, "NO_PROXY": "*"}


@pytest.mark.usefixtures("worker")
def test_a_client_in_python(committed_world: World, server: str, tmp_path: Path) -> None:
    tools, source = Path(sys.executable).parent, SOURCES / "python"
    target = ("--meta", "none", "--output-path", tmp_path / "allclear_client")
    options = ("--config", source / "generator.yaml", "--fail-on-warning")
    run(tmp_path, tools / "openapi-python-client", "generate", "--path", SCHEMA, *target, *options)
    shutil.copy(source / "thread.py", tmp_path)
    run(tmp_path, tools / "mypy", "--strict", "--config-file=", "--cache-dir", CACHE / "mypy", "thread.py")
    printed = run(tmp_path, sys.executable, "thread.py", environment=people(committed_world, server))
    assert printed.split() == STATES


@pytest.fixture
def modules(npm_modules: Callable[[str], Path]) -> Path:
    """The packages of the client in TypeScript."""
    return npm_modules("typescript")


@pytest.mark.usefixtures("worker")
def test_a_client_in_typescript(committed_world: World, server: str, modules: Path, tmp_path: Path) -> None:
    for name in ("package.json", "tsconfig.json", "node.d.ts", "thread.ts"):
        shutil.copy(SOURCES / "typescript" / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(modules)
    programs = modules / ".bin"
    types = ("--output", "allclear.d.ts", "--default-non-nullable=false")
    run(tmp_path, programs / "openapi-typescript", SCHEMA, *types)
    run(tmp_path, programs / "tsc", "--strict", "--noEmitOnError", "--outDir", "out")
    printed = run(tmp_path, "node", "out/thread.js", environment=people(committed_world, server))
    assert printed.split() == STATES

"""The clients that `make clients` packs pass their type checkers and take a report from filing to closing."""

import json
import shutil
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.contract.conftest import run
from tests.world import PASSWORD, World
from tools.check.clients import CLIENTS, python_build, typescript_build, version
from tools.check.npm_packages import npm_modules

pytestmark = pytest.mark.slow("tests/common/test_api_description.py")

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
    """Return what the examples read from their environment."""
    members = {"TEACHER": world.alice, "HEAD": world.bob, "COORDINATOR": world.cleo}
    names = {name: member.user.username for name, member in members.items()}
    return names | {f"{name}_PASSWORD": PASSWORD for name in members} | {"ALLCLEAR_URL": server, "NO_PROXY": "*"}


@pytest.mark.usefixtures("worker")
def test_the_client_in_python(committed_world: World, server: str, tmp_path: Path) -> None:
    wheel, mypy = python_build(tmp_path), Path(sys.executable).with_name("mypy")
    assert wheel.name.startswith(f"allclear_client-{version()}-")
    shutil.copy(CLIENTS / "python" / "example.py", tmp_path / "src")
    run(tmp_path / "src", mypy, "--strict", "--config-file=", "--cache-dir", CACHE / "mypy", "example.py")
    environment = people(committed_world, server) | {"PYTHONPATH": str(wheel)}
    example = shutil.copy(CLIENTS / "python" / "example.py", wheel.parent)
    assert run(wheel.parent, sys.executable, example, environment=environment).split() == STATES


@pytest.mark.usefixtures("worker")
def test_the_client_in_typescript(
    committed_world: World, server: str, needs: Callable[[str], str], tmp_path: Path
) -> None:
    packed, program = typescript_build(made(tmp_path / "client")), made(tmp_path / "program")
    assert packed.name == f"allclear-client-{version()}.tgz"
    modules, compiler = made(program / "node_modules"), npm_modules(CLIENTS / "typescript")
    with tarfile.open(packed) as archive:
        archive.extractall(modules, filter="data")
    (modules / "package").rename(modules / "allclear-client")
    for name in ("openapi-fetch", "openapi-typescript-helpers"):
        (modules / name).symlink_to(compiler / name)
    for name in ("node.d.ts", "example.ts"):
        shutil.copy(CLIENTS / "typescript" / name, program)
    (program / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    told = json.loads((CLIENTS / "typescript" / "tsconfig.json").read_text(encoding="utf-8"))["compilerOptions"]
    ours = {"compilerOptions": told | {"rootDir": ".", "outDir": "out"}, "files": ["node.d.ts", "example.ts"]}
    (program / "tsconfig.json").write_text(json.dumps(ours), encoding="utf-8")
    run(program, compiler / ".bin" / "tsc")
    assert run(program, needs("node"), "out/example.js", environment=people(committed_world, server)).split() == STATES


def made(folder: Path) -> Path:
    """Make a folder."""
    folder.mkdir()
    return folder

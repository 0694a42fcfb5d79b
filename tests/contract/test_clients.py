"""Clients written from openapi/openapi.yaml pass their type checkers and take a report from filing to closing."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.world import PASSWORD, World

SCHEMA = ROOT / "openapi" / "openapi.yaml"
SOURCES = Path(__file__).parent
CACHE = ROOT / ".cache"
SECONDS = 600
SECONDS_TO_INSTALL = 300
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


def run(folder: Path, *command: str | Path, seconds: int = SECONDS, environment: dict[str, str] | None = None) -> str:
    """Run a program in a folder and return what it printed; it must succeed."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


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
def modules(needs: Callable[[str], str]) -> Path:
    """The packages of package-lock.json, installed anew only when it changed."""
    needs("node")
    npm, source, folder = needs("npm"), SOURCES / "typescript", CACHE / "typescript"
    folder.mkdir(parents=True, exist_ok=True)
    lock = (source / "package-lock.json").read_bytes()
    stamp, wanted = folder / "installed", hashlib.sha256(lock).hexdigest()
    with (folder / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
            stamp.unlink(missing_ok=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(source / name, folder)
            run(folder, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", seconds=SECONDS_TO_INSTALL)
            stamp.write_text(wanted, encoding="utf-8")
    return folder / "node_modules"


@pytest.mark.usefixtures("worker")
def test_a_client_in_typescript(committed_world: World, server: str, modules: Path, tmp_path: Path) -> None:
    for name in ("package.json", "tsconfig.json", "node.d.ts", "thread.ts"):
        shutil.copy(SOURCES / "typescript" / name, tmp_path)
    (tmp_path / "node_modules").symlink_to(modules)
    programs = modules / ".bin"
    types = ("--output", "allclear.d.ts", "--default-non-nullable=false")
    run(tmp_path, programs / "openapi-typescript", SCHEMA, *types)
    run(tmp_path, programs / "tsc", "--strict", "--noEmit")
    run(tmp_path, programs / "tsc", "--outDir", "out", "--noCheck")
    printed = run(tmp_path, "node", "out/thread.js", environment=people(committed_world, server))
    assert printed.split() == STATES

"""`make check`: every check, each told by its name, or those that are named; `openapi` rewrites the API schema."""

import difflib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from secrets import token_urlsafe

from tools.check.audit import audit
from tools.run.embedded import leave_on_sigterm, temporary_servers
from tools.run.installation import ROOT, manage_command
from tools.run.postgres import OWNER
from tools.run.state import StateError

SCHEMA = ROOT / "openapi" / "openapi.yaml"
PYTHON_MODULE = (sys.executable, "-m")
TEMPLATES = sorted(str(path) for path in (ROOT / "backend").glob("*/templates/**/*.html"))
PRODUCTION = {
    "PUBLIC_URL": "https://allclear.example.org",
    "ALLOWED_HOSTS": "allclear.example.org",
    "BEHIND_PROXY": "1",
    "DEBUG": "0",
    "DEMO": "0",
}
"""The settings that docker-compose.yml gives, with which Django looks at what an attacker would."""
COMMANDS = {
    "format": (*PYTHON_MODULE, "ruff", "format", "--check", "."),
    "lint": (*PYTHON_MODULE, "ruff", "check", "."),
    "types": (*PYTHON_MODULE, "mypy"),
    "layers": (str(Path(sys.executable).with_name("lint-imports")),),
    "templates": (str(Path(sys.executable).with_name("djade")), "--check", "--target-version", "5.2", *TEMPLATES),
    "dependencies": (*PYTHON_MODULE, "uv", "pip", "check", "--quiet", "--python", sys.executable),
    "system": manage_command("check", "--deploy", "--fail-level", "WARNING"),
    "migrations": manage_command("makemigrations", "--check", "--dry-run"),
    "source": (*PYTHON_MODULE, "pytest", "-q", "-m", "source", "tests/architecture", "tests/docs"),
    "translations": (*PYTHON_MODULE, "tools.check.translations", "check"),
}
MOST_LINES = 60


def run_command(command: tuple[str, ...] | list[str]) -> bool:
    """Run a check in the environment of this process; print what it says when it fails."""
    done = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode != 0:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def write_schema(target: Path) -> bool:
    """Write the API schema of the code; return whether it is valid and free of warnings."""
    target.parent.mkdir(exist_ok=True)
    return run_command(
        manage_command("spectacular", "--lang", "en", "--validate", "--fail-on-warn", "--file", str(target))
    )


def check_schema() -> bool:
    """Return whether openapi/openapi.yaml is what the code says; print the difference."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "openapi.yaml"
        if not write_schema(fresh):
            return False
        written = SCHEMA.read_text(encoding="utf-8") if SCHEMA.exists() else ""
        wanted = fresh.read_text(encoding="utf-8")
    if written == wanted:
        return True
    difference = difflib.unified_diff(
        written.splitlines(), wanted.splitlines(), "openapi/openapi.yaml", "the code", "", ""
    )
    print(*list(difference)[:MOST_LINES], "… run: make openapi", sep="\n", flush=True)
    return False


def run_checks(names: list[str]) -> int:
    """Run every check, or these; return 1 when one failed, 2 where a name is none."""
    checks: dict[str, Callable[[], bool]] = {
        name: lambda command=command: run_command(command)  # type: ignore[misc]
        for name, command in COMMANDS.items()
    }
    checks["schema"] = check_schema
    checks["audit"] = lambda: audit() == 0  # says so where nobody can be asked, and fails no check for that
    if unknown := sorted(set(names) - checks.keys()):
        print(f"check: {', '.join(unknown)} is none of {', '.join(checks)}", flush=True)
        return 2
    checks = {name: check for name, check in checks.items() if not names or name in names}
    failed = []
    for name, check in checks.items():
        print(f"check: {name}", flush=True)
        if not check():
            failed.append(name)
    print(f"check: failed: {', '.join(failed)}" if failed else f"check: all {len(checks)} passed", flush=True)
    return 1 if failed else 0


def main() -> int:
    """Run with settings of private servers, which some checks ask for their migrations."""
    leave_on_sigterm()
    with temporary_servers() as servers:
        os.environ["DATABASE_URL"] = servers.postgres.url(OWNER)
        os.environ["REDIS_URL"] = servers.valkey.url
        os.environ["SECRET_KEY"] = token_urlsafe(50)
        os.environ.update(PRODUCTION)
        if sys.argv[1:] == ["openapi"]:
            return 0 if write_schema(SCHEMA) else 1
        return run_checks(sys.argv[1:])


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except StateError as problem:
        sys.exit(f"allclear: {problem}")

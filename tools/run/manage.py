"""`make manage ARGS="…"`: a management command with the settings of `make run`, beside it or alone."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.run.embedded import leave_on_sigterm, running_servers
from tools.run.installation import (
    OWNER_COMMANDS,
    ROOT,
    STATE,
    TABLE_COMMANDS,
    address_from,
    environment_for,
    is_running,
    manage_command,
    read_run,
    take_lock,
)
from tools.run.postgres import APPLICATION, OWNER
from tools.run.prepared import forget
from tools.run.state import StateError


@dataclass(frozen=True)
class Settings:
    """The environment of a command; `owner_url` for those that change tables."""

    environment: dict[str, str]
    owner_url: str

    def for_command(self, name: str) -> dict[str, str]:
        """Return the environment with the role the command needs."""
        if name in OWNER_COMMANDS:
            return self.environment | {"DATABASE_URL": self.owner_url}
        return self.environment


def settings_beside(state: Path) -> Settings:
    """Return the settings of the system that runs; raise StateError while it is still starting."""
    running = read_run(state)
    if not running.get("environment"):
        raise StateError("Allclear is just starting or stopping here. Try again in a moment.")
    return Settings({**os.environ, **running["environment"]}, running["owner_url"])


@contextmanager
def settings_alone(state: Path) -> Iterator[Settings]:
    """Run the private servers as long as the command; those that DATABASE_URL and REDIS_URL replace stay away."""
    address = address_from(os.environ)
    database, broker = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    with take_lock(state):
        if database and broker:
            environment = environment_for(state, address, database_url=database, redis_url=broker)
            yield Settings(environment, os.environ.get("DATABASE_OWNER_URL") or database)
            return
        with running_servers(state, durable=True) as servers:
            environment = environment_for(
                state,
                address,
                database_url=database or servers.postgres.url(APPLICATION),
                redis_url=broker or servers.valkey.url,
            )
            owner_url = os.environ.get("DATABASE_OWNER_URL") or database or servers.postgres.url(OWNER)
            yield Settings(environment, owner_url)


def run_command(arguments: list[str]) -> int:
    """Run the command; return its exit code."""
    name = arguments[0] if arguments else "help"
    if name in TABLE_COMMANDS:
        STATE.mkdir(parents=True, exist_ok=True)
        forget(STATE, "tables", "demo")
    if is_running(STATE):
        return call(arguments, settings_beside(STATE).for_command(name))
    with settings_alone(STATE) as settings:
        return call(arguments, settings.for_command(name))


def call(arguments: list[str], environment: dict[str, str]) -> int:
    """Run manage.py with our own input and output."""
    return subprocess.run(manage_command(*arguments), cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    leave_on_sigterm()
    try:
        sys.exit(run_command(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except StateError as problem:
        sys.exit(f"allclear: {problem}")

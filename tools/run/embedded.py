"""Private PostgreSQL and Valkey together, for as long as a block or a command lasts.

`python -m tools.run.embedded --state FOLDER` keeps a pair without fsync running for development; it writes env.sh.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from tools.run.children import spawn, stop
from tools.run.postgres import OWNER, Postgres
from tools.run.state import StateError, open_home, read_secrets, remove_home
from tools.run.valkey import Valkey

ENVIRONMENT_SNIPPET = """\
# Private servers for development: `. {path}`, then pytest.
# Set WHO to a word of your own when several work side by side: it names your databases and your numbers of the broker.
WHO="${{WHO:-lead}}"
BROKER_NUMBER=$(( $(printf %s "$WHO" | cksum | cut -d" " -f1) % 15 * 16 ))
export DATABASE_URL="{database}"
export REDIS_URL="unix://{broker}?db=$BROKER_NUMBER"
export SECRET_KEY="development-only-development-only-development"
export DEVELOPMENT=1
"""


@dataclass(frozen=True)
class Servers:
    """The running pair."""

    postgres: Postgres
    valkey: Valkey


@contextmanager
def running_servers(state: Path, *, durable: bool, line_prefix: str = "") -> Iterator[Servers]:
    """Run the pair on `state`; one that is not durable is for tests."""
    home = open_home(state)
    postgres = Postgres(home=home, passwords=read_secrets(state), durable=durable, line_prefix=line_prefix)
    valkey = Valkey(home=home)
    with ExitStack() as running:
        for server in (valkey, postgres):
            server.prepare()
            process = spawn(
                server.command(),
                environment=server.environment,
                folder=home.folder,
                account=home.account,
                death_signal=server.death_signal,
                output=running.enter_context((state / f"{type(server).__name__.lower()}.log").open("ab")),
            )
            running.callback(stop, process, stop_signal=server.stop_signal)
            server.wait_ready(process)
        postgres.provision(for_tests=not durable)
        yield Servers(postgres=postgres, valkey=valkey)


@contextmanager
def temporary_servers(*, durable: bool = False, line_prefix: str = "") -> Iterator[Servers]:
    """Run a pair, without fsync unless it shall be durable, in a folder that goes away with it."""
    with tempfile.TemporaryDirectory(prefix="allclear-", ignore_cleanup_errors=True) as folder:
        state = Path(folder)
        state.chmod(0o711)  # the servers' account has to pass through it
        try:
            with running_servers(state, durable=durable, line_prefix=line_prefix) as servers:
                yield servers
        finally:
            remove_home(state)


def leave_on_sigterm() -> None:
    """Make SIGTERM and SIGHUP leave through every `finally`, as Ctrl-C does."""

    def leave(number: int, _frame: object) -> NoReturn:
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)


def main() -> int:
    """Keep a pair running until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m tools.run.embedded", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="the folder for their data and env.sh")
    state = parser.parse_args().state.resolve()
    leave_on_sigterm()
    with running_servers(state, durable=False) as servers:
        path = state / "env.sh"
        snippet = ENVIRONMENT_SNIPPET.format(
            path=path, database=servers.postgres.url(OWNER, "allclear_${WHO}"), broker=servers.valkey.socket
        )
        path.write_text(snippet, encoding="utf-8")
        path.chmod(0o600)
        print(snippet, flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StateError as problem:
        sys.exit(str(problem))

"""`make run`: servers, migrations, demo school and all processes under one supervisor, which leaves nothing behind.

With --rehearsal it lives for minutes and keeps no real password safe: for chaos, the demo day and the tests.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.run.children import end_with_parent, is_parent_interrupted
from tools.run.first_start import setup_link_lines
from tools.run.installation import (
    REHEARSAL_SETTINGS,
    ROOT,
    SETTINGS,
    SETTLED_NAMES,
    STATE,
    Address,
    address_from,
    environment_for,
    manage_command,
    take_lock,
    write_run,
)
from tools.run.log import Log
from tools.run.postgres import APPLICATION, OWNER, Postgres
from tools.run.prepared import is_prepared, mark_prepared
from tools.run.process_group import Child, ProcessGroup, Recipe, Stopped
from tools.run.processes import PROCESSES
from tools.run.ready_tables import ready_tables_load
from tools.run.state import StateError, open_home, read_secrets
from tools.run.valkey import Valkey

GRACE_SECONDS = 12.0
READY_SECONDS = 90.0
MOST_FIRST_STARTS = 3
UNDER_MAKE = "MAKELEVEL" in os.environ
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
NAME = "allclear"


@dataclass(frozen=True)
class Addresses:
    """The databases and the broker the processes use; `owner` is the role that migrates."""

    application: str
    owner: str
    broker: str


class Supervisor:
    """Starts the parts of one installation in their order and keeps them running."""

    def __init__(self, state: Path, address: Address, log: Log, settings: str = SETTINGS) -> None:
        self.state = state
        self.address = address
        self.log = log
        self.settings = settings
        self.group = ProcessGroup(log, changed=lambda _: self.describe(), **_ended_by(settings))
        self.servers: list[str] = []
        self.environment: dict[str, str] = {}
        self.owner_url = ""
        self.is_ready = False
        self.began = time.monotonic()

    @property
    def has_own_data(self) -> bool:
        """Whether the database is the private one, which nobody changes behind our back."""
        return "database" in self.servers

    @property
    def credentials(self) -> Path:
        """The file with the demo logins."""
        return self.state / "demo-credentials.json"

    def run(self) -> None:
        """Start everything, tell the people, and mend what dies until asked to stop."""
        self.describe()
        addresses = self.start_servers()
        self.owner_url = addresses.owner
        self.environment = environment_for(
            self.state,
            self.address,
            database_url=addresses.application,
            redis_url=addresses.broker,
            settings=self.settings,
        )
        self.prepare_tables_and_files()
        self.start_processes()
        way_in = self.way_in()
        self.is_ready = True
        self.describe()
        self.greet(way_in)
        self.group.watch(lambda: False)

    def start_servers(self) -> Addresses:
        """Start the private servers the environment does not replace."""
        application = os.environ.get("DATABASE_URL", "")
        owner = os.environ.get("DATABASE_OWNER_URL") or application
        broker = os.environ.get("REDIS_URL", "")
        if not broker:
            self.log.line(NAME, "starting the private Valkey")
            broker = self.start_valkey()
        if not application:
            self.log.line(NAME, "starting the private PostgreSQL (the first time makes its data, some seconds)")
            postgres = self.start_postgres()
            application, owner = postgres.url(APPLICATION), postgres.url(OWNER)
        return Addresses(application=application, owner=owner, broker=broker)

    def start_valkey(self) -> str:
        """Start the private broker; return its URL."""
        valkey = Valkey(home=open_home(self.state))
        self.start_server("broker", valkey)
        return valkey.url

    def start_postgres(self) -> Postgres:
        """Start the private database with its roles."""
        postgres = Postgres(home=open_home(self.state), passwords=read_secrets(self.state))
        self.start_server("database", postgres)
        postgres.provision()
        ready_tables_load(postgres)
        return postgres

    def start_server(self, name: str, server: Postgres | Valkey) -> None:
        """Start a private server and wait until it answers."""
        self.servers.append(name)
        recipe = Recipe(
            name=name,
            command=server.command(),
            environment=server.environment,
            folder=server.home.folder,
            account=server.home.account,
            prepare=server.prepare,
            stop_signal=server.stop_signal,
            death_signal=server.death_signal,
        )
        child = self.group.start(recipe)
        self.group.watch(lambda: server.answers() or child.starts > MOST_FIRST_STARTS, seconds=server.start_seconds)
        if not server.answers():
            raise StateError(f"The private {type(server).__name__} did not start; the lines above say why.")

    def prepare_tables_and_files(self) -> None:
        """Migrate as the owner and collect the static files side by side, where anything changed."""
        recipes = []
        if not (self.has_own_data and is_prepared(self.state, "tables")):
            self.log.line(NAME, "migrating the database")
            owner = self.environment | {"DATABASE_URL": self.owner_url}
            recipes.append(self.once("migrate", "migrate", "--no-input", "--skip-checks", environment=owner))
        folder = self.environment["STATIC_ROOT"]
        if not (Path(folder).is_dir() and is_prepared(self.state, "static", folder)):
            self.log.line(NAME, "collecting the static files")
            recipes.append(self.once("static", "collectstatic", "--no-input", "--skip-checks"))
        if not self.group.run_to_the_end(recipes):
            raise StateError("The tables or the static files could not be prepared; the lines above say why.")
        if not is_prepared(self.state, "tables"):
            self.group.run_to_the_end(
                [self.once("seal", "contents_seal", "--skip-checks")]
            )  # it says what it could not
        mark_prepared(self.state, "tables")
        mark_prepared(self.state, "static", folder)

    def start_processes(self) -> None:
        """Start the processes, lay out the demo school meanwhile, and wait until the web says that it is ready."""
        seed = self.start_seed()
        self.log.line(NAME, "starting the processes")
        for process in PROCESSES:
            command = process.command(bind=self.address.bind, state=self.state)
            self.group.start(Recipe(process.name, command, self.environment, ROOT))
        if seed is not None:
            self.finish_seed(seed)
        if not self.group.watch(self.address.is_ready, seconds=READY_SECONDS):
            where = f"{self.address.url}/readyz"
            raise StateError(f"{where} did not answer 200 within {READY_SECONDS:g} s; the lines above say why.")

    def start_seed(self) -> Child | None:
        """Start laying out the demo school, unless it stands already or none is wanted."""
        is_wanted = self.environment["DEMO"].lower() in TRUE_WORDS
        stands = self.has_own_data and self.credentials.exists() and is_prepared(self.state, "demo", self.address.url)
        if stands or not is_wanted:
            return None
        self.log.line(NAME, "laying out the demo school")
        arguments = ("--credentials", str(self.credentials), "--base-url", self.address.url)
        return self.group.start(self.once("seed", "demo_seed", *arguments))

    def finish_seed(self, seed: Child) -> None:
        """Wait until the demo school stands; raise StateError when it does not."""
        self.group.watch(lambda: not seed.is_alive)
        if not seed.ended_well:
            raise StateError("The demo school could not be laid out; the lines above say why.")
        del self.group.children[seed.recipe.name]
        mark_prepared(self.state, "demo", self.address.url)

    def once(self, name: str, *arguments: str, environment: dict[str, str] | None = None) -> Recipe:
        """Return a quiet management command to run to its end."""
        command = manage_command(*arguments, "--verbosity", "0")
        return Recipe(name, command, environment or self.environment, ROOT, lasts=False)

    def describe(self) -> None:
        """Write var/run.json for `make manage` and for whoever wants a process by its name."""
        content = {
            "supervisor": os.getpid(),
            "ready": self.is_ready,
            "base_url": self.address.url,
            "processes": self.group.pids(),
            "environment": {name: self.environment[name] for name in SETTLED_NAMES if name in self.environment},
            "owner_url": self.owner_url,
        }
        write_run(self.state, content)

    def greet(self, way_in: str) -> None:
        """Print the address, one demo login per role or the way in, and how to stop."""
        path = self.credentials
        accounts = json.loads(path.read_text(encoding="utf-8"))["accounts"] if path.exists() else []
        one_per_role: dict[str, dict[str, str]] = {}
        for account in accounts:
            one_per_role.setdefault(account["role"], account)
        self.log.plain(
            f"\n  Allclear · 报平安 is ready after {time.monotonic() - self.began:.1f} s\n\n  {self.address.url}\n"
        )
        for account in one_per_role.values():
            login = f"{account['username']:<16} {account['password']:<16}"
            self.log.plain(f"  {login} {account['role']:<20} {account['person']}")
        for line in way_in.splitlines():
            self.log.plain(f"  {line}")
        self.log.plain("\n  Stop with Ctrl-C. The data stays in var/; make reset removes it.\n")

    def way_in(self) -> str:
        """Return the set-up link of an installation without any school; the demo has logins instead."""
        has_demo = self.environment["DEMO"].lower() in TRUE_WORDS
        return "" if has_demo else setup_link_lines(self.environment)

    def stop(self) -> None:
        """Stop the processes, then the servers."""
        self.log.line(NAME, "stopping")
        processes = [name for name in self.group.children if name not in self.servers]
        self.group.stop(processes, grace=GRACE_SECONDS)
        self.group.stop(self.servers, grace=GRACE_SECONDS)
        (self.state / "run.json").unlink(missing_ok=True)
        self.log.line(NAME, "stopped")


def _ended_by(settings: str) -> dict[str, Callable[[], bool]]:
    """Return what ends the group besides signals: `make` interrupted, or whoever started a rehearsal gone."""
    parent, under_make = os.getppid(), is_parent_interrupted if UNDER_MAKE else lambda: False
    is_rehearsal = settings == REHEARSAL_SETTINGS
    return {"is_interrupted": lambda: under_make() or (is_rehearsal and os.getppid() != parent)}


def main() -> int:
    """Run the installation of this checkout; return 0 when asked to stop, 1 when it cannot run."""
    if UNDER_MAKE:
        end_with_parent(signal.SIGTERM)
    log = Log(sys.stdout.fileno())
    try:
        address = address_from(os.environ)
        with take_lock(STATE):
            settings = REHEARSAL_SETTINGS if sys.argv[1:] == ["--rehearsal"] else SETTINGS
            return run_installation(Supervisor(STATE, address, log, settings))
    except StateError as problem:
        log.line(NAME, str(problem))
        return 1


def run_installation(supervisor: Supervisor) -> int:
    """Run it to its end and stop it, however it ends."""
    try:
        supervisor.address.require_free()
        supervisor.run()
    except Stopped:
        return 0
    finally:
        supervisor.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())

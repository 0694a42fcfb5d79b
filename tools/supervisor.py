"""`make run`: servers, migrations, demo school and all processes under one supervisor, which leaves nothing behind."""

import http.client
import json
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tools.children import end_with_parent
from tools.herd import Herd, Recipe, Stopped
from tools.installation import (
    ROOT,
    SETTLED_NAMES,
    STATE,
    Address,
    address_from,
    environment_for,
    manage_command,
    take_lock,
    write_run,
)
from tools.log import Log
from tools.postgres import APPLICATION, OWNER, Postgres
from tools.processes import PROCESSES
from tools.state import StateError, open_home, read_secrets
from tools.valkey import Valkey

GRACE_SECONDS = 12.0
READY_SECONDS = 90.0
MOST_FIRST_STARTS = 3
NAME = "allclear"


@dataclass(frozen=True)
class Addresses:
    """The databases and the broker the processes use; `owner` is the role that migrates."""

    application: str
    owner: str
    broker: str


class Supervisor:
    """Starts the parts of one installation in their order and keeps them running."""

    def __init__(self, state: Path, address: Address, log: Log) -> None:
        self.state = state
        self.address = address
        self.log = log
        self.herd = Herd(log, changed=lambda _: self.describe())
        self.servers: list[str] = []
        self.environment: dict[str, str] = {}
        self.owner_url = ""
        self.is_ready = False
        self.began = time.monotonic()

    def run(self) -> None:
        """Start everything, tell the people, and mend what dies until asked to stop."""
        addresses = self.start_servers()
        self.owner_url = addresses.owner
        self.environment = environment_for(
            self.state, self.address, database_url=addresses.application, redis_url=addresses.broker
        )
        self.prepare_application()
        for process in PROCESSES:
            command = process.command(bind=self.address.bind, state=self.state)
            self.herd.start(Recipe(process.name, command, self.environment, ROOT))
        if not self.herd.watch(self.answers, seconds=READY_SECONDS):
            raise StateError(
                f"{self.address.url}/readyz did not answer 200 within {READY_SECONDS:g} s; see the lines above."
            )
        self.is_ready = True
        self.describe()
        self.greet()
        self.herd.watch(lambda: False)

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
        child = self.herd.start(recipe)
        self.herd.watch(lambda: server.answers() or child.starts > MOST_FIRST_STARTS, seconds=server.start_seconds)
        if not server.answers():
            raise StateError(f"The private {type(server).__name__} did not start; the lines above say why.")

    def prepare_application(self) -> None:
        """Migrate as the owner, collect the static files, lay out the demo school; raise StateError when one fails."""
        self.log.line(NAME, "migrating the database and collecting static files")
        owner = self.environment | {"DATABASE_URL": self.owner_url}
        self.finish(
            self.once("migrate", "migrate", "--no-input", "--verbosity", "0", environment=owner),
            self.once("static", "collectstatic", "--no-input", "--verbosity", "0"),
        )
        self.log.line(NAME, "laying out the demo school")
        credentials = str(self.state / "demo-credentials.json")
        self.finish(self.once("seed", "demo_seed", "--credentials", credentials, "--base-url", self.address.url))

    def once(self, name: str, *arguments: str, environment: dict[str, str] | None = None) -> Recipe:
        """Return a management command to run to its end."""
        return Recipe(name, manage_command(*arguments), environment or self.environment, ROOT, lasts=False)

    def finish(self, *recipes: Recipe) -> None:
        """Run them side by side; raise StateError unless all end well."""
        if not self.herd.run_to_the_end(recipes):
            names = " or ".join(recipe.name for recipe in recipes)
            raise StateError(f"{names} failed; the lines above say why.")

    def answers(self) -> bool:
        """Return whether the web says that it is ready."""
        connection = http.client.HTTPConnection(self.address.local_host, self.address.port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def describe(self) -> None:
        """Write var/run.json for `make manage` and for whoever wants a process by its name."""
        content = {
            "supervisor": os.getpid(),
            "ready": self.is_ready,
            "base_url": self.address.url,
            "processes": self.herd.pids(),
            "environment": {name: self.environment[name] for name in SETTLED_NAMES if name in self.environment},
            "owner_url": self.owner_url,
        }
        write_run(self.state, content)

    def greet(self) -> None:
        """Print the address, one demo login per role, and how to stop."""
        path = self.state / "demo-credentials.json"
        accounts = json.loads(path.read_text(encoding="utf-8"))["accounts"] if path.exists() else []
        one_per_role = {account["role"]: account for account in reversed(accounts)}
        self.log.plain(
            f"\n  Allclear · 报平安 is ready after {time.monotonic() - self.began:.1f} s\n\n  {self.address.url}\n"
        )
        for account in reversed(one_per_role.values()):
            login = f"{account['username']:<16} {account['password']:<16}"
            self.log.plain(f"  {login} {account['role']:<20} {account['person']}")
        self.log.plain("\n  Stop with Ctrl-C. The data stays in var/; make reset removes it.\n")

    def stop(self) -> None:
        """Stop the processes, then the servers."""
        self.log.line(NAME, "stopping")
        processes = [name for name in self.herd.children if name not in self.servers]
        self.herd.stop(processes, grace=GRACE_SECONDS)
        self.herd.stop(self.servers, grace=GRACE_SECONDS)
        (self.state / "run.json").unlink(missing_ok=True)
        self.log.line(NAME, "stopped")


def main() -> int:
    """Run the installation of this checkout; return 0 when asked to stop, 1 when it cannot run."""
    if "MAKELEVEL" in os.environ:
        end_with_parent(signal.SIGTERM)
    log = Log(sys.stdout.fileno())
    try:
        address = address_from(os.environ)
        with take_lock(STATE):
            return run_installation(Supervisor(STATE, address, log))
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

"""The installation of `make run` in var/ (or STATE_DIRECTORY): its address, environment, lock and description."""

import fcntl
import getpass
import http.client
import json
import os
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from psycopg.conninfo import conninfo_to_dict

from tools.run.state import StateError, read_secrets, write_private

ROOT = Path(__file__).resolve().parents[2]
STATE = Path(os.environ.get("STATE_DIRECTORY") or ROOT / "var").resolve()
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened on
TABLE_COMMANDS = frozenset({"migrate", "flush"})
OWNER_COMMANDS = TABLE_COMMANDS | {
    *("grants_apply", "ledger_erase", "meeting_erase", "bulletin_erase", "sqlmigrate"),
    *("backup", "restore", "restore_rehearsal"),
}
PORT_SECONDS = 3
SETTINGS, REHEARSAL_SETTINGS = "backend.config.settings", "tools.run.rehearsal_settings"
SETTLED_NAMES = (
    *("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "DEMO", "PUBLIC_URL", "ALLOWED_HOSTS"),
    *(
        "APPLICATION_ROLE",
        "STATIC_ROOT",
        "MAIL_DIRECTORY",
        "FILES_ROOT",
        "NOTARY_FOLDER",
        "SEALING_FOLDER",
        "DJANGO_SETTINGS_MODULE",
    ),
)


@dataclass(frozen=True)
class Address:
    """The host and port on which the web listens."""

    host: str
    port: int

    @property
    def bind(self) -> str:
        """The address as gunicorn takes it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def local_host(self) -> str:
        """The host to reach it from this machine."""
        return "127.0.0.1" if self.host in EVERY_ADDRESS else self.host

    @property
    def url(self) -> str:
        """The URL to open on this machine."""
        return f"http://{Address(self.local_host, self.port).bind}"

    def names(self) -> list[str]:
        """Return the host names people may use: the machine's own as well when it listens on every address."""
        names = ["127.0.0.1", "localhost", "[::1]"]
        if self.host not in EVERY_ADDRESS:
            return list(dict.fromkeys([*names, self.host]))
        machine = socket.gethostname()
        try:
            found = [str(entry[4][0]) for entry in socket.getaddrinfo(machine, None)]
        except OSError:
            found = []
        return list(dict.fromkeys([*names, machine, socket.getfqdn(), *found]))

    def require_free(self) -> None:
        """Raise StateError when somebody listens there; the remains of a killed run get a few seconds to go."""
        end = time.monotonic() + PORT_SECONDS
        while True:
            try:
                self._try_to_listen()
            except OSError as problem:
                if time.monotonic() > end:
                    raise StateError(
                        f"Cannot listen on {self.bind} ({problem.strerror}). Choose another port: PORT=8001 make run"
                    ) from None
                time.sleep(0.2)
            else:
                return

    def is_ready(self) -> bool:
        """Return whether the web there says that it is ready."""
        connection = http.client.HTTPConnection(self.local_host, self.port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _try_to_listen(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((self.host, self.port))
            probe.listen(1)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def address_from(environment: Mapping[str, str]) -> Address:
    """Return HOST (127.0.0.1) and PORT (8000); raise StateError for a port that is none."""
    text = environment.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:  # noqa: PLR2004
        raise StateError(f"PORT is {text!r}; write a number from 1 to 65535.")
    return Address(host=environment.get("HOST") or "127.0.0.1", port=int(text))


def environment_for(
    state: Path, address: Address, *, database_url: str, redis_url: str, settings: str = SETTINGS
) -> dict[str, str]:
    """Return the environment of the processes: the caller's own words win over the demo's."""
    demo = {
        "SECRET_KEY": read_secrets(state)["secret_key"],
        "DEMO": "1",
        "PUBLIC_URL": address.url,
        "ALLOWED_HOSTS": ",".join(address.names()),
        "STATIC_ROOT": str(state / "static"),
        "FILES_ROOT": str(state / "files"),
        "NOTARY_FOLDER": str(state / "notary"),
        "SEALING_FOLDER": str(state / "sealing"),
    }
    if "EMAIL_HOST" not in os.environ:
        demo["MAIL_DIRECTORY"] = str(state / "mail")
    settled = {
        "DATABASE_URL": database_url,
        "APPLICATION_ROLE": str(conninfo_to_dict(database_url).get("user") or getpass.getuser()),
        "REDIS_URL": redis_url,
        "DJANGO_SETTINGS_MODULE": settings,
        "PYTHONUNBUFFERED": "1",
        "CELERY_SKIP_CHECKS": "1",  # `make check` runs them; here they only delay the start
    }
    return {**demo, **os.environ, **settled}


def take_lock(state: Path) -> IO[str]:
    """Return the lock of the installation, held until closed; raise StateError when something else runs on it."""
    state.mkdir(parents=True, exist_ok=True)
    lock = (state / "run.lock").open("a", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        running = read_run(state)
        where = f" at {running['base_url']} (process {running['supervisor']})" if running else ""
        raise StateError(f"Allclear is already running here{where}. Stop that one first, with Ctrl-C.") from None
    return lock


def is_running(state: Path) -> bool:
    """Return whether a supervisor holds the installation."""
    try:
        take_lock(state).close()
    except StateError:
        return True
    return False


def write_run(state: Path, content: Mapping[str, Any]) -> None:
    """Write var/run.json; it holds passwords, so only its owner may read it."""
    write_private(state / "run.json", json.dumps(content, indent=1))


def read_run(state: Path) -> dict[str, Any]:
    """Return what the running supervisor says of itself; empty when there is none."""
    try:
        content: dict[str, Any] = json.loads((state / "run.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return content


def manage_command(*arguments: str) -> list[str]:
    """Return the command line of a management command."""
    return [sys.executable, "manage.py", *arguments]

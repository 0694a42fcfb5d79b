"""The migrated database of a run in several processes: whoever first needs one makes it, the others wait for it.

`python -m tests.template_database RUN` makes that of a run, beside the collecting of its tests.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import psycopg
from django.db import connection
from psycopg import sql

from backend.health.backup_databases import conninfo, programs_environment
from backend.health.backup_files import program
from tools.run.ready_tables import VARIABLE as READY_TABLES

MAINTENANCE = "postgres"
EXISTS = "SELECT 1 FROM pg_database WHERE datname = %s"


def template_make(run: str) -> None:
    """Make the template unless another process has; who comes meanwhile waits."""
    name, half = template_name(run), f"{template_name(run)}_half"
    with maintenance() as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        if server.execute(EXISTS, [name]).fetchone() is None:
            _migrate(half)
            ready_tables_keep(half)
            server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (half, name))))


def template_drop(run: str) -> None:
    """Drop the template of a run, if it was made."""
    with maintenance() as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(template_name(run))))


def ready_tables_keep(name: str) -> None:
    """Write the tables of a migrated database, with the rows that its migrations made, where the run keeps them."""
    if READY_TABLES in os.environ:
        path = Path(os.environ[READY_TABLES])
        half = path.with_suffix(".half")
        command: list[str | Path] = [program("pg_dump"), "--no-owner", "--no-privileges", "--file", half]
        subprocess.run(command, env=programs_environment(conninfo(database=name)), check=True)
        half.rename(path)


def template_name(run: str) -> str:
    """Return the name of a run's template, which no other run uses."""
    return f"template_{run}"


@contextmanager
def maintenance() -> Iterator[psycopg.Connection]:
    """Open a connection of the owner to the database that is always there."""
    parameters = {**connection.get_connection_params(), "dbname": MAINTENANCE}
    own = {name: parameters[name] for name in ("host", "port", "user", "password", "dbname") if name in parameters}
    with psycopg.connect(**own, autocommit=True) as opened:
        yield opened


def _migrate(name: str) -> None:
    """Make a database and bring it up to date, and leave the connection's settings as they were."""
    settings, test = connection.settings_dict, connection.settings_dict["TEST"]
    before = settings["NAME"], test["NAME"]
    test["NAME"] = name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        connection.close()
        settings["NAME"], test["NAME"] = before


if __name__ == "__main__":
    django.setup()
    template_make(sys.argv[1])

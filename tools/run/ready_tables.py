"""Tables that were made once for several fresh installations, as a run of tests keeps them in the file READY_TABLES.

Migrating from nothing takes half a minute of computing; beginning with ready tables takes a second, and `migrate` then
finds nothing left to do.
"""

import os
import subprocess
from pathlib import Path

import psycopg

from tools.run.postgres import DATABASE, OWNER, Postgres

VARIABLE = "READY_TABLES"
QUIETLY = ("--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1", "--output", os.devnull)


def ready_tables_load(postgres: Postgres) -> None:
    """Put the tables of the file that is named, if it is there, into a database that has none; they are the owner's."""
    path = Path(os.environ.get(VARIABLE) or os.devnull)
    if path.is_file() and _is_empty(postgres):
        environment = {
            **postgres.environment,
            "PGHOST": str(postgres.home.sockets),
            "PGDATABASE": DATABASE,
            "PGUSER": OWNER,
            "PGPASSWORD": postgres.passwords[OWNER],
        }
        subprocess.run([postgres.program("psql"), *QUIETLY, "--file", path], env=environment, check=True)


def _is_empty(postgres: Postgres) -> bool:
    with psycopg.connect(postgres.url(OWNER)) as connection:
        return connection.execute("SELECT to_regclass('public.django_migrations')").fetchone() == (None,)

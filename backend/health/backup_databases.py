"""The databases of a backup: how programs reach one, what it holds, and an empty one to rehearse in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from backend.health.backup_errors import BackupError

REHEARSAL = "_rehearsal"
TABLES = """
SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
ORDER BY c.relname
"""


def conninfo(*, database: str | None = None) -> str:
    """Return how to reach the configured database, or another one of the same server."""
    ours: dict[str, Any] = connection.settings_dict
    secure = {name: value for name, value in ours["OPTIONS"].items() if name.startswith("ssl")}
    login = {"host": ours["HOST"], "port": ours["PORT"], "user": ours["USER"], "password": ours["PASSWORD"]}
    return make_conninfo("", dbname=database or ours["NAME"], **{k: v for k, v in login.items() if v}, **secure)


def programs_environment(reached: str) -> dict[str, str]:
    """Return the environment in which PostgreSQL's programs reach a database; no password stands in a command line."""
    parts = psycopg.conninfo.conninfo_to_dict(reached)
    names = {"dbname": "PGDATABASE", "user": "PGUSER"}
    given = {names.get(name, f"PG{name.upper()}"): str(value) for name, value in parts.items()}
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **given}


def rows_counted(session: "psycopg.Connection[Any]") -> dict[str, int]:
    """Return how many rows each table holds."""
    tables = [row[0] for row in session.execute(TABLES)]
    counting = sql.SQL("SELECT count(*) FROM {}")
    return {name: session.execute(counting.format(sql.Identifier(name))).fetchone()[0] for name in tables}  # type: ignore[index]


@contextmanager
def snapshot_opened() -> Iterator[tuple["psycopg.Connection[Any]", str]]:
    """Hold one snapshot of the configured database open, which `pg_dump` reads as well."""
    with psycopg.connect(conninfo()) as session:
        session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        session.read_only = True
        found = session.execute("SELECT pg_export_snapshot()").fetchone()
        yield session, str(found[0] if found else "")


def holds_tickets(reached: str) -> bool:
    """Say whether a database holds tickets, which a restore would replace."""
    with psycopg.connect(reached) as session:
        if not session.execute("SELECT to_regclass('public.workflow_ticket') IS NOT NULL").fetchone()[0]:  # type: ignore[index]
            return False
        return bool(session.execute("SELECT EXISTS (SELECT FROM public.workflow_ticket)").fetchone()[0])  # type: ignore[index]


def emptied(reached: str) -> None:
    """Remove everything from a database that this role owns, for a restore into it."""
    role = sql.Identifier(settings.APPLICATION_ROLE)
    with psycopg.connect(reached) as session:
        session.execute("DROP SCHEMA IF EXISTS public CASCADE")
        session.execute("CREATE SCHEMA public AUTHORIZATION pg_database_owner")  # else the next dump would make it too
        session.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))


@contextmanager
def rehearsal_database() -> Iterator[str]:
    """Yield how to reach an empty database beside the configured one; empty it again at the end."""
    name = f"{connection.settings_dict['NAME']}{REHEARSAL}"
    reached = conninfo(database=name)
    try:
        psycopg.connect(reached).close()
    except psycopg.OperationalError:
        _create(name)
    emptied(reached)
    try:
        yield reached
    finally:
        emptied(reached)


def _create(name: str) -> None:
    try:
        with psycopg.connect(conninfo(), autocommit=True) as session:
            session.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.Error as error:
        owner = connection.settings_dict["USER"]
        raise BackupError(
            f'There is no database to rehearse in. Make one as superuser: CREATE DATABASE "{name}" OWNER "{owner}";'
        ) from error

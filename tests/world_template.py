"""The world of the tests, built once per process: its rows are kept in a schema of their own and laid out again."""
# ruff: noqa: S608 - every name in these statements is one of our own tables and columns

import pickle
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import DateTimeField, Model

from backend.common.clock import database_now
from tests.roles import as_owner
from tests.world import Client, Member, World, build_world

SCHEMA = "world_template"
MICROSECOND = timedelta(microseconds=1)
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
COLUMNS = """
SELECT column_name, data_type FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position
"""


@dataclass(frozen=True)
class WorldTemplate:
    """The world as it was built, packed up, since unpacking is quicker than copying; its rows stand in the schema."""

    built_at: datetime
    packed: bytes

    def world_now(self) -> World:
        """Lay out the same rows as if they were built now; return a world of their own for the test."""
        now = database_now()
        age = now - self.built_at
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {SCHEMA}.lay_out(%s * interval '1 microsecond')", [age // MICROSECOND])
        (bureau, home, elsewhere, people), dated = pickle.loads(self.packed)  # noqa: S301 - packed below
        for row, fields in dated:
            for field in fields:
                setattr(row, field, getattr(row, field) + age)
        members = {name: Member(user, person, Client(token)) for name, (user, person, token) in people.items()}
        return World(now, bureau, home, elsewhere, members)


def world_template_build() -> WorldTemplate:
    """Build the world once as the application, keep its rows as the owner and leave no other trace of it."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        cursor.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO PUBLIC")
    with transaction.atomic():
        before = filled_tables()
        world = build_world()
        kept = [table for table in filled_tables() if table not in before]
        rows = {table: _rows(table) for table in kept}
        transaction.set_rollback(True)
    with as_owner():
        for table in kept:
            _keep(table, rows[table])
        _write_function(kept)
    return WorldTemplate(world.now, packed(world))


def filled_tables() -> list[str]:
    """Return the tables that hold a row."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(TABLES)
        names = [row[0] for row in cursor.fetchall()]
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in names))
        return [row[0] for row in cursor.fetchall()]


def packed(world: World) -> bytes:
    """Pack the people and places of a world, and beside them which instants of which rows grow older."""
    people = {name: (member.user, member.person, member.client.token) for name, member in world.members.items()}
    copies: dict[int, object] = {}
    parts = deepcopy((world.bureau, world.home, world.elsewhere, people), copies)
    rows = [copy for copy in copies.values() if isinstance(copy, Model)]
    return pickle.dumps((parts, [(row, fields) for row in rows if (fields := _instants(row))]))


def _instants(row: Model) -> list[str]:
    names = [field.attname for field in row._meta.concrete_fields if isinstance(field, DateTimeField)]
    return [name for name in names if getattr(row, name) is not None]


def _rows(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT json_agg(found)::text FROM "{table}" AS found')
        return str(cursor.fetchone()[0])


def _keep(table: str, rows: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f'CREATE TABLE {SCHEMA}."{table}" AS SELECT * FROM json_populate_recordset(NULL::public."{table}", %s)',
            [rows],
        )


def _write_function(tables: list[str]) -> None:
    """Write what lays the rows out. Foreign keys are checked there: turned off, the session would forget its plans."""
    statements = "\n".join(_statement(table) for table in tables)
    checked = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE FUNCTION {SCHEMA}.lay_out(age interval) RETURNS void LANGUAGE plpgsql SECURITY DEFINER"
            f" AS $lay$ BEGIN {statements} {checked} END $lay$"
        )


def _statement(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [table])
        columns = {f'"{name}"': kind for name, kind in cursor.fetchall()}
    values = [f"{name} + age" if kind.startswith("timestamp") else name for name, kind in columns.items()]
    return f'INSERT INTO public."{table}" ({", ".join(columns)}) SELECT {", ".join(values)} FROM {SCHEMA}."{table}";'

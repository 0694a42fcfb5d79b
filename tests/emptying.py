"""Emptying the tables after a test that committed: few rows are deleted, many go with their files."""

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from tests.roles import as_owner

KEPT = {ContentType._meta.db_table, Permission._meta.db_table}
"""Tables that migrations fill; what they hold Django would write anew."""
MOST_BYTES = 8 * 1024 * 1024
"""Beyond this the remains of deleted rows would slow down the tests to come."""
SIZES = "SELECT name, pg_relation_size(name::regclass) FROM unnest(%s::text[]) AS name"


def tables() -> list[str]:
    """Return the tables that tests fill."""
    every = [model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return [table for table in dict.fromkeys(every) if table not in KEPT]


def tables_empty(names: list[str]) -> None:
    """Wait until nobody works in the tables any more, and take away every row.

    To truncate them takes a fifth of a second, since each is a file or more.
    """
    every = ", ".join(f'"{name}"' for name in names)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {every}")
        cursor.execute(SIZES, [[f'"{name}"' for name in names]])
        sizes = {name: size for name, size in cursor.fetchall() if size}
        if sum(sizes.values()) > MOST_BYTES:
            cursor.execute(f"TRUNCATE {every}")
            return
        deletions = [f"DELETE FROM {name}" for name in sizes]  # noqa: S608 - our own tables
        cursor.execute("; ".join(["SET LOCAL session_replication_role = replica", *deletions]))

"""Statements that the database plans once for each connection: what every filed report asks and writes.

Planning a join of six tables costs the database several times what it takes to answer it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg.pq import Format


class PreparedCursor(psycopg.Cursor[Any]):
    """A cursor that sends parameters beside the statement, and knows what it carried out also when it was prepared."""

    def _send_query_prepared(self, name: bytes, pgq: Any, **options: Any) -> None:
        self._query = pgq  # as for statements that are not prepared; Django's log of statements reads it
        super()._send_query_prepared(name, pgq, **options)


@contextmanager
def prepared_cursor() -> Iterator[CursorWrapper]:
    """Yield a cursor whose statement is planned once for a session, and for any values (`DATABASES` in settings).

    Name the columns that it returns: a plan outlives a migration, and `*` would mean other columns after it. Values
    come in PostgreSQL's binary format, which is read many times as fast as text; jsonb comes parsed.
    """
    with connection.cursor() as cursor:
        cursor.cursor = PreparedCursor(connection.connection)
        cursor.cursor.format = Format.BINARY
        yield cursor

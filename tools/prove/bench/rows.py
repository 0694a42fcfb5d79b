"""Multiplying the tickets of a database, with their running clocks and reports, by statements alone."""

from collections.abc import Callable, Iterator, Mapping

import psycopg
from psycopg import sql

CHUNK = 50_000
SHARE_OPEN = 20
"""One ticket in twenty is still open, due within thirty days, and the others are closed, unless told otherwise."""

TICKET_VALUES = {
    "id": "md5('ticket' || number)::uuid",
    "reference": "'Z' || lpad(upper(to_hex(number)), 9, '0')",
    "state": "CASE WHEN number %% %(share)s = 0 THEN sample.state ELSE 'closed' END",
    "filed_at": "sample.filed_at - make_interval(mins => number %% 500000)",
    "updated_at": "sample.filed_at - make_interval(mins => number %% 500000) + interval '1 hour'",
    "closed_at": "CASE WHEN number %% %(share)s = 0 THEN NULL ELSE sample.filed_at END",
    "next_due_at": "CASE WHEN number %% %(share)s = 0"
    " THEN sample.filed_at + make_interval(secs => number %% 2592000) ELSE '9999-01-01T00:00:00Z'::timestamptz END",
}
REPORT_VALUES = {
    "id": "md5('report' || number)::uuid",
    "ticket_id": "md5('ticket' || number)::uuid",
    "filed_at": "sample.filed_at - make_interval(mins => number %% 500000)",
}
LATER = "interval '1 day' + make_interval(secs => number %% 2592000)"
TIMER_VALUES = {
    "id": None,
    "subject_id": "md5('ticket' || number)::uuid",
    "due_at": f"sample.due_at + {LATER}",
    "next_try_at": f"sample.next_try_at + {LATER}",
    "ladder": f"ARRAY(SELECT due + {LATER} FROM unnest(sample.ladder) AS due ORDER BY due)",  # noqa: S608 - constants
}
SAMPLES = """
CREATE TEMPORARY TABLE sample AS
SELECT ticket.id AS ticket_id, row_number() OVER (ORDER BY filed_at, id) - 1 AS place,
       count(*) OVER () AS total
FROM workflow_ticket AS ticket WHERE state <> 'closed'
"""


def multiply(
    connection: psycopg.Connection, *, wanted: int, progress: Callable[[int], None], share: int = SHARE_OPEN
) -> None:
    """Copy the tickets of the database until there are about so many, one in `share` of them still open.

    In chunks; foreign keys hold by construction.
    """
    connection.execute("SET session_replication_role = replica")  # the state machine would refuse to begin as closed
    connection.execute(SAMPLES)
    statements = [
        _copy(connection, "workflow_ticket", "sample.id", TICKET_VALUES, only_open=False),
        _copy(connection, "incidents_report", "sample.ticket_id", REPORT_VALUES, only_open=False),
        _copy(connection, "deadlines_timer", "sample.subject_id", TIMER_VALUES, only_open=True),
    ]
    for first, last in _chunks(wanted):
        for statement in statements:
            connection.execute(statement, {"first": first, "last": last, "share": share})
        progress(last)
    connection.execute("SET session_replication_role = origin")
    connection.commit()
    connection.autocommit = True
    connection.execute("VACUUM ANALYZE")


def _chunks(wanted: int) -> Iterator[tuple[int, int]]:
    for first in range(1, wanted + 1, CHUNK):
        yield first, min(first + CHUNK - 1, wanted)


def _copy(
    connection: psycopg.Connection, table: str, ticket: str, values: Mapping[str, str | None], *, only_open: bool
) -> sql.Composed:
    columns = [
        row[0]
        for row in connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [table],
        )
        if values.get(row[0], "") is not None
    ]
    chosen = [
        sql.SQL(values[name] or "") if name in values else sql.SQL("sample.{}").format(sql.Identifier(name))
        for name in columns
    ]
    return sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {chosen} FROM generate_series(%(first)s::int, %(last)s::int) AS number"
        " JOIN sample AS chosen ON chosen.place = number %% chosen.total"
        " JOIN {table} AS sample ON {ticket} = chosen.ticket_id {only_open}"
    ).format(
        table=sql.Identifier(table),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        chosen=sql.SQL(", ").join(chosen),
        ticket=sql.SQL(ticket),
        only_open=sql.SQL("WHERE number %% %(share)s = 0" if only_open else ""),
    )

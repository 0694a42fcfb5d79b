"""Multiplying the tickets of a database, with their running clocks and reports, by statements alone."""

from collections.abc import Callable, Iterator, Mapping

import psycopg
from psycopg import sql

CHUNK = 50_000
SHARE_OPEN = 20
"""One ticket in twenty is still open, due within thirty days, and the others are closed, unless told otherwise."""

WHERE_IT_IS = (
    "教学楼二层",
    "实验楼走廊",
    "食堂后厨",
    "操场西侧",
    "宿舍三层",
    "图书馆门口",
    "校门外",
    "体育馆",
    "停车场",
    "报告厅",
)
WHAT_IT_IS = (
    *(
        "安全出口",
        "疏散指示灯",
        "灭火器",
        "配电箱",
        "热水管",
        "楼梯扶手",
        "窗户玻璃",
        "篮球架",
        "排水沟",
        "监控探头",
        "消防栓",
    ),
    *("the fire door", "a loose railing", "the boiler", "a broken lamp", "the side gate"),
)
WHAT_HAPPENED = ("被课桌堵住了", "松动了", "漏水", "不亮", "上了锁", "is broken", "is blocked")
TEXT = """(%(where)s::text[])[1 + number %% cardinality(%(where)s::text[])]
    || (%(what)s::text[])[1 + number / 10 %% cardinality(%(what)s::text[])]
    || (%(happened)s::text[])[1 + number / 160 %% cardinality(%(happened)s::text[])] || ' No. ' || number"""
"""A text of its own for each ticket: some words stand in every tenth, its number in no other."""
TICKET_VALUES = {
    "description": TEXT,
    "place_id": "(SELECT ids[1 + number %% cardinality(ids)] FROM place_of_school AS place"
    " WHERE place.school_id = sample.school_id)",
    "assignee_id": "CASE WHEN number %% %(share)s = 0 THEN sample.assignee_id ELSE"
    " (SELECT ids[1 + number %% cardinality(ids)] FROM person_of_school AS person"
    " WHERE person.school_id = sample.school_id) END",
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
CREATE TEMPORARY TABLE place_of_school AS
SELECT school_id, array_agg(id ORDER BY code) AS ids FROM organisation_place GROUP BY school_id;
CREATE TEMPORARY TABLE person_of_school AS
SELECT school_id, array_agg(id ORDER BY staff_number) AS ids FROM organisation_person GROUP BY school_id;
CREATE TEMPORARY TABLE sample AS
SELECT ticket.id AS ticket_id, row_number() OVER (ORDER BY filed_at, id) - 1 AS place,
       count(*) OVER () AS total
FROM workflow_ticket AS ticket WHERE state <> 'closed'
"""
TEXT_INDEX = "ticket_text_pairs"
"""Built anew after the tickets are there: row by row it takes several times as long as all the rest."""


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
    words = {"where": list(WHERE_IT_IS), "what": list(WHAT_IT_IS), "happened": list(WHAT_HAPPENED)}
    index = connection.execute("SELECT pg_get_indexdef(%s::regclass)", [TEXT_INDEX]).fetchone()
    connection.execute(f"DROP INDEX {TEXT_INDEX}")
    for first, last in _chunks(wanted):
        for statement in statements:
            connection.execute(statement, {"first": first, "last": last, "share": share, **words})
        progress(last)
    connection.execute(index[0] if index else "")
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

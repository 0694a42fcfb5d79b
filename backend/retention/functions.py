"""The functions by which the application forgets what it may not change: made as the owner after each migration.

Each looks itself whether enough time has passed and whether evidence is held, so that whoever holds the application's
role forgets nothing sooner. Triggers of records let pass what these functions do, and nothing else that it does.
"""
# ruff: noqa: S608 - what is put into the statements is written here and in the models

from collections.abc import Iterator

from django.db import connection

from backend.retention.row_rules import ROW_RULES, held_as_evidence
from backend.retention.ways import DELETED, MANY, emptied_columns, way_to_ticket
from backend.rulebook.keeping import BOUNDS
from backend.workflow.holding import NEVER_YOUNGER

SETTLED = f"({', '.join(repr(kind) for kind in NEVER_YOUNGER)})"
MADE_AS = "SECURITY DEFINER SET search_path = public, pg_temp"
BEGIN = "BEGIN PERFORM set_config('allclear.forgets', 'yes', true);"
OVER = "PERFORM set_config('allclear.forgets', '', true);"
NOT_YET = f"""
    IF EXISTS (
        SELECT FROM workflow_ticket AS ticket WHERE ticket.id = {MANY} AND (
            ticket.state NOT IN ('closed', 'declined', 'merged')
            OR {held_as_evidence("ticket.id")}
            OR EXISTS (
                SELECT FROM workflow_ticketevent AS event
                WHERE event.ticket_id = ticket.id AND event.kind NOT IN {SETTLED} AND event.at > now() - {{floor}}
            )
        )
    ) THEN
        RAISE EXCEPTION 'refused: one of these tickets is not to be forgotten yet';
    END IF;"""
FLOOR = (
    f"CASE ticket.seal WHEN 'K2' THEN interval '{BOUNDS['sealed_tickets'][0]} days'"
    f" ELSE interval '{BOUNDS['tickets'][0]} days' END"
)
COVERS = f"""
    UPDATE notary_cover SET salt = '' WHERE salt <> '' AND index IN (
        SELECT index FROM notary_leaf WHERE kind = 'state' AND subject = {MANY}
    );"""
OF_TICKET = (
    COVERS,
    f"""
    UPDATE notary_cover SET salt = '' WHERE index IN (
        SELECT leaf.index FROM workflow_ticketopening AS opening
        JOIN notary_leaf AS leaf ON leaf.subject = lpad(to_hex(opening.id), 32, '0')::uuid AND leaf.kind = 'opening'
        WHERE opening.ticket_id = {MANY}
    );""",
    f"""
    WITH gone AS (DELETE FROM workflow_ticketopening WHERE ticket_id = {MANY} RETURNING ticket_id)
    INSERT INTO retention_forgotten (school_id, what, count, at)
    SELECT ticket.school_id, 'openings', count(*), forgotten_at
    FROM gone JOIN workflow_ticket AS ticket ON ticket.id = gone.ticket_id GROUP BY ticket.school_id;""",
    f"""
    UPDATE files_storedfile SET name = '', sha256 = '', size = 0, removed_at = coalesce(removed_at, forgotten_at)
    WHERE id IN (SELECT file_id FROM workflow_attachment WHERE ticket_id = {MANY});""",
    f"DELETE FROM workflow_ticketparticipant WHERE ticket_id = {MANY};",
    f"DELETE FROM todos_pushedtodo WHERE ticket_id = {MANY};",
    f"""
    DELETE FROM notifications_delivery WHERE notice_id IN (
        SELECT id FROM notifications_notice WHERE ticket_id = {MANY}
    );""",
    f"DELETE FROM notifications_notice WHERE ticket_id = {MANY};",
)
CALLERS = f"""
    UPDATE incidents_report SET caller_name = '', caller_contact = '' WHERE ticket_id = {MANY};"""


def functions_make(*, role: str) -> None:
    """Make the functions anew, and let the application's role and nobody else call them."""
    with connection.cursor() as cursor:
        for signature, body in _functions():
            name = signature.split("(", maxsplit=1)[0]
            cursor.execute(f"CREATE OR REPLACE FUNCTION {signature} LANGUAGE plpgsql {MADE_AS} AS $$ {body} $$")
            cursor.execute("SELECT oid::regprocedure::text FROM pg_proc WHERE proname = %s", [name])
            for (made,) in cursor.fetchall():
                cursor.execute(f"REVOKE ALL ON FUNCTION {made} FROM PUBLIC")
                cursor.execute(f"GRANT EXECUTE ON FUNCTION {made} TO {connection.ops.quote_name(role)}")


def _functions() -> Iterator[tuple[str, str]]:
    deletions = (f"DELETE FROM {table} AS kept WHERE {way};" for table, way in _deleted())
    emptied = (
        f"UPDATE {model._meta.db_table} AS kept SET {_sets(columns)} WHERE {way_to_ticket(model)};"  # noqa: SLF001
        for model, columns in emptied_columns()
    )
    statements = "\n".join((NOT_YET.format(floor=FLOOR), *OF_TICKET, *deletions, *emptied))
    yield (
        "retention_tickets_forget(given uuid[], forgotten_at timestamptz) RETURNS void",
        f"{BEGIN} {statements} {OVER} END",
    )
    floor = f"interval '{BOUNDS['callers'][0]} days'"
    yield (
        "retention_callers_forget(given uuid[]) RETURNS void",
        f"{BEGIN} {NOT_YET.format(floor=floor)} {CALLERS} {COVERS} {OVER} END",
    )
    rules = "\n".join(rule.statement(name) for name, rule in ROW_RULES.items())
    yield (
        "retention_rows_forget(what text, of_school uuid, before timestamptz, most integer) RETURNS integer",
        f"DECLARE gone integer := 0; {BEGIN} {rules} {OVER} RETURN gone; END",
    )


def _deleted() -> Iterator[tuple[str, str]]:
    named = {
        "workflow_ticketeventpayload": f"event_id IN (SELECT id FROM workflow_ticketevent WHERE ticket_id = {MANY})",
        "anonymous_trackingcode": f"report_id IN (SELECT id FROM incidents_report WHERE ticket_id = {MANY})",
    }
    return ((table, f"kept.{named[table]}") for table in DELETED)


def _sets(columns: dict[str, str]) -> str:
    return ", ".join(f"{name} = {empty}" for name, empty in columns.items())

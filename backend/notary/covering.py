"""The digests of a ticket as it is now, and of other records: statements that make them, a list of columns for good.

The digest of a row covers its columns as JSON, after a salt that the application alone can read. A list of columns
stands for as long as any leaf was made by it: a column that is added makes another list.
"""
# ruff: noqa: S608 - what is put into the statements is written here

from collections.abc import Mapping, Sequence

PARTS: Mapping[int, Mapping[str, str]] = {
    1: {
        "what it says now": """
            SELECT jsonb_build_array(
                ticket.id, ticket.reference, ticket.school_id, ticket.rulebook_id, ticket.category, ticket.kind,
                ticket.severity, ticket.confidentiality, ticket.seal, ticket.reporter_mode, ticket.lowering_id,
                ticket.place_id, ticket.description, ticket.occurred_at, ticket.filed_at, ticket.updated_at,
                ticket.is_exercise, ticket.state, ticket.version, ticket.reporter_id, ticket.owner_id,
                ticket.assignee_id, ticket.workers, ticket.interim_control_at, ticket.contained_at,
                ticket.progress_at, ticket.silent_from, ticket.resolved_at, ticket.closed_at, ticket.confirmed_at,
                ticket.reopened_at, ticket.declined_at, ticket.declining_id, ticket.last_wait_id, ticket.part_count,
                ticket.affected_count, ticket.untold_count, ticket.level, ticket.paged, ticket.next_due_at,
                ticket.event_count, ticket.event_hash
            )""",
        "who was given sight of it": """
            SELECT jsonb_agg(jsonb_build_array(
                given.id, given.person_id, given.role, given.reason, given.since, given.until
            ) ORDER BY given.id)
            FROM workflow_ticketgrant AS given WHERE given.ticket_id = ticket.id""",
        "who is concerned": """
            SELECT jsonb_agg(jsonb_build_array(concerned.person_id, concerned.role) ORDER BY concerned.id)
            FROM workflow_ticketparticipant AS concerned WHERE concerned.ticket_id = ticket.id""",
        "the rungs that fired": """
            SELECT jsonb_agg(jsonb_build_array(
                fired.timer_id, fired.rung, fired.due_at, fired.fired_at
            ) ORDER BY fired.timer_id, fired.rung)
            FROM deadlines_timer AS timer JOIN deadlines_escalation AS fired ON fired.timer_id = timer.id
            WHERE timer.subject_kind = 'ticket' AND timer.subject_id = ticket.id""",
        "the report": """
            SELECT jsonb_agg(jsonb_build_array(
                report.id, report.reporter_id, report.category, report.place_id, report.occurred_at,
                report.description, report.filed_at, report.reporter_mode, report.caller_name,
                report.caller_contact, report.is_exercise, report.answers
            ) ORDER BY report.id)
            FROM incidents_report AS report WHERE report.ticket_id = ticket.id""",
        "what was added to the report": """
            SELECT jsonb_agg(jsonb_build_array(added.id, added.report_id, added.text, added.added_at) ORDER BY added.id)
            FROM incidents_report AS report JOIN incidents_reportamendment AS added ON added.report_id = report.id
            WHERE report.ticket_id = ticket.id""",
    },
}
"""By the number of the list, what of a ticket has a digest, each a statement about the row `ticket`."""
NEWEST = max(PARTS)


def digests(version: int) -> str:
    """Return the statement that makes the digests of tickets, in order, from their ids and salts."""
    made = ",\n".join(
        f"sha256(asked.salt || convert_to(coalesce(({part})::text, ''), 'UTF8'))" for part in PARTS[version].values()
    )
    return f"""
        SELECT ticket.id, ticket.event_count, ticket.reference, ARRAY[{made}]
        FROM unnest(%s::uuid[], %s::bytea[]) AS asked(id, salt)
        JOIN workflow_ticket AS ticket ON ticket.id = asked.id"""


def record_digest(table: str, columns: Sequence[str]) -> str:
    """Return the statement that makes the digests of rows of another table from their keys and salts."""
    said = ", ".join(f"record.{column}" for column in columns)
    return f"""
        SELECT record.id, sha256(asked.salt || convert_to(jsonb_build_array({said})::text, 'UTF8'))
        FROM unnest(%s::bigint[], %s::bytea[]) AS asked(id, salt)
        JOIN {table} AS record ON record.id = asked.id"""

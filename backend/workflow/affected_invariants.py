"""The invariants of those affected by tickets: each a sentence and its query."""

from backend.deadlines.invariants import Invariant

AFFECTED_INVARIANTS = (
    Invariant(
        "A ticket knows how many are affected and how many of them are untold, and none is once it was dealt with.",
        """
        SELECT ticket.reference, ticket.state, ticket.affected_count, ticket.untold_count, count(party.id) AS affected
        FROM workflow_ticket AS ticket LEFT JOIN workflow_affectedparty AS party ON party.ticket_id = ticket.id
        WHERE ticket.affected_count > 0 OR party.id IS NOT NULL
        GROUP BY ticket.id
        HAVING ticket.affected_count <> count(party.id)
            OR ticket.untold_count <> count(party.id) - count(party.settled_at)
            OR ticket.untold_count > 0 AND ticket.state IN ('closed', 'declined', 'merged')
               AND (ticket.state <> 'closed' OR ticket.resolved_at IS NOT NULL)
        """,
    ),
)

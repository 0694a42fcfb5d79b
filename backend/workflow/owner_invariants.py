"""The invariants of what owners owe: a word, and the cause of what was grave or came back."""

from backend.deadlines.invariants import Invariant

OF_OWNERS = (
    Invariant(
        "An owner's silence counts from before its clock began, or from the date that they named for the next step.",
        """
        SELECT ticket.reference, ticket.state, ticket.silent_from, timer.started_at
        FROM deadlines_timer AS timer JOIN workflow_ticket AS ticket ON ticket.id = timer.subject_id
        WHERE timer.subject_kind = 'ticket' AND timer.clock = 'silence' AND timer.stopped_at IS NULL AND (
            ticket.state NOT IN ('acknowledged', 'in_progress') OR ticket.silent_from IS NULL
            OR ticket.silent_from >= timer.ladder[1]
            OR ticket.silent_from > timer.started_at AND NOT EXISTS (
                SELECT FROM workflow_ticketpart AS part
                WHERE part.ticket_id = ticket.id AND part.kind = 'step' AND part.due_at = ticket.silent_from
            )
        )
        """,
    ),
    Invariant(
        "A problem came back after an earlier ticket of its school was closed, and is counted on from that one.",
        """
        SELECT ticket.reference, earlier.reference AS earlier, again.number, before.number AS number_before
        FROM workflow_ticketrecurrence AS again JOIN workflow_ticket AS ticket ON ticket.id = again.ticket_id
        JOIN workflow_ticket AS earlier ON earlier.id = again.earlier_id
        LEFT JOIN workflow_ticketrecurrence AS before
            ON before.ticket_id = again.earlier_id AND before.found_at <= again.found_at
        WHERE earlier.school_id <> ticket.school_id OR NOT EXISTS (
            SELECT FROM workflow_ticketevent AS closing WHERE closing.ticket_id = earlier.id
              AND closing.kind IN ('verify', 'confirm', 'withdraw') AND closing.at <= ticket.filed_at
        )
           OR again.number <> coalesce(before.number, 1) + 1
           OR again.first_id <> coalesce(before.first_id, again.earlier_id)
        """,
    ),
    Invariant(
        "A cause was reviewed exactly where its review is done, and what is published was reviewed before.",
        """
        SELECT coalesce(part.ticket_id, review.ticket_id) AS ticket, part.outcome, review.reviewed_at
        FROM workflow_causereview AS review FULL JOIN (
            SELECT ticket_id, outcome, ended_at FROM workflow_ticketpart WHERE kind = 'review' AND outcome = 'done'
        ) AS part ON part.ticket_id = review.ticket_id
        WHERE part.ended_at IS DISTINCT FROM review.reviewed_at OR review.approved_at < review.reviewed_at
        """,
    ),
)

"""The invariants of what is asked about a ticket: each part has its clock, and a promise its dates."""

from backend.deadlines.invariants import Invariant

OF_PARTS = (
    Invariant(
        "Whatever is asked about a ticket has one running clock of its kind until it ends, due when it is due.",
        """
        SELECT part.ticket_id, part.kind, part.due_at, part.outcome, timer.clock, timer.ladder[1] AS due
        FROM workflow_ticketpart AS part FULL JOIN (
            SELECT * FROM deadlines_timer WHERE subject_kind = 'ticket' AND target <> '' AND stopped_at IS NULL
        ) AS timer ON timer.target = part.id::text AND timer.subject_id = part.ticket_id
        WHERE (part.id IS NOT NULL AND part.ended_at IS NULL)
              IS DISTINCT FROM (timer.id IS NOT NULL AND timer.armed)
           OR timer.clock <> part.kind OR timer.ladder[1] <> part.due_at
        """,
    ),
    Invariant(
        "A ticket knows how often something was asked about it, and once it is over only what outlives it is open.",
        """
        SELECT ticket.reference, ticket.state, ticket.part_count, count(part.id) AS asked
        FROM workflow_ticket AS ticket LEFT JOIN workflow_ticketpart AS part ON part.ticket_id = ticket.id
        WHERE ticket.part_count > 0 OR part.id IS NOT NULL
        GROUP BY ticket.id
        HAVING ticket.part_count <> count(part.id)
            OR ticket.state IN ('closed', 'declined', 'merged')
               AND count(*) FILTER (WHERE part.ended_at IS NULL AND part.kind NOT IN ('review', 'improvement')) > 0
        """,
    ),
    Invariant(
        "A promise is due on the date named for it last; each change is told and comes from a high enough step.",
        """
        WITH dates AS (
            SELECT *, row_number() OVER named AS place, lag(step) OVER named AS before,
                   lead(id) OVER named IS NULL AS is_last
            FROM workflow_promiseddate WINDOW named AS (PARTITION BY part_id ORDER BY named_at, id)
        )
        SELECT part.ticket_id AS ticket, part.kind, part.due_at, date.place, date.step, date.due_at AS named
        FROM workflow_ticketpart AS part FULL JOIN dates AS date ON date.part_id = part.id
        WHERE (part.kind = 'promise') <> (date.id IS NOT NULL) OR date.is_last AND date.due_at <> part.due_at
           OR date.place = 1 AND date.named_at <> part.asked_at OR date.due_at <= date.named_at
           OR date.step < CASE WHEN date.place > 2 THEN 4 WHEN date.place = 2 THEN least(date.before + 1, 4) ELSE 1 END
           OR date.id IS NOT NULL AND NOT EXISTS (
                SELECT FROM workflow_ticketevent AS event
                WHERE event.ticket_id = part.ticket_id AND event.kind IN ('promise', 'change-promise')
                  AND event.at = date.named_at AND event.actor_id = date.named_by_id
              )
        """,
    ),
)
"""Each a sentence and the query that finds what breaks it."""

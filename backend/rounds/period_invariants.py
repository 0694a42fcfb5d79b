"""The invariants of special periods, their timers and the rules they bring: each a sentence and its query."""

from backend.deadlines.invariants import Invariant

PERIOD_INVARIANTS = (
    Invariant(
        "An approved period has one timer that runs its course; one that is not approved, over or called off has none.",
        """
        SELECT period.id, period.state, count(timer.id) AS running FROM rounds_period AS period
        LEFT JOIN deadlines_timer AS timer ON timer.subject_kind = 'period' AND timer.subject_id = period.id
            AND timer.stopped_at IS NULL AND timer.clock = 'course'
        GROUP BY period.id
        HAVING (period.state = 'approved') <> (count(timer.id) = 1)
        """,
    ),
    Invariant(
        "The stretches of stricter rules that a school works by do not overlap.",
        """
        SELECT one.id, other.id FROM rulebook_rulebookstretch AS one
        JOIN rulebook_rulebookstretch AS other ON other.school_id = one.school_id AND other.id > one.id
        WHERE one.replaced_at IS NULL AND other.replaced_at IS NULL
          AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at
        """,
    ),
    Invariant(
        "What is reported within a stretch goes by its rules, a minute after it was decided until replaced, "
        "and what somebody splits off by those of the first ticket.",
        """
        SELECT ticket.id, ticket.reference, stretch.version_id FROM rulebook_rulebookstretch AS stretch
        JOIN workflow_ticket AS ticket ON ticket.school_id = stretch.school_id
            AND ticket.filed_at >= greatest(stretch.starts_at, stretch.made_at + interval '1 minute')
            AND ticket.filed_at < least(stretch.ends_at, stretch.replaced_at)
        WHERE ticket.rulebook_id <> stretch.version_id AND NOT EXISTS (
            SELECT FROM workflow_ticketlink AS split JOIN workflow_ticket AS first ON first.id = split.other_id
            WHERE split.ticket_id = ticket.id AND split.kind = 'follows' AND split.linked_by_id IS NOT NULL
              AND split.linked_at = ticket.filed_at AND first.rulebook_id = ticket.rulebook_id
        )
        """,
    ),
    Invariant(
        "Whatever becomes of a period is recorded: the last of its acts has the day on which it ends.",
        """
        SELECT period.id, period.ends_on FROM rounds_period AS period
        WHERE period.state <> 'draft' AND NOT EXISTS (
            SELECT FROM rounds_periodact AS act WHERE act.period_id = period.id AND act.ends_on = period.ends_on
              AND act.number = (SELECT max(number) FROM rounds_periodact AS last WHERE last.period_id = period.id)
        )
        """,
    ),
)

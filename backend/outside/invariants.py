"""The invariants between reports to somebody outside, what was said of them and their timers."""

from backend.deadlines.invariants import Invariant

INVARIANTS = (
    Invariant(
        "A report to somebody outside has one timer that runs while it is to be made, and none once it is settled.",
        """
        SELECT duty.id, duty.clock, duty.state, count(timer.id) AS running FROM outside_outsideduty AS duty
        LEFT JOIN deadlines_timer AS timer ON timer.subject_kind = 'outside' AND timer.subject_id = duty.ticket_id
            AND timer.target = duty.id::text AND timer.stopped_at IS NULL
        GROUP BY duty.id HAVING count(timer.id) <> CASE WHEN duty.state = 'open' THEN 1 ELSE 0 END
        """,
    ),
    Invariant(
        "A report that is late was told to somebody more within 5 s, or nothing fires for a reason.",
        """
        SELECT duty.id, duty.clock, duty.due_at FROM outside_outsideduty AS duty
        WHERE duty.state = 'open' AND duty.due_at < %(now)s - interval '5 seconds'
          AND NOT EXISTS (SELECT FROM deadlines_firinghold WHERE released_at IS NULL)
          AND NOT EXISTS (
              SELECT FROM deadlines_timer AS timer
              LEFT JOIN deadlines_escalation AS fired ON fired.timer_id = timer.id
              WHERE timer.subject_kind = 'outside' AND timer.subject_id = duty.ticket_id
                AND timer.target = duty.id::text AND (fired.due_at >= duty.due_at OR timer.failures > 0)
          )
        """,
    ),
    Invariant(
        "No timer of a report to somebody outside is without its report.",
        """
        SELECT timer.id, timer.subject_id, timer.target FROM deadlines_timer AS timer
        WHERE timer.subject_kind = 'outside' AND NOT EXISTS (
            SELECT FROM outside_outsideduty AS duty
            WHERE duty.id::text = timer.target AND duty.ticket_id = timer.subject_id
        )
        """,
    ),
    Invariant(
        "What was said of a report was said at the school of its ticket, and a report is settled by a word alone.",
        """
        SELECT duty.id, duty.clock, duty.state FROM outside_outsideduty AS duty
        JOIN workflow_ticket AS ticket ON ticket.id = duty.ticket_id
        LEFT JOIN outside_outsideword AS word ON word.duty_id = duty.id
        LEFT JOIN organisation_person AS person ON person.id IN (word.by_id, word.caller_id)
        WHERE ticket.school_id <> duty.school_id OR person.school_id <> duty.school_id
           OR duty.state <> 'open' AND duty.said_count = 0
        """,
    ),
)

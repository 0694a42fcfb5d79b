"""The invariants between started response plans, their steps and their timers: each a sentence and its query."""

from backend.deadlines.invariants import Invariant

INVARIANTS = (
    Invariant(
        "A step has a timer of its own, which runs no more once the step is done or its plan is over.",
        """
        SELECT task.id, task.step, count(timer.id) AS timers FROM response_responsetask AS task
        JOIN response_response AS response ON response.id = task.response_id
        LEFT JOIN deadlines_timer AS timer ON timer.subject_kind = 'response'
            AND timer.subject_id = response.ticket_id AND timer.target = task.id::text
        GROUP BY task.id, response.id
        HAVING count(timer.id) <> 1
            OR (task.done_at IS NOT NULL OR response.ended_at IS NOT NULL)
               AND count(timer.id) FILTER (WHERE timer.stopped_at IS NULL) > 0
            OR task.done_at IS NULL AND response.ended_at IS NULL
               AND count(timer.id) FILTER (WHERE timer.stopped_at IS NULL OR timer.stop_reason = 'ladder_ended') <> 1
        """,
    ),
    Invariant(
        "A step that nobody has done in time was told to somebody more within 5 s, or nothing fires for a reason.",
        """
        SELECT task.id, task.step, task.due_at FROM response_responsetask AS task
        JOIN response_response AS response ON response.id = task.response_id
        WHERE task.done_at IS NULL AND response.ended_at IS NULL AND task.due_at < %(now)s - interval '5 seconds'
          AND NOT EXISTS (SELECT FROM deadlines_firinghold WHERE released_at IS NULL)
          AND NOT EXISTS (
              SELECT FROM deadlines_timer AS timer
              LEFT JOIN deadlines_escalation AS fired ON fired.timer_id = timer.id
              WHERE timer.subject_kind = 'response' AND timer.subject_id = response.ticket_id
                AND timer.target = task.id::text AND (fired.due_at >= task.due_at OR timer.failures > 0)
          )
        """,
    ),
    Invariant(
        "No timer of a response plan is without its step.",
        """
        SELECT timer.id, timer.subject_id, timer.target FROM deadlines_timer AS timer
        WHERE timer.subject_kind = 'response' AND NOT EXISTS (
            SELECT FROM response_responsetask AS task
            JOIN response_response AS response ON response.id = task.response_id
            WHERE task.id::text = timer.target AND response.ticket_id = timer.subject_id
        )
        """,
    ),
    Invariant(
        "A plan runs at the school of its ticket, and its steps are answered by people who work there.",
        """
        SELECT response.id, response.plan FROM response_response AS response
        JOIN workflow_ticket AS ticket ON ticket.id = response.ticket_id
        LEFT JOIN response_responsetask AS task ON task.response_id = response.id
        LEFT JOIN organisation_person AS person
            ON person.id IN (task.there_by_id, task.done_by_id, response.ended_by_id)
        WHERE ticket.school_id <> response.school_id OR person.school_id <> response.school_id
        """,
    ),
)

"""The invariants of answers to authorities and their timers: each a sentence and its query."""

from backend.deadlines.invariants import Invariant

REPLY_INVARIANTS = (
    Invariant(
        "An answer to an authority has one timer that runs while it is owed, and none once it was given.",
        """
        SELECT reply.id, reply.due_on, reply.state, count(timer.id) AS running FROM rounds_outsidereply AS reply
        LEFT JOIN deadlines_timer AS timer ON timer.subject_kind = 'reply' AND timer.subject_id = reply.id
            AND timer.stopped_at IS NULL
        GROUP BY reply.id HAVING count(timer.id) <> CASE WHEN reply.state = 'open' THEN 1 ELSE 0 END
        """,
    ),
    Invariant(
        "An answer to an authority stands as the latest word on it says, at the school of its visit.",
        """
        SELECT reply.id, reply.due_on, reply.state, word.kind, word.day FROM rounds_outsidereply AS reply
        JOIN rounds_outsidevisit AS visit ON visit.id = reply.visit_id
        LEFT JOIN rounds_outsidereplyword AS word ON word.reply_id = reply.id AND word.number = reply.said_count
        WHERE word.id IS NULL OR visit.school_id <> reply.school_id
           OR (word.kind = 'answered') <> (reply.state = 'answered')
           OR word.day <> CASE reply.state WHEN 'open' THEN reply.due_on ELSE reply.answered_on END
        """,
    ),
)

"""The invariants of the engine's tables, each a sentence with the query that finds rows breaking it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """One sentence, and a query over `now` and `kinds` whose rows break it."""

    sentence: str
    query: str


_DUE_OF_RUNG = """
    CASE WHEN held.rung < cardinality(timer.ladder) THEN timer.ladder[held.rung + 1]
         ELSE timer.ladder[cardinality(timer.ladder)] + make_interval(
             secs => (held.rung - cardinality(timer.ladder) + 1) * extract(epoch FROM timer.repeat_every)
         )
    END
"""


def _with_due_of_rung(query: str) -> str:
    """Return the query with `:due` spelt out: when the ladder of `timer` makes `held.rung` due."""
    return query.replace(":due", _DUE_OF_RUNG)


INVARIANTS = (
    Invariant(
        "Every armed timer past due is fired within 5 s or carries a recorded reason (a hold, a failure put off).",
        """
        SELECT id, subject_kind, subject_id, clock, next_try_at, failures FROM deadlines_timer
        WHERE armed AND next_try_at < %(now)s - interval '5 seconds'
          AND NOT EXISTS (SELECT FROM deadlines_firinghold WHERE released_at IS NULL)
        """,
    ),
    Invariant(
        "Each rung of a timer fires at most once.",
        "SELECT timer_id, rung, count(*) FROM deadlines_escalation GROUP BY timer_id, rung HAVING count(*) > 1",
    ),
    Invariant(
        "A timer's fired rungs are exactly those before its present one; so none fired after it was stopped.",
        """
        SELECT timer.id, timer.rung, fired.rungs, fired.first, fired.last FROM deadlines_timer AS timer
        LEFT JOIN (SELECT timer_id, count(*) AS rungs, min(rung) AS first, max(rung) AS last
                   FROM deadlines_escalation GROUP BY timer_id) AS fired ON fired.timer_id = timer.id
        WHERE coalesce(fired.rungs, 0) <> timer.rung
           OR coalesce(fired.first, 0) <> 0 OR coalesce(fired.last, timer.rung - 1) <> timer.rung - 1
        """,
    ),
    Invariant(
        "No rung fired before its due time.",
        "SELECT timer_id, rung, due_at, fired_at FROM deadlines_escalation WHERE fired_at < due_at",
    ),
    Invariant(
        "Every rung fired with the due time its ladder gives.",
        _with_due_of_rung(
            """
            SELECT timer.id, held.rung, held.due_at FROM deadlines_escalation AS held
            JOIN deadlines_timer AS timer ON timer.id = held.timer_id
            WHERE held.due_at IS DISTINCT FROM :due
            """
        ),
    ),
    Invariant(
        "An armed timer waits for the due time of its next rung.",
        _with_due_of_rung(
            """
            SELECT timer.id, held.rung, held.due_at FROM deadlines_timer AS timer
            JOIN deadlines_timer AS held ON held.id = timer.id
            WHERE held.armed AND held.due_at IS DISTINCT FROM :due
            """
        ),
    ),
    Invariant(
        "The rungs of a ladder are in order.",
        """
        SELECT timer.id, timer.ladder FROM deadlines_timer AS timer
        WHERE timer.ladder <> ARRAY(SELECT due FROM unnest(timer.ladder) AS due ORDER BY due)
        """,
    ),
    Invariant(
        "A subject, target and clock has one open timer at most, and its epochs count from one without a gap.",
        """
        SELECT subject_kind, subject_id, target, clock, count(*), max(epoch) FROM deadlines_timer
        GROUP BY subject_kind, subject_id, target, clock
        HAVING max(epoch) <> count(*) OR count(*) FILTER (WHERE stopped_at IS NULL) > 1
        """,
    ),
    Invariant(
        "A timer is either armed, paused with its remaining time, or stopped with a reason.",
        """
        SELECT id, armed, remaining, stopped_at, stop_reason FROM deadlines_timer
        WHERE (armed::int + (stopped_at IS NOT NULL)::int + (NOT armed AND stopped_at IS NULL)::int) <> 1
           OR armed AND remaining IS NOT NULL OR NOT armed AND stopped_at IS NULL AND remaining IS NULL
           OR (stopped_at IS NULL) <> (stop_reason = '')
        """,
    ),
    Invariant(
        "Every open timer is of a kind that settings name a handler for.",
        """
        SELECT id, subject_kind, subject_id, clock FROM deadlines_timer
        WHERE stopped_at IS NULL AND NOT subject_kind = ANY(%(kinds)s)
        """,
    ),
)

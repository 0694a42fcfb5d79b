"""The invariants between rounds, their answers and their timers: each a sentence and its query."""

from backend.deadlines.invariants import Invariant

INVARIANTS = (
    Invariant(
        "A round has one running timer while it waits for anything, and none once it is answered, excused or dropped.",
        """
        SELECT round.id, round.plan, round.day, round.state, count(timer.id) AS running FROM rounds_round AS round
        LEFT JOIN deadlines_timer AS timer
            ON timer.subject_kind = 'round' AND timer.subject_id = round.id AND timer.stopped_at IS NULL
        GROUP BY round.id
        HAVING round.state IN ('planned', 'open') AND count(timer.id) <> 1
            OR round.state = 'missed' AND count(timer.id) > 1
            OR round.state IN ('answered', 'excused', 'dropped') AND count(timer.id) > 0
        """,
    ),
    Invariant(
        "A round that nobody answered or excused in time counts as missed within 5 s, or nothing fires for a reason.",
        """
        SELECT round.id, round.plan, round.day, round.state, round.late_at FROM rounds_round AS round
        WHERE round.state IN ('planned', 'open') AND round.late_at < %(now)s - interval '5 seconds'
          AND NOT EXISTS (SELECT FROM deadlines_firinghold WHERE released_at IS NULL)
          AND NOT EXISTS (
              SELECT FROM deadlines_timer AS timer WHERE timer.subject_kind = 'round'
                 AND timer.subject_id = round.id AND timer.armed AND timer.failures > 0
          )
        """,
    ),
    Invariant(
        "A round that is missed climbed its ladder: the rung that found it missing fired, never before its time.",
        """
        SELECT round.id, round.plan, round.day FROM rounds_round AS round
        WHERE round.state = 'missed' AND NOT EXISTS (
            SELECT FROM deadlines_timer AS timer
            JOIN deadlines_escalation AS fired ON fired.timer_id = timer.id AND fired.rung >= 2
            WHERE timer.subject_kind = 'round' AND timer.subject_id = round.id AND fired.due_at >= round.late_at
        )
        """,
    ),
    Invariant(
        "A round says what its latest answer says, was answered when its first one was, and has all of them.",
        """
        SELECT round.id, round.plan, round.day, round.said, told.last, round.answer_count, told.count
        FROM rounds_round AS round LEFT JOIN (
            SELECT round_id, count(*) AS count, max(number) AS highest, min(at) AS first,
                   (array_agg(said ORDER BY number DESC))[1] AS last
            FROM rounds_roundanswer GROUP BY round_id
        ) AS told ON told.round_id = round.id
        WHERE round.answer_count <> coalesce(told.count, 0) OR round.answer_count <> coalesce(told.highest, 0)
           OR round.said <> coalesce(told.last, '') OR round.answered_at IS DISTINCT FROM told.first
        """,
    ),
    Invariant(
        "A round is excused by exactly those words that somebody else gave for it, and by nobody else's.",
        """
        SELECT round.id, round.plan, round.day, round.state FROM rounds_round AS round
        LEFT JOIN rounds_roundexcuse AS excuse ON excuse.round_id = round.id
        WHERE (round.state = 'excused') <> (excuse.round_id IS NOT NULL) OR excuse.by_id = round.assignee_id
        """,
    ),
    Invariant(
        "Rounds are asked of offices of their own school, and answered by people who work there.",
        """
        SELECT round.id, round.plan, round.day FROM rounds_round AS round
        JOIN organisation_unit AS unit ON unit.id = round.unit_id
        WHERE unit.school_id <> round.school_id
        UNION ALL
        SELECT round.id, round.plan, round.day FROM rounds_round AS round
        JOIN rounds_roundanswer AS answer ON answer.round_id = round.id
        JOIN organisation_person AS person ON person.id = answer.by_id
        JOIN organisation_school AS school ON school.id = round.school_id
        WHERE person.school_id <> round.school_id OR person.bureau_id <> school.bureau_id
        """,
    ),
    Invariant(
        "A ticket that a round found is of its school, and belongs to it since somebody said that there is something.",
        """
        SELECT link.id, link.round_id, link.ticket_id FROM rounds_roundticket AS link
        JOIN rounds_round AS round ON round.id = link.round_id
        JOIN workflow_ticket AS ticket ON ticket.id = link.ticket_id
        WHERE link.kind = 'finding' AND (ticket.school_id <> round.school_id OR NOT EXISTS (
            SELECT FROM rounds_roundanswer AS answer
            WHERE answer.round_id = link.round_id AND answer.said = 'to_report' AND answer.at <= link.at
            UNION ALL
            SELECT FROM rounds_roundvisit AS visit
            WHERE visit.id = link.visit_id AND visit.round_id = link.round_id AND visit.said = 'to_report'
              AND visit.at <= link.at
        ))
        """,
    ),
    Invariant(
        "Places are visited at their own school, by people who work there; all well over them was said of each before.",
        """
        SELECT round.id, round.plan, round.day FROM rounds_round AS round
        JOIN rounds_roundvisit AS visit ON visit.round_id = round.id
        JOIN organisation_place AS place ON place.id = visit.place_id
        JOIN organisation_person AS person ON person.id = visit.by_id
        WHERE place.school_id <> round.school_id OR person.school_id <> round.school_id
        UNION ALL
        SELECT round.id, round.plan, round.day FROM rounds_round AS round
        JOIN (
            SELECT DISTINCT ON (round_id, place_id) round_id, said FROM rounds_roundvisit
            ORDER BY round_id, place_id, number DESC
        ) AS latest ON latest.round_id = round.id
        WHERE round.said = 'all_well' AND latest.said <> 'all_well'
        """,
    ),
    Invariant(
        "What came out later is of the round's school, and had happened before somebody said that all is well.",
        """
        SELECT link.id, link.round_id, link.ticket_id FROM rounds_roundticket AS link
        JOIN rounds_round AS round ON round.id = link.round_id
        JOIN workflow_ticket AS ticket ON ticket.id = link.ticket_id
        WHERE link.kind = 'omission' AND (ticket.school_id <> round.school_id OR NOT EXISTS (
            SELECT FROM rounds_roundanswer AS answer
            WHERE answer.round_id = link.round_id AND answer.said = 'all_well'
              AND ticket.occurred_at < answer.at AND answer.at < link.at
        ))
        """,
    ),
    Invariant(
        "A cluster of illness is of one school with its ticket and group, and was counted in numbers that were given.",
        """
        SELECT cluster.id, cluster.rule, cluster.line, cluster.day FROM rounds_roundcluster AS cluster
        JOIN workflow_ticket AS ticket ON ticket.id = cluster.ticket_id
        LEFT JOIN organisation_unit AS unit ON unit.id = cluster.unit_id
        WHERE ticket.school_id <> cluster.school_id OR unit.school_id <> cluster.school_id OR NOT EXISTS (
            SELECT FROM rounds_roundanswer AS answer JOIN rounds_round AS round ON round.id = answer.round_id
            WHERE round.school_id = cluster.school_id AND round.day <= cluster.day
              AND CASE jsonb_typeof(answer.values -> cluster.line)
                  WHEN 'number' THEN (answer.values ->> cluster.line)::numeric > 0 END
        )
        """,
    ),
)

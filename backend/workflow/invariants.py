"""The invariants between tickets, timers, ledger and outbox: each a sentence and its query."""
# ruff: noqa: S608 - what is put into the queries is written here, or the names of our own actions

from backend.deadlines.invariants import Invariant
from backend.workflow.actions import ACTIONS
from backend.workflow.affected_invariants import AFFECTED_INVARIANTS
from backend.workflow.owner_invariants import OF_OWNERS
from backend.workflow.part_invariants import OF_PARTS
from backend.workflow.support_invariants import OF_SUPPORT

WORK = ", ".join(f"'{action.name}'" for action in ACTIONS if action.is_work)
NOTHING_ERASED = """NOT EXISTS (
            SELECT FROM workflow_ticketevent AS erased WHERE erased.ticket_id = ticket.id AND erased.kind = 'erased'
        )"""
"""True of a ticket whose words are all there; those that were erased cannot be compared."""
INVARIANTS = (
    *(*OF_SUPPORT, *AFFECTED_INVARIANTS, *OF_OWNERS, *OF_PARTS),
    Invariant(
        "Every ticket is owned by an office of its own school.",
        """
        SELECT ticket.reference, owner.code FROM workflow_ticket AS ticket
        JOIN organisation_unit AS owner ON owner.id = ticket.owner_id
        WHERE owner.school_id <> ticket.school_id
        """,
    ),
    Invariant(
        "A ticket has the class that its ledger gave it last, and its seal is the highest that it ever gave.",
        f"""
        SELECT ticket.reference, ticket.confidentiality, told.last, ticket.seal, told.highest
        FROM workflow_ticket AS ticket JOIN (
            SELECT ticket_id, max(greatest(given, before, sealed)) AS highest,
                   (array_agg(given ORDER BY sequence DESC) FILTER (WHERE given IS NOT NULL))[1] AS last
            FROM (
                SELECT event.ticket_id, event.sequence, payload.body #>> '{{changes,class,from}}' AS before,
                       coalesce(payload.body ->> 'class', payload.body #>> '{{changes,class,to}}') AS given,
                       payload.body ->> 'seal' AS sealed
                FROM workflow_ticketevent AS event
                JOIN workflow_ticketeventpayload AS payload ON payload.event_id = event.id
                WHERE event.kind IN ('opened', 'reclassify', 'confirm-lowering', 'merged-here', 'class-followed')
            ) AS classes GROUP BY ticket_id
        ) AS told ON told.ticket_id = ticket.id
        WHERE (ticket.confidentiality <> told.last OR ticket.seal <> told.highest) AND {NOTHING_ERASED}
        """,
    ),
    Invariant(
        "A ticket is owned by the office to which its ledger gave it last.",
        f"""
        SELECT ticket.reference, ticket.owner_id AS owner, told.office FROM workflow_ticket AS ticket
        CROSS JOIN LATERAL (
            SELECT coalesce(payload.body ->> 'office', payload.body #>> '{{changes,office,to}}') AS office
            FROM workflow_ticketevent AS event
            JOIN workflow_ticketeventpayload AS payload ON payload.event_id = event.id
            WHERE event.ticket_id = ticket.id AND (
                event.kind IN ('opened', 'route', 'contest-decline', 'accept-offer', 'assign-office')
                OR payload.body #>> '{{changes,office,to}}' IS NOT NULL
            )
            ORDER BY event.sequence DESC LIMIT 1
        ) AS told
        WHERE told.office::uuid <> ticket.owner_id AND {NOTHING_ERASED}
        """,
    ),
    Invariant(
        "Those who worked on a ticket are those of whom its ledger says so, in the order they began.",
        f"""
        SELECT ticket.reference, ticket.workers, told.workers AS told FROM workflow_ticket AS ticket
        LEFT JOIN (
            SELECT ticket_id, array_agg(id ORDER BY began) AS workers FROM (
                SELECT event.ticket_id, worker.id, min(ARRAY[event.sequence, worker.place]) AS began
                FROM workflow_ticketevent AS event
                JOIN workflow_ticketeventpayload AS payload ON payload.event_id = event.id
                CROSS JOIN LATERAL (
                    SELECT event.actor_id AS id, 0 AS place WHERE event.kind <> 'merged-here'
                    UNION ALL
                    SELECT joining.id::uuid, joining.place
                    FROM jsonb_array_elements_text(payload.body -> 'workers') WITH ORDINALITY AS joining(id, place)
                ) AS worker
                WHERE event.kind IN ({WORK}) OR event.kind = 'acknowledge' AND payload.body ? 'taken_on'
                   OR payload.body ?| '{{worked,workers}}'
                GROUP BY event.ticket_id, worker.id
            ) AS work GROUP BY ticket_id
        ) AS told ON told.ticket_id = ticket.id
        WHERE ticket.workers <> coalesce(told.workers, '{{}}') AND {NOTHING_ERASED} AND NOT EXISTS (
            SELECT FROM workflow_ticketevent AS old
            WHERE old.ticket_id = ticket.id AND old.kind = 'acknowledge' AND old.version < 2
        )
        """,
    ),
    Invariant(
        "Every ticket that is neither closed nor declined nor merged has a running clock.",
        """
        SELECT ticket.reference, ticket.state FROM workflow_ticket AS ticket
        WHERE ticket.state NOT IN ('closed', 'declined', 'merged') AND NOT EXISTS (
            SELECT FROM deadlines_timer AS timer
            WHERE timer.subject_kind = 'ticket' AND timer.subject_id = ticket.id AND timer.target = '' AND timer.armed
        )
        """,
    ),
    Invariant(
        "A ticket's ledger tells of as many fixes as were kept, and one of them holds exactly while it is solved.",
        """
        SELECT ticket.reference, ticket.state, count(fix.id) AS kept, told.times FROM workflow_ticket AS ticket
        JOIN workflow_ticketfix AS fix ON fix.ticket_id = ticket.id
        CROSS JOIN LATERAL (
            SELECT count(*) AS times FROM workflow_ticketevent AS one WHERE one.ticket_id = ticket.id
              AND (one.kind = 'resolve' AND one.version >= 2 OR one.kind = 'fix-at-once')
        ) AS told
        GROUP BY ticket.id, told.times
        HAVING count(fix.id) <> told.times
            OR count(fix.id) FILTER (WHERE fix.undone_at IS NULL) <> (ticket.resolved_at IS NOT NULL)::integer
        """,
    ),
    Invariant(
        "What was verified has the photo or document that its category asked for, or had it until it was taken away.",
        """
        SELECT fix.ticket_id AS ticket, fix.at, asked.proof FROM workflow_ticketfix AS fix
        JOIN workflow_ticket AS ticket ON ticket.id = fix.ticket_id
        CROSS JOIN LATERAL unnest(fix.proof) AS asked(proof)
        WHERE ticket.state = 'closed' AND fix.undone_at IS NULL AND asked.proof <> 'measurement' AND NOT EXISTS (
            SELECT FROM workflow_attachment AS attachment JOIN files_storedfile AS file ON file.id = attachment.file_id
            WHERE attachment.ticket_id = ticket.id AND attachment.purpose = 'evidence'
              AND file.kind = CASE asked.proof WHEN 'photo' THEN 'picture' ELSE 'document' END
        )
        """,
    ),
    Invariant(
        "A ticket waits for a named party, from an instant until another, exactly while its state says so.",
        """
        SELECT ticket.reference, ticket.state, wait.party, wait.since, wait.until FROM workflow_ticket AS ticket
        LEFT JOIN workflow_ticketwait AS wait
          ON wait.id = ticket.last_wait_id AND wait.ticket_id = ticket.id AND wait.ended_at IS NULL
        WHERE (ticket.state = 'waiting') <> (wait.id IS NOT NULL) OR wait.party = '' OR wait.until < wait.since
        """,
    ),
    Invariant(
        "A wait is over by itself when the clock of waiting is due.",
        """
        SELECT ticket.reference, wait.until, timer.ladder[1] AS due FROM workflow_ticket AS ticket
        LEFT JOIN workflow_ticketwait AS wait ON wait.id = ticket.last_wait_id AND wait.ended_at IS NULL
        JOIN deadlines_timer AS timer
          ON timer.subject_kind = 'ticket' AND timer.subject_id = ticket.id AND timer.target = ''
         AND timer.clock = 'wait' AND timer.armed
        WHERE wait.until IS DISTINCT FROM timer.ladder[1]
        """,
    ),
    Invariant(
        "The waits of a ticket follow one another, each ends after it began, and the ticket knows of the last one.",
        """
        SELECT ticket.reference, wait.since, wait.ended_at FROM (
            SELECT *, lag(ended_at) OVER ordered AS before, lead(id) OVER ordered IS NULL AS is_last
            FROM workflow_ticketwait WINDOW ordered AS (PARTITION BY ticket_id ORDER BY since, ended_at)
        ) AS wait JOIN workflow_ticket AS ticket ON ticket.id = wait.ticket_id
        WHERE wait.ended_at < wait.since OR wait.since < coalesce(wait.before, ticket.filed_at)
           OR (wait.ended_at IS NULL OR wait.is_last AND wait.since >= coalesce(ticket.reopened_at, ticket.filed_at))
              AND ticket.last_wait_id IS DISTINCT FROM wait.id
        """,
    ),
    Invariant(
        "A ticket knows of a proposal to decline it, or to open it to more people, exactly while it is open.",
        """
        SELECT ticket.reference, decline.proposed_at, lowering.proposed_at FROM workflow_ticket AS ticket
        LEFT JOIN workflow_declineproposal AS decline ON decline.ticket_id = ticket.id AND decline.ended_at IS NULL
        LEFT JOIN workflow_sealproposal AS lowering ON lowering.ticket_id = ticket.id AND lowering.ended_at IS NULL
        WHERE ticket.declining_id IS DISTINCT FROM decline.id OR ticket.lowering_id IS DISTINCT FROM lowering.id
        """,
    ),
    Invariant(
        "A ticket is merged exactly while it is said into which other one of its school, which is not merged itself.",
        """
        SELECT ticket.reference, ticket.state, target.reference AS into, target.state AS state_of_that
        FROM workflow_ticket AS ticket
        LEFT JOIN workflow_ticketmerge AS merge ON merge.ticket_id = ticket.id AND merge.ended_at IS NULL
        LEFT JOIN workflow_ticket AS target ON target.id = merge.into_id
        WHERE (ticket.state = 'merged') <> (merge.id IS NOT NULL)
           OR target.state = 'merged' OR target.school_id <> ticket.school_id
        """,
    ),
    Invariant(
        "A ticket has at least the seal of every one that is merged into it.",
        """
        SELECT target.reference, target.seal, ticket.reference AS merged, ticket.seal AS seal_of_that
        FROM workflow_ticketmerge AS merge
        JOIN workflow_ticket AS ticket ON ticket.id = merge.ticket_id
        JOIN workflow_ticket AS target ON target.id = merge.into_id
        WHERE merge.ended_at IS NULL AND target.seal < ticket.seal
        """,
    ),
    Invariant(
        "A ticket's next due time is the earliest of its clocks and its parts', and far away when it is over.",
        """
        SELECT ticket.reference, ticket.state, ticket.next_due_at, min(timer.ladder[1]) AS earliest
        FROM workflow_ticket AS ticket
        LEFT JOIN deadlines_timer AS timer
          ON timer.subject_kind = 'ticket' AND timer.subject_id = ticket.id AND timer.armed
         AND (timer.target = '' OR ticket.state NOT IN ('closed', 'declined', 'merged'))
        GROUP BY ticket.id
        HAVING ticket.next_due_at <> coalesce(min(timer.ladder[1]), timestamptz '9999-01-01 00:00+00')
        """,
    ),
    Invariant(
        "An open ticket has a due time and no other has: by it lists find what is open.",
        """
        SELECT reference, state, next_due_at FROM workflow_ticket
        WHERE (state IN ('closed', 'declined', 'merged')) <> (next_due_at = timestamptz '9999-01-01 00:00+00')
        """,
    ),
    Invariant(
        "A ticket's ledger tells of as many escalations as its clocks fired.",
        """
        SELECT coalesce(fired.ticket_id, told.ticket_id) AS ticket, fired.times AS fired, told.times AS told
        FROM (SELECT timer.subject_id AS ticket_id, count(*) AS times
              FROM deadlines_escalation AS escalation JOIN deadlines_timer AS timer ON timer.id = escalation.timer_id
              WHERE timer.subject_kind = 'ticket' GROUP BY timer.subject_id) AS fired
        FULL JOIN (SELECT ticket_id, count(*) AS times FROM workflow_ticketevent
                   WHERE kind = 'escalated' GROUP BY ticket_id) AS told ON told.ticket_id = fired.ticket_id
        WHERE coalesce(fired.times, 0) <> coalesce(told.times, 0)
        """,
    ),
    Invariant(
        "Every escalation that a ledger still tells of fired: the same clock, arming and rung.",
        """
        SELECT event.ticket_id AS ticket, event.sequence, payload.body ->> 'clock' AS clock
        FROM workflow_ticketevent AS event
        JOIN workflow_ticketeventpayload AS payload ON payload.event_id = event.id
        WHERE event.kind = 'escalated' AND payload.body ? 'epoch' AND NOT EXISTS (
            SELECT FROM deadlines_timer AS timer
            JOIN deadlines_escalation AS fired ON fired.timer_id = timer.id
            WHERE timer.subject_kind = 'ticket' AND timer.subject_id = event.ticket_id
              AND timer.target = coalesce(payload.body ->> 'part', '')
              AND timer.clock = payload.body ->> 'clock' AND timer.epoch = (payload.body ->> 'epoch')::integer
              AND fired.rung + 1 = (payload.body ->> 'rung')::integer
        )
        """,
    ),
    Invariant(
        "Whoever an escalation of the last six days paged is in a message of that sweep about the ticket.",
        """
        SELECT event.ticket_id AS ticket, event.sequence, page.person
        FROM workflow_ticketevent AS event
        JOIN workflow_ticketeventpayload AS payload ON payload.event_id = event.id
        CROSS JOIN LATERAL jsonb_array_elements_text(payload.body -> 'paged') AS page(person)
        WHERE event.kind = 'escalated' AND event.at > %(now)s - interval '6 days' AND NOT EXISTS (
            SELECT FROM workflow_ticketevent AS last
            JOIN common_outboxmessage AS message ON message.dedup_key = 'notices:' || last.id
            WHERE last.ticket_id = event.ticket_id AND last.at = event.at AND last.kind = 'escalated'
              AND message.payload -> 'people' ? page.person
        )
        """,
    ),
    Invariant(
        "Every message about an escalation belongs to one that is in a ledger.",
        """
        SELECT message.id, message.dedup_key FROM common_outboxmessage AS message
        WHERE message.topic = 'ticket.changed:notices' AND message.payload ->> 'kind' = 'escalated' AND NOT EXISTS (
            SELECT FROM workflow_ticketevent AS event
            WHERE event.id = (message.payload ->> 'event')::uuid AND event.kind = 'escalated'
        )
        """,
    ),
)

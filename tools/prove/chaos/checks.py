"""The promises checked after every fault, from the database alone and from the log of the people who filed."""

import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tools.prove.bench.parts import Talking
from tools.prove.chaos.load import Sent
from tools.prove.chaos.target import Target
from tools.prove.demo.collecting import audits
from tools.run.children import wait_until
from tools.run.processes import QUEUES

ROWS_SHOWN = 20
QUIET_SECONDS = 90
UNDER_WAY, LOST_AFTER = timedelta(seconds=2), timedelta(seconds=20)
"""The age, counted from when it could be taken, of an open message at rest, and of one that counts as lost."""
OVERDUE = """
SELECT subject_kind, subject_id, clock, next_try_at FROM deadlines_timer
WHERE armed AND next_try_at < pg_catalog.clock_timestamp() - interval '5 seconds'
"""
HELD = "SELECT 1 FROM deadlines_firinghold WHERE released_at IS NULL"
OPEN_MESSAGES = """
SELECT id::text, topic, created_at, attempts, last_error FROM common_outboxmessage
WHERE done_at IS NULL AND failed_at IS NULL AND coalesce(held_until, created_at) < %(before)s
UNION ALL
SELECT id::text, 'delivery', created_at, attempts, last_error FROM notifications_delivery
WHERE next_attempt_at < %(before)s
"""
LEASED_MESSAGES = """
SELECT id::text FROM common_outboxmessage WHERE done_at IS NULL AND failed_at IS NULL AND attempts > 0
UNION ALL
SELECT id::text FROM notifications_delivery WHERE next_attempt_at IS NOT NULL AND attempts > 0
"""
LOST = {
    "armed, past due by more than 5 s, not held": OVERDUE,
    "message given up": "SELECT id, topic, last_error FROM common_outboxmessage WHERE failed_at IS NOT NULL",
    "person in a message that is done, without a notice": """
        SELECT message.id, person FROM common_outboxmessage AS message
        CROSS JOIN LATERAL jsonb_array_elements_text(message.payload -> 'people') AS told(person)
        WHERE message.topic = 'ticket.changed:notices' AND message.done_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM notifications_notice AS notice
            WHERE notice.person_id = person::uuid AND notice.event_id = (message.payload ->> 'event')::uuid
        )
    """,
}
DOUBLED = {
    "rung told twice in a ledger": """
        SELECT event.ticket_id, payload.body ->> 'clock', payload.body ->> 'part', payload.body ->> 'epoch',
               payload.body ->> 'rung', count(*)
        FROM workflow_ticketevent AS event JOIN workflow_ticketeventpayload AS payload ON payload.event_id = event.id
        WHERE event.kind = 'escalated' GROUP BY 1, 2, 3, 4, 5 HAVING count(*) > 1
    """,
    "rung fired twice": "SELECT timer_id, rung FROM deadlines_escalation GROUP BY 1, 2 HAVING count(*) > 1",
    "notice twice": "SELECT person_id, event_id FROM notifications_notice GROUP BY 1, 2 HAVING count(*) > 1",
}
EARLY = {
    "fired before it was due, or in the future": """
        SELECT timer_id, rung, due_at, fired_at FROM deadlines_escalation
        WHERE fired_at < due_at OR fired_at > pg_catalog.clock_timestamp() + interval '1 minute'
    """,
}
BROKEN = {
    "rungs with a gap": """
        SELECT timer_id, count(*), max(rung) FROM deadlines_escalation GROUP BY 1
        HAVING max(rung) <> count(*) - 1 OR min(rung) <> 0
    """,
    "a clock fired after somebody had stopped it": """
        SELECT fired.ticket_id, acted.kind, payload.body ->> 'clock'
        FROM workflow_ticketevent AS acted
        JOIN workflow_ticketevent AS fired
          ON fired.ticket_id = acted.ticket_id AND fired.sequence > acted.sequence AND fired.kind = 'escalated'
        JOIN workflow_ticketeventpayload AS payload ON payload.event_id = fired.id
        WHERE acted.kind = 'acknowledge' AND payload.body ->> 'clock' = 'acknowledge'
           OR acted.kind = 'start' AND payload.body ->> 'clock' = 'act'
           OR acted.kind IN ('resolve', 'fix-at-once')
              AND payload.body ->> 'clock' NOT IN ('verify', 'order', 'offer', 'decision', 'review')
           OR acted.kind IN ('verify', 'withdraw', 'merge') AND payload.body ->> 'clock' <> 'review'
    """,
    "what was asked rang after somebody had ended it": """
        SELECT part.ticket_id, part.kind, part.outcome, ended.kind, ended.sequence, fired.sequence
        FROM workflow_ticketpart AS part
        JOIN workflow_ticketevent AS ended
          ON ended.ticket_id = part.ticket_id AND ended.at = part.ended_at AND ended.kind <> 'escalated'
        JOIN workflow_ticketevent AS fired
          ON fired.ticket_id = part.ticket_id AND fired.sequence > ended.sequence AND fired.kind = 'escalated'
        JOIN workflow_ticketeventpayload AS payload ON payload.event_id = fired.id
        WHERE payload.body ->> 'part' = part.id::text
    """,
    "asked without an event that tells of it": """
        SELECT part.ticket_id, part.kind, part.asked_at FROM workflow_ticketpart AS part
        WHERE NOT EXISTS (
            SELECT FROM workflow_ticketevent AS event
            JOIN workflow_ticketeventpayload AS payload ON payload.event_id = event.id
            WHERE event.ticket_id = part.ticket_id AND event.at = part.asked_at
              AND payload.body ->> 'part' = part.id::text
        )
    """,
}
COUNTS = """
SELECT (SELECT count(*) FROM incidents_report), (SELECT count(*) FROM workflow_ticket),
       (SELECT count(*) FROM workflow_ticketevent), (SELECT count(*) FROM deadlines_escalation),
       (SELECT count(*) FROM deadlines_timer), (SELECT count(*) FROM common_outboxmessage),
       (SELECT count(*) FROM notifications_notice), (SELECT count(*) FROM notifications_delivery),
       (SELECT count(*) FROM workflow_ticketpart), (SELECT count(*) FROM workflow_promiseddate),
       (SELECT count(*) FROM workflow_ticketmerge), (SELECT count(*) FROM workflow_ticketfix),
       (SELECT count(*) FROM workflow_causereview), (SELECT count(*) FROM rounds_round),
       (SELECT count(*) FROM rounds_roundanswer)
"""
COUNTED = (
    *("reports", "tickets", "events", "escalations", "timers", "messages", "notices", "deliveries"),
    *("parts", "promised dates", "merges", "fixes", "reviews", "rounds", "answers to rounds"),
)
ASKED_SINCE = """
SELECT (SELECT count(*) FROM workflow_ticketpart WHERE asked_at >= %(since)s),
       (SELECT count(*) FROM deadlines_escalation AS fired JOIN deadlines_timer AS timer ON timer.id = fired.timer_id
        WHERE timer.target <> '' AND fired.fired_at >= %(since)s),
       (SELECT count(*) FROM workflow_ticketmerge WHERE merged_at >= %(since)s),
       (SELECT count(*) FROM workflow_ticketpart WHERE kind = 'step' AND asked_at >= %(since)s),
       (SELECT count(*) FROM workflow_ticketevent WHERE kind = 'fix-at-once' AND at >= %(since)s),
       (SELECT count(*) FROM workflow_causereview WHERE reviewed_at >= %(since)s)
"""
ROUNDS_SINCE = """
SELECT (SELECT count(*) FROM rounds_round WHERE answered_at >= %(since)s),
       (SELECT count(*) FROM rounds_round WHERE late_at >= %(since)s AND state = 'missed'),
       (SELECT count(*) FROM rounds_roundexcuse WHERE at >= %(since)s)
"""
RERUNS = 5
FELL_DUE = """
SELECT EXISTS (
    SELECT FROM deadlines_escalation WHERE fired_at >= %(since)s AND due_at >= %(since)s - interval '5 seconds'
)
"""
"""A rung that fell due by itself since an instant: the school's rounds go on while its tickets are at rest."""
OF_PARTS = ("asked", "rang", "merges", "steps", "fixed on the spot", "reviewed")


def is_recovered(target: Target, *, healed: datetime) -> bool:
    """Say whether nothing is late or held, and every message that could be taken before the healing has ended."""
    late = target.rows(f"SELECT EXISTS ({OVERDUE}) OR EXISTS ({HELD})")[0][0]
    return not late and not target.rows(OPEN_MESSAGES, before=healed)


def wait_quiet(target: Target) -> bool:
    """Wait until no message is open but those that have to wait, and the broker has handed out everything."""
    return wait_until(
        lambda: not target.rows(OPEN_MESSAGES, before=target.now() - UNDER_WAY) and not _queued(target),
        seconds=QUIET_SECONDS,
        pause=0.3,
    )


def found_lost(target: Target, sent: Sequence[Sent]) -> Iterator[str]:
    """Yield every answered report that is not stored, every late timer, open or failed message and missing notice."""
    stored = {str(row[0]) for row in target.rows("SELECT id FROM incidents_report")}
    yield from (f"report {each.report}: answered, not stored" for each in sent if each.report not in stored | {""})
    yield from lines(target, LOST)
    for row in target.rows(OPEN_MESSAGES, before=target.now() - LOST_AFTER)[:ROWS_SHOWN]:
        yield f"message still open: {row}"


def found_doubled(target: Target) -> Iterator[str]:
    """Yield every report, rung and notice that is there twice."""
    texts = Counter(row[0] for row in target.rows("SELECT description FROM incidents_report"))
    yield from (f"report stored {number} times: {text[:60]}" for text, number in texts.items() if number > 1)
    yield from lines(target, DOUBLED)


def found_early(target: Target) -> Iterator[str]:
    """Yield every rung that fired too soon."""
    yield from lines(target, EARLY)


def found_broken(target: Target, hands: Talking) -> Iterator[str]:
    """Yield what the auditors find, gaps, clocks that fired after they were stopped, and what a rerun changes."""
    yield from lines(target, BROKEN)

    def run(command: str) -> "subprocess.CompletedProcess[str]":
        done = hands.ask(do="audit", command=command)
        return subprocess.CompletedProcess(command, done["returncode"], done["stdout"], done["stderr"])

    for sentence, rows in audits(run).items():
        yield from (f"{sentence} {row}" for row in rows)
    yield from _changed_by_rerun(target, hands)


def figures(target: Target, *, since: datetime) -> dict[str, Any]:
    """Return what was filed, asked, merged and fired since an instant, and the worst lag between due and fired."""
    tickets = target.rows("SELECT count(*) FROM workflow_ticket WHERE filed_at >= %(since)s", since=since)[0][0]
    fired, worst = target.rows(
        """
        SELECT count(*), coalesce(max(extract(epoch FROM fired.fired_at - greatest(fired.due_at, timer.started_at))), 0)
        FROM deadlines_escalation AS fired JOIN deadlines_timer AS timer ON timer.id = fired.timer_id
        WHERE fired.fired_at >= %(since)s
        """,
        since=since,
    )[0]
    of_parts = dict(zip(OF_PARTS, target.rows(ASKED_SINCE, since=since)[0], strict=True))
    answered, missed, excused = target.rows(ROUNDS_SINCE, since=since)[0]
    of_rounds = {"rounds answered": answered, "rounds missed": missed, "rounds excused": excused}
    return {"tickets": tickets, **of_parts, **of_rounds, "fired": fired, "worst_lag_seconds": round(float(worst), 2)}


def _changed_by_rerun(target: Target, hands: Talking) -> list[str]:
    """Return what doing everything once more changes, of a rerun in which nothing fell due by itself."""
    changes: list[str] = []
    for _ in range(RERUNS):
        since, before = target.now(), target.rows(COUNTS)[0]
        hands.ask(do="again")
        time.sleep(1)
        wait_quiet(target)
        changes = [
            f"a rerun changed the number of {name} from {then} to {now}"
            for name, then, now in zip(COUNTED, before, target.rows(COUNTS)[0], strict=True)
            if then != now
        ]
        if not changes or not target.rows(FELL_DUE, since=since)[0][0]:
            break
    return changes


def lines(target: Target, queries: Mapping[str, str]) -> Iterator[str]:
    """Yield the first rows that some queries find, each behind its sentence."""
    for sentence, query in queries.items():
        for row in target.rows(query)[:ROWS_SHOWN]:
            yield f"{sentence}: " + " ".join(str(value) for value in row)


def _queued(target: Target) -> bool:
    with target.broker() as broker:
        return any(broker.llen(name) for name in QUEUES)

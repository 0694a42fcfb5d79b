"""Rounds that fall due while the system is broken: answered in time, at the last instant, late, excused, or never."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx

from tools.prove.bench.parts import Talking
from tools.prove.chaos.checks import lines
from tools.prove.chaos.load import Hand, Load
from tools.prove.chaos.target import Target
from tools.run.children import wait_until

HEADS: Mapping[str, str] = {
    "canteen": "head.canteen",
    "health-room": "head.health-room",
    "safety-office": "coordinator",
    "school-office": "head.school-office",
    "security": "head.security",
    "student-protection": "student-protection",
}
"""The people who answer for an office each; of every other nobody says anything."""
EXCUSES = "vice.1"
PARTS = frozenset({*HEADS.values(), EXCUSES})
DUE_SECONDS = (3.0, 7.0, 12.0)
"""The reports of each office are due so long after people went to work, so before, in and after most faults."""
IN_TIME, AT_LAST, LATE = -1.0, 0.97, 4.0
"""Seconds from the due time at which offices answer in turn: at the last the round is missed a moment later."""
SAYS = (IN_TIME, AT_LAST, LATE)
WELL: Mapping[str, Any] = {"said": "all_well"}
WHY: Mapping[str, Any] = {"reason": "今天该处室没有人。 Nobody of that office was there today."}
SETTLE_SECONDS = 60
OVER = frozenset({"answered", "excused", "missed"})
STORED = "SELECT round_id::text, by_id::text FROM rounds_roundanswer"
PLANNED = "SELECT id::text, state FROM rounds_round"
LOST = {
    "person in a message about rounds that is done, without a notice": """
        SELECT message.id, person FROM common_outboxmessage AS message
        CROSS JOIN LATERAL jsonb_array_elements_text(message.payload -> 'people') AS told(person)
        WHERE message.topic = 'round.unanswered' AND message.done_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM notifications_notice AS notice
            WHERE notice.person_id = person::uuid AND notice.kind = message.topic
              AND notice.params ->> 'what' = message.payload ->> 'what'
              AND notice.params -> 'offices' = message.payload -> 'offices'
        )
    """,
}
DOUBLED = {
    "round answered twice": "SELECT round_id, count(*) FROM rounds_roundanswer GROUP BY 1 HAVING count(*) > 1",
    "round told twice": """
        SELECT person_id, params ->> 'what', params -> 'offices', count(*) FROM notifications_notice
        WHERE kind = 'round.unanswered' AND params ->> 'what' = 'due' GROUP BY 1, 2, 3 HAVING count(*) > 1
    """,
}
RANG = """
SELECT round.id::text, fired.rung, fired.fired_at FROM rounds_round AS round
JOIN deadlines_timer AS timer ON timer.subject_kind = 'round' AND timer.subject_id = round.id
JOIN deadlines_escalation AS fired ON fired.timer_id = timer.id
WHERE fired.fired_at > round.answered_at AND round.answered_at >= round.opened_at
"""
"""Rungs that rang after the answer was sent; one from before the opening was sent while the clock was set back."""
BROKEN = {
    "a round that is missed did not climb every rung that is due": """
        SELECT round.id, timer.ladder, count(fired.rung) FROM rounds_round AS round
        JOIN deadlines_timer AS timer ON timer.subject_kind = 'round' AND timer.subject_id = round.id
        LEFT JOIN deadlines_escalation AS fired ON fired.timer_id = timer.id
        WHERE round.state = 'missed' AND NOT EXISTS (SELECT FROM deadlines_firinghold WHERE released_at IS NULL)
        GROUP BY round.id, timer.id
        HAVING count(fired.rung) < (
            SELECT count(*) FROM unnest(timer.ladder) AS due WHERE due < pg_catalog.clock_timestamp() - interval '5 s'
        )
    """,
}


@dataclass
class RoundsDue:
    """The rounds of a run: which were planned, which answers were sent, and which of them were confirmed and when."""

    load: Load
    hands: Talking
    planned: list[str] = field(default_factory=list)
    sent: set[tuple[str, str]] = field(default_factory=set)
    confirmed: dict[tuple[str, str], datetime] = field(default_factory=dict)
    unsaid: list[str] = field(default_factory=list)
    turn: int = 1

    def go(self) -> None:
        """Have a few reports of each office fall due while the next fault lasts, and people say what they say."""
        code, began = self.load.stage.school["school"], time.monotonic()
        rows = self.hands.ask(do="rounds", school=code, turn=self.turn, seconds=DUE_SECONDS)
        passed = time.monotonic() - began
        self.planned += [row["id"] for row in rows]
        for row in rows:
            part, number = HEADS.get(row["office"]), row["turn"] - self.turn
            if part is None:
                self.unsaid.append(row["id"])
            else:
                when = DUE_SECONDS[number] + SAYS[(number + list(HEADS).index(row["office"])) % len(SAYS)] - passed
                self.load.at(max(when, 0.0), partial(self._answer, row["id"], part))
        self.turn += len(DUE_SECONDS)

    def settle(self) -> None:
        """Let a leader excuse one half of what nobody answered, once it is missed; the other half stays missing."""
        for round_id in self.unsaid[::2]:
            self.load.at(0, partial(self._excuse, round_id))
        self.unsaid.clear()

    def lost(self, target: Target) -> Iterator[str]:
        """Yield rounds and confirmed answers that are not stored, and people in a message who have no notice."""
        there = {row[0] for row in target.rows(PLANNED)}
        stored = {(row[0], row[1]) for row in target.rows(STORED)}
        yield from (f"round {round_id}: planned, not stored" for round_id in self.planned if round_id not in there)
        yield from (f"round {one[0]}: answered, not stored" for one in sorted(self.confirmed.keys() - stored))
        yield from lines(target, LOST)

    def broken(self, target: Target) -> Iterator[str]:
        """Yield answers that nobody sent, rounds whose time is over and that still wait, and what rang too late."""
        stored = {(row[0], row[1]) for row in target.rows(STORED)}
        yield from (f"round {one[0]}: answered, and nobody has said so" for one in sorted(stored - self.sent))
        yield from self._rang(target)
        yield from lines(target, BROKEN)

    def is_over(self, target: Target) -> bool:
        """Say whether every round was answered or excused, or counts as missing."""
        states = dict(target.rows(PLANNED))
        return all(states.get(round_id) in OVER for round_id in self.planned)

    def _rang(self, target: Target) -> Iterator[str]:
        """Yield what rang after somebody knew that their answer is stored.

        An answer counts from when it was sent. What rings while it is on its way, or waits for the engine, may ring.
        """
        known = {round_id: at for (round_id, _), at in self.confirmed.items()}
        for round_id, rung, fired_at in target.rows(RANG):
            if round_id in known and fired_at > known[round_id]:
                yield f"a round rang after somebody had answered it: {round_id} {rung} {fired_at} {known[round_id]}"

    def _answer(self, round_id: str, part: str, hand: Hand) -> None:
        person = hand.people[part]
        self.sent.add((round_id, person.id))
        answer = person.post(f"/rounds/{round_id}/answer", WELL)
        if answer.status_code == httpx.codes.OK:
            self.confirmed[round_id, person.id] = datetime.now(UTC)
        elif answer.status_code == httpx.codes.NOT_FOUND:
            self.load.stage.count("not open yet, by a clock that was set back")
        else:
            self.load.stage.problems.append(f"an answer was answered {answer.status_code}: {answer.text[:300]}")

    def _excuse(self, round_id: str, hand: Hand) -> None:
        person = hand.people[EXCUSES]

        def is_missed() -> bool:
            return bool(person.get(f"/rounds/{round_id}").raise_for_status().json()["state"] == "missed")

        if not wait_until(is_missed, seconds=SETTLE_SECONDS, pause=0.3):
            self.load.stage.problems.append(f"round {round_id} is not missing yet, {SETTLE_SECONDS} s after the fault")
        answer = person.post(f"/rounds/{round_id}/excuse", WHY)
        if answer.is_error:
            self.load.stage.problems.append(f"an excuse was answered {answer.status_code}: {answer.text[:300]}")

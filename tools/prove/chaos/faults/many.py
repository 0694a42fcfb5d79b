"""Very many timers due in the same second, and people who act at the very instant at which a clock is due."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from tools.prove.chaos.faults.base import Fault
from tools.prove.chaos.load import Hand, Sent
from tools.prove.chaos.target import ChaosWentWrong
from tools.prove.demo.clients import Person
from tools.prove.demo.working import take_step
from tools.run.children import wait_until

STORM, STORM_SMALL = 20_000, 1_000
LEAD_SECONDS, LEAD_SECONDS_SMALL = 40.0, 6.0
CLIMBED = "SELECT cardinality(paged) FROM workflow_ticket WHERE id = %(ticket)s"
DUE = "SELECT min(due_at) FROM deadlines_timer WHERE subject_id = %(ticket)s AND armed AND due_at > now()"
RACERS, RACERS_SMALL = 24, 8
TURNS = 2
JITTER_SECONDS = 0.06


class Storm(Fault):
    """20,000 tickets (1,000 in a small run) whose clocks are due in the same second."""

    name = "storm"
    patience_seconds = 240.0

    def inject(self) -> None:
        """Lay the rows out like a ticket that has climbed, and wait for the second."""
        sent = self.load.file(Person.like(self.load.teachers[0]))
        if sent is None or not wait_until(
            lambda: bool(self.target.rows(CLIMBED, ticket=sent.ticket)[0][0]), seconds=60, pause=0.3
        ):
            raise ChaosWentWrong("No ticket climbed, so there is none to multiply.")
        wanted, lead = (STORM_SMALL, LEAD_SECONDS_SMALL) if self.is_small else (STORM, LEAD_SECONDS)
        due_at = datetime.fromisoformat(self.hands.ask(do="storm", ticket=sent.ticket, wanted=wanted, seconds=lead))
        self.injected += wanted
        time.sleep(max(0.0, (due_at - self.target.now()).total_seconds()))


class Race(Fault):
    """Acknowledging and resolving at the instant at which a clock of the same ticket is due."""

    name = "race"

    def inject(self) -> None:
        """Let every racer file, and act on that ticket at the last moment."""
        racers = RACERS_SMALL if self.is_small else RACERS
        with ThreadPoolExecutor(racers) as pool:
            for _ in range(1 if self.is_small else TURNS):
                list(pool.map(self._race, range(racers)))
                self.injected += racers

    def _race(self, number: int) -> None:
        sent = self.load.file(Person.like(self.load.teachers[number % len(self.load.teachers)]))
        if sent is None:
            return
        coordinator = Person.like(self.load.people["coordinator"])
        hand = Hand({part: Person.like(self.load.people[part]) for part in (sent.office, "coordinator")})
        if number % 2:
            self._wait_until_due(sent)
            take_step(coordinator, self.load.stage, {"id": sent.ticket}, "acknowledge")
            return
        take_step(coordinator, self.load.stage, {"id": sent.ticket}, "acknowledge")
        self.load.step(hand, sent, "start")
        self._wait_until_due(sent)
        self.load.step(hand, sent, "resolve")

    def _wait_until_due(self, sent: Sent) -> None:
        """Sleep until some 60 ms before or after the ticket's next clock is due."""
        due_at = self.target.rows(DUE, ticket=sent.ticket)[0][0]
        if due_at is not None:
            jitter = random.uniform(-JITTER_SECONDS, JITTER_SECONDS)  # noqa: S311 - no secret
            time.sleep(max(0.0, (due_at - self.target.now()).total_seconds() + jitter))

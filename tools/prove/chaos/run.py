"""One fault from the first report under load to the verdict: inject, hold, heal, recover, come to rest, judge."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
from redis.exceptions import RedisError

from tools.prove.chaos import checks
from tools.prove.chaos.faults.base import Fault
from tools.prove.chaos.pace import Pace
from tools.prove.chaos.rounds import DOUBLED, SETTLE_SECONDS, RoundsDue
from tools.prove.chaos.target import ChaosWentWrong, Target
from tools.prove.demo.clients import NoAnswer
from tools.run.children import wait_until

HELD_SECONDS = 200
KINDS = ("lost", "doubled", "early", "broken")


@dataclass
class Result:
    """The outcome of a fault: figures, and the lines that break a promise, by kind."""

    fault: str
    injected: int = 0
    recovery_seconds: float | None = None
    figures: dict[str, Any] = field(default_factory=dict)
    breaks: dict[str, list[str]] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether nothing was broken."""
        return not any(self.breaks.values())

    def as_json(self) -> dict[str, Any]:
        """Return the whole as it is written to chaos.json."""
        return {
            "fault": self.fault,
            "injected": self.injected,
            **self.figures,
            **{kind: len(self.breaks[kind]) for kind in KINDS},
            "recovery_seconds": self.recovery_seconds,
            "holds": self.holds,
            "breaks": self.breaks,
        }


class Driver:
    """Runs faults one after the other on one system; a break is laid at the door of the first fault that shows it."""

    def __init__(self, target: Target, rounds: RoundsDue, pace: Pace, say: Callable[[str], None]) -> None:
        self.target = target
        self.load = rounds.load
        self.rounds = rounds
        self.hands = rounds.hands
        self.pace = pace
        self.say = say
        self._known: set[str] = set()

    def run(self, fault: Fault) -> Result:
        """Run one fault to its verdict."""
        result = Result(fault.name)
        since = self.target.now()
        self.say(f"{fault.name}: people are at work")
        self.load.go()
        self.rounds.go()
        time.sleep(self.pace.before)
        self.say(f"{fault.name}: breaking it")
        try:
            fault.inject()
            time.sleep(fault.hold_seconds)
            fault.heal()
        except (ChaosWentWrong, NoAnswer, httpx.HTTPError, psycopg.Error, RedisError, OSError) as problem:
            fault.breaks.append(f"could not be injected and healed: {type(problem).__name__} {problem}")
            self.target.end_all()
        self.say(f"{fault.name}: healed, recovering")
        with ThreadPoolExecutor(1) as watcher:
            recovery = watcher.submit(self._recovery, fault)
            wait_until(fault.is_over, seconds=fault.patience_seconds, pause=0.2)
            time.sleep(self.pace.after)
            self.rounds.settle()
            self.load.settle()
            result.recovery_seconds = recovery.result()
        fault.clear()
        result.injected = fault.injected
        result.figures = checks.figures(self.target, since=since)
        self.say(f"{fault.name}: judging")
        result.breaks = self.judged(fault.breaks, result.recovery_seconds is None)
        return result

    def ended(self) -> Result:
        """Wait for the messages that had to wait, and judge everything once more."""
        result = Result("at the end")
        self.say("waiting for messages that were leased when their worker died")
        since, began = self.target.now(), time.monotonic()
        is_empty = wait_until(lambda: not self.target.rows(checks.LEASED_MESSAGES), seconds=HELD_SECONDS, pause=0.5)
        result.recovery_seconds = round(time.monotonic() - began, 1)
        result.figures = checks.figures(self.target, since=since)
        result.breaks = self.judged([] if is_empty else ["messages that were leased are still open"], False)
        return result

    def judged(self, own: Iterable[str], is_late: bool) -> dict[str, list[str]]:
        """Return every break that was not known before, by kind."""
        own = [*own, *self.load.stage.problems]
        self.load.stage.problems.clear()
        if not checks.wait_quiet(self.target) or is_late:
            own.append("not recovered in time")
        if not wait_until(lambda: self.rounds.is_over(self.target), seconds=SETTLE_SECONDS, pause=0.3):
            own.append("rounds whose time is over still wait")
        found = {
            "lost": [*checks.found_lost(self.target, self.load.sent), *self.rounds.lost(self.target)],
            "doubled": [*checks.found_doubled(self.target), *checks.lines(self.target, DOUBLED)],
            "early": checks.found_early(self.target),
            "broken": [*own, *self.rounds.broken(self.target), *checks.found_broken(self.target, self.hands)],
        }
        breaks = {kind: [line for line in lines if line not in self._known] for kind, lines in found.items()}
        self._known.update(line for kind in ("lost", "doubled", "early") for line in breaks[kind])
        return breaks

    def _recovery(self, fault: Fault) -> float | None:
        """Return the seconds from the healing until nothing is late any more; None if that took too long."""
        healed, began = self.target.now(), time.monotonic()
        is_over = wait_until(
            lambda: checks.is_recovered(self.target, healed=healed) and fault.is_over(),
            seconds=fault.patience_seconds,
            pause=0.2,
        )
        return round(time.monotonic() - began, 1) if is_over else None

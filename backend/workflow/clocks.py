"""When each clock of a ticket is due: absolute times from the ticket's own instants and the rules it pins. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.rulebook.ruleset import ClockName, Ruleset, Severity
from backend.workflow.states import CLOCKS_ARMED, State


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock of one ticket: the due times of all its rungs (the first is the clock's own) and the repeat."""

    clock: ClockName
    rungs: tuple[datetime, ...]
    repeat: timedelta

    @property
    def due_at(self) -> datetime:
        """The instant by which it has to happen."""
        return self.rungs[0]


@dataclass(frozen=True, slots=True)
class Instants:
    """What clocks count from: filing, the last reopening, the last resolving."""

    filed_at: datetime
    reopened_at: datetime | None
    resolved_at: datetime | None

    def start_of(self, clock: ClockName) -> datetime:
        """Return the instant a clock counts from; handing a ticket on never moves it."""
        if clock is ClockName.VERIFY and self.resolved_at:
            return self.resolved_at
        if clock is ClockName.RESOLVE and self.reopened_at:
            return self.reopened_at
        return self.filed_at


def deadlines_of(
    *, clocks: Collection[ClockName], ruleset: Ruleset, severity: Severity, instants: Instants
) -> tuple[Deadline, ...]:
    """Return the deadlines of some clocks of a ticket, in the order of the clocks' names in the rulebook."""
    found = []
    for name in ClockName:
        if name in clocks:
            clock = ruleset.clocks[severity][name]
            due_at = instants.start_of(name) + clock.within
            found.append(Deadline(name, tuple(due_at + rung.after for rung in clock.rungs), clock.repeat))
    return tuple(found)


def clocks_to_change(before: State | None, after: State) -> tuple[frozenset[ClockName], frozenset[ClockName]]:
    """Return (clocks to stop, clocks to arm) when a ticket goes from one state (None: newly filed) to another."""
    running = CLOCKS_ARMED[before] if before is not None else frozenset[ClockName]()
    wanted = CLOCKS_ARMED[after]
    return running - wanted, wanted - running

"""A ticket, what is asked about it, and the clocks that run on both, as the documents say that they stand."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tools.prove.simulate.rules import ClockRule, Kept, Pause

OVER = frozenset({"closed", "declined", "merged"})
"""The states in which nobody works on a ticket any more."""
OWN = ""
"""The part of a clock that is the ticket's own."""


@dataclass(eq=False)
class Arming:
    """One run of a clock: its rule, the due times of its rungs, the rung that comes next, and whether it rests."""

    clock: str
    epoch: int
    rule: ClockRule
    ladder: list[datetime]
    part: str = OWN
    rung: int = 0
    is_resting: bool = False
    is_stopped: bool = False

    @property
    def due_at(self) -> datetime:
        """When the next rung is due; behind the last one it repeats on the calendar."""
        if self.rung < len(self.ladder):
            return self.ladder[self.rung]
        return self.ladder[-1] + (self.rung - len(self.ladder) + 1) * self.rule.repeat

    def move(self, wanted: list[datetime]) -> None:
        """Give the rungs to come new due times, none before the last that fired."""
        fired = self.ladder[: self.rung]
        self.ladder = fired + [max([due, *fired[-1:]]) for due in wanted[self.rung :]]


@dataclass(eq=False)
class PartTold:
    """Something asked about a ticket: from an order or an offer to a review of the cause.

    `whom`: the name of whoever outside is asked. `steps` are those from which the dates of a promise were named, the
    first date first.
    """

    key: str
    kind: str
    asked_by: UUID
    office: str = ""
    whom: str = ""
    steps: list[int] = field(default_factory=list)
    due_at: datetime | None = None
    outcome: str = ""
    ended_at: datetime | None = None
    epoch: int = 0
    arming: Arming | None = None

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return not self.outcome


@dataclass(eq=False)
class TicketTold:
    """A ticket as the documents say that it stands; `untold`: how many of those affected are still to be told.

    `kept`: how many hundredths of their time its clocks keep, by severity, since it was reported in a special period.
    """

    key: UUID
    school: UUID
    category: str
    severity: str
    filed_at: datetime
    secrecy: str = ""
    place: UUID | None = None
    asked: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    state: str = "received"
    office: str = ""
    assignee: UUID | None = None
    is_routed: bool = False
    is_contained: bool = False
    is_said_unsolvable: bool = False
    is_back: bool = False
    is_hazard: bool = False
    kept: Kept = field(default_factory=dict)
    untold: int = 0
    begun_at: datetime | None = None
    progress_at: datetime | None = None
    silent_from: datetime | None = None
    resolved_at: datetime | None = None
    undone_at: datetime | None = None
    confirmed_at: datetime | None = None
    closed_at: datetime | None = None
    declined_at: datetime | None = None
    waiting_since: datetime | None = None
    merged_at: datetime | None = None
    merged_into: "TicketTold | None" = None
    state_before: str = ""
    waits: list[Pause] = field(default_factory=list)
    proofs: dict[str, datetime] = field(default_factory=dict)
    level: int = 0
    running: dict[str, Arming] = field(default_factory=dict)
    epochs: Counter[str] = field(default_factory=Counter)
    parts: list[PartTold] = field(default_factory=list)

    def start_of(self, clock: str) -> datetime:
        """Return what a clock counts from: the last progress, the resolving, else the filing or what began it again."""
        if clock == "verify" and self.resolved_at:
            return self.resolved_at
        if clock == "progress" and self.progress_at:
            return self.progress_at
        if clock == "silence" and self.silent_from:
            return self.silent_from
        if clock == "wait" and self.waiting_since:
            return self.waiting_since
        return self.begun_at or self.filed_at

    def open_parts(self, kind: str) -> list[PartTold]:
        """Return what is asked of one kind and not ended, the first first."""
        return [part for part in self.parts if part.kind == kind and part.is_open]

    def unsettled(self) -> list[PartTold]:
        """Return the sub-tasks without which it is not solved: open, or refused and not waived (docs/adr/0040)."""
        return [part for part in self.parts if part.kind == "subtask" and part.outcome in {"", "refused"}]

    def recommended(self) -> list[PartTold]:
        """Return what is recommended, or accepted and to be carried out (docs/adr/0053)."""
        return [*self.open_parts("recommendation"), *self.open_parts("improvement")]

    def ended_parts(self, kind: str, *outcomes: str) -> list[PartTold]:
        """Return what was asked of one kind and ended in one of these ways."""
        return [part for part in self.parts if part.kind == kind and part.outcome in outcomes]

    def armings(self) -> Iterator[Arming]:
        """Yield every clock that has not stopped, the ticket's own and those of its parts."""
        yield from self.running.values()
        yield from (part.arming for part in self.parts if part.arming is not None)

"""The promises checked at the end of a demo day: each rule yields what breaks it among the things seen. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tools.prove.demo.round_judging import ROUND_RULES, RoundsOfDay

FIRING_SECONDS = 5.0
"""The engine's promise: a deadline fires within so many seconds."""
ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class Filing:
    """A report somebody sent, however often, and the ids the answers named."""

    reporter: str
    category: str
    text: str
    report_ids: frozenset[str]
    reference: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A report as it stands in its reporter's own list."""

    id: str
    reporter: str
    text: str


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of a ticket's timeline."""

    sequence: int
    kind: str
    at: datetime
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as the leaders saw it at the end, with its timeline."""

    id: str
    reference: str
    category: str
    severity: str
    state: str
    office: str
    filed_at: datetime
    events: Sequence[Event]

    def first(self, kind: str) -> datetime | None:
        """Return when something happened for the first time."""
        return next((event.at for event in self.events if event.kind == kind), None)

    def rungs(self) -> "list[Fired]":
        """Return every rung that fired, in order."""
        found, acted_at = [], self.filed_at
        for event in self.events:
            if event.kind == ESCALATED:
                found.append(Fired.read(self.reference, event, acted_at))
            else:
                acted_at = event.at
        return found


@dataclass(frozen=True, slots=True)
class Fired:
    """A rung of a clock that fired; `arming` counts how often the clock was started, by reopening for example."""

    reference: str
    clock: str
    arming: int
    rung: int
    is_repeat: bool
    due_at: datetime
    fired_at: datetime
    acted_at: datetime
    people: frozenset[str]

    @classmethod
    def read(cls, reference: str, event: Event, acted_at: datetime) -> "Fired":
        """Read it from the event that records it; `acted_at` is when somebody acted on the ticket before that."""
        said = event.details
        return cls(
            reference=reference,
            clock=said["clock"],
            arming=said["epoch"],
            rung=said["rung"],
            is_repeat=said["repeat"],
            due_at=datetime.fromisoformat(said["due_at"]),
            fired_at=event.at,
            acted_at=acted_at,
            people=frozenset([*said["reached"], *said["paged"]]),
        )

    @property
    def lag(self) -> float:
        """Seconds from when it was due to when it fired; a clock started anew can be past due as it starts."""
        began = max(self.due_at, self.acted_at) if self.arming > 1 else self.due_at
        return (self.fired_at - began).total_seconds()

    @property
    def is_early(self) -> bool:
        """Whether it fired before it was due."""
        return self.fired_at < self.due_at

    def __str__(self) -> str:
        return f"{self.reference}: rung {self.rung} of {self.clock}, due {self.due_at:%H:%M:%S.%f}"


@dataclass(frozen=True, slots=True)
class Seen:
    """The tickets one person found: those in lists and notices, and those that opened when asked for."""

    tickets: frozenset[str] = frozenset()
    notices: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """Everything that was sent and seen on a demo day."""

    filings: Sequence[Filing]
    stored: Sequence[Stored]
    tickets: Sequence[Ticket]
    offices: Mapping[str, Sequence[str]]
    """The offices that can answer for each category: one, or the grade groups."""
    acknowledge_seconds: Mapping[str, int]
    absent: str
    absent_seen: Seen
    conflicted: str
    conflicted_seen: Seen
    concerning: frozenset[str]
    """The references of tickets that concern the conflicted person."""
    rounds: RoundsOfDay = field(default_factory=RoundsOfDay)
    clusters: int = 0
    """The tickets that counts of classes opened, without a report."""
    commands: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The rows that the auditors of the system found broken, by their sentence; empty for what holds."""

    def fired(self) -> list[Fired]:
        """Return every rung that fired."""
        return [rung for ticket in self.tickets for rung in ticket.rungs()]


@dataclass(frozen=True, slots=True)
class Verdict:
    """An invariant by its name, and what breaks it."""

    name: str
    breaks: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing breaks it."""
        return not self.breaks


def verdicts(day: Day) -> list[Verdict]:
    """Return the verdict on every invariant, the system's own auditors last."""
    own = [Verdict(name, tuple(rule(day))) for name, rule in RULES.items()]
    own += [Verdict(name, tuple(rule(day.rounds))) for name, rule in ROUND_RULES.items()]
    return own + [Verdict(name, tuple(breaks)) for name, breaks in day.commands.items()]


def none_lost(day: Day) -> Iterator[str]:
    """Every report that was answered stands in its reporter's list and has a ticket."""
    stored = {(report.id, report.reporter) for report in day.stored}
    references = {ticket.reference for ticket in day.tickets}
    for filing in day.filings:
        if not filing.report_ids or any((each, filing.reporter) not in stored for each in filing.report_ids):
            yield f"{filing.reference or filing.text[:40]}: not in the list of {filing.reporter}"
        if filing.reference not in references:
            yield f"{filing.reference or filing.text[:40]}: no ticket"


def none_twice(day: Day) -> Iterator[str]:
    """However often a report was sent, it is stored once, and it has one ticket."""
    for filing in day.filings:
        if len(filing.report_ids) > 1:
            yield f"{filing.reference}: stored {len(filing.report_ids)} times"
    sent = Counter((filing.reporter, filing.text) for filing in day.filings)
    for key, number in (Counter((report.reporter, report.text) for report in day.stored) - sent).items():
        yield f"{key[0]}: {number} more than sent: {key[1][:40]}"
    if len(day.tickets) > len(day.filings) + day.clusters:
        yield f"{len(day.tickets)} tickets from {len(day.filings)} reports"


def none_ownerless(day: Day) -> Iterator[str]:
    """Every ticket went to the office that answers for its category, and every rung reached somebody."""
    for ticket in day.tickets:
        if ticket.office not in day.offices[ticket.category] or ticket.first("route") is None:
            yield f"{ticket.reference} ({ticket.category}): with {ticket.office or 'nobody'}"
    yield from (f"{rung}: reached nobody" for rung in day.fired() if not rung.people)


def none_early(day: Day) -> Iterator[str]:
    """No rung fired before it was due."""
    yield from (f"{rung}: fired {rung.fired_at:%H:%M:%S.%f}" for rung in day.fired() if rung.is_early)


def rungs_once(day: Day) -> Iterator[str]:
    """No rung fired twice."""
    found = Counter((rung.reference, rung.clock, rung.arming, rung.rung) for rung in day.fired())
    for (reference, clock, _arming, rung), times in found.items():
        if times > 1:
            yield f"{reference}: rung {rung} of {clock} fired {times} times"


def rungs_without_gap(day: Day) -> Iterator[str]:
    """The rungs of each clock fired in order, from the first, without one left out."""
    for ticket in day.tickets:
        climbed: dict[tuple[str, int], int] = {}
        for rung in ticket.rungs():
            before = climbed.get((rung.clock, rung.arming), 0)
            if rung.rung > before + 1:
                yield f"{ticket.reference}: {rung.clock} fired rung {rung.rung} after rung {before}"
            climbed[rung.clock, rung.arming] = max(rung.rung, before)


def acknowledging_escalates(day: Day) -> Iterator[str]:
    """Nothing escalates after an acknowledgement for want of it; and whoever did not acknowledge in time was escalated.

    The chain's order counts, not its times: somebody may ask in time and get the ticket's lock after the engine.
    """
    for ticket in day.tickets:
        kinds = [_acknowledging(event) for event in ticket.events]
        if "acknowledge" in kinds and ESCALATED in kinds[kinds.index("acknowledge") :]:
            yield f"{ticket.reference}: acknowledged, escalated all the same"
        due_at = ticket.filed_at + timedelta(seconds=day.acknowledge_seconds[ticket.severity])
        done_at = ticket.first("acknowledge")
        is_late = done_at is None or (done_at - due_at).total_seconds() > FIRING_SECONDS
        if is_late and ESCALATED not in kinds:
            yield f"{ticket.reference}: not acknowledged in time, and nobody was told"


def _acknowledging(event: Event) -> str:
    """Return what an event has to do with acknowledging: nothing, the act itself, or a rung of its clock."""
    if event.kind == ESCALATED:
        return ESCALATED if event.details["clock"] == "acknowledge" else ""
    return event.kind if event.kind == "acknowledge" else ""


def chain_complete(day: Day) -> Iterator[str]:
    """Each timeline begins with the opening and counts on without a gap."""
    for ticket in day.tickets:
        if [event.sequence for event in ticket.events] != list(range(1, len(ticket.events) + 1)):
            yield f"{ticket.reference}: the sequence has a gap"
        if not ticket.events or ticket.events[0].kind != "opened":
            yield f"{ticket.reference}: does not begin with its opening"


def absent_never_paged(day: Day) -> Iterator[str]:
    """Whoever is absent is passed over by every rung and told nothing."""
    yield from (f"{rung}: paged the absent" for rung in day.fired() if day.absent in rung.people)
    if day.absent_seen.notices:
        yield f"the absent person has {day.absent_seen.notices} notices"


def conflicted_never_told(day: Day) -> Iterator[str]:
    """Whoever a report concerns is passed over by every rung, told nothing of it, and cannot find or open it."""
    for rung in day.fired():
        if rung.reference in day.concerning and day.conflicted in rung.people:
            yield f"{rung}: paged the person it concerns"
    references = {ticket.id: ticket.reference for ticket in day.tickets}
    for found in sorted(day.conflicted_seen.tickets):
        if references.get(found) in day.concerning:
            yield f"{references[found]}: seen by the person it concerns"


def day_ended(day: Day) -> Iterator[str]:
    """Every ticket could be brought to an end."""
    yield from (f"{ticket.reference}: still {ticket.state}" for ticket in day.tickets if ticket.state != "closed")


RULES: Mapping[str, Callable[[Day], Iterator[str]]] = {
    "None lost": none_lost,
    "None twice": none_twice,
    "None ownerless": none_ownerless,
    "No rung early": none_early,
    "No rung twice": rungs_once,
    "No rung left out": rungs_without_gap,
    "Escalated exactly when not acknowledged in time": acknowledging_escalates,
    "Chain of events complete": chain_complete,
    "The absent never paged": absent_never_paged,
    "The conflicted never sees, never told": conflicted_never_told,
    "Every ticket came to an end": day_ended,
}

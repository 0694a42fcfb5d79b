"""The escalations that must have fired, worked out from docs/working-time.md, docs/state-machine.md and the ADRs alone.

Nothing of the engine or of the workflow is imported. Each ticket is told what happened to it; a sweep fires whatever is
due then. Arithmetic is naive on purpose: a clock that changes is worked out anew from its start, minute by minute.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import count
from types import MappingProxyType
from uuid import UUID

from tools.prove.simulate.asking import PASS_ON, Asking, Said
from tools.prove.simulate.firings import Fired, Key, Next
from tools.prove.simulate.minutes import SchoolMinutes
from tools.prove.simulate.rules import WHOLE, ClockRule, Kept, Rulebook, span_end
from tools.prove.simulate.same import classed, raised
from tools.prove.simulate.told import OVER, Arming, TicketTold

UNSEEN = frozenset({"acknowledge", "act", "contain", "resolve", "answer", "result"})
IN_WORK = frozenset({"progress", "contain", "resolve", "silence", "result"})
CLOCKS: dict[str, frozenset[str]] = {
    "received": UNSEEN,
    "routed": UNSEEN,
    "acknowledged": IN_WORK | {"act"},
    "in_progress": IN_WORK,
    "waiting": (IN_WORK - {"resolve", "silence"}) | {"wait"},
    "resolved": frozenset({"verify"}),
    **dict.fromkeys(("closed", "declined", "merged"), frozenset()),
}
RESTING: dict[str, frozenset[str]] = {"waiting": frozenset({"resolve"})}
"""docs/state-machine.md, the table of clocks: which run in a state, and which rest."""
LEADS_TO = {
    "acknowledge": "acknowledged",
    "start": "in_progress",
    "wait": "waiting",
    "resume": "in_progress",
    "resolve": "resolved",
    "fix-at-once": "resolved",
    "verify": "closed",
    "confirm": "closed",
    "reject-fix": "in_progress",
    "reopen": "in_progress",
    "confirm-decline": "declined",
    "contest-decline": "received",
    "withdraw": "closed",
    "merge": "merged",
}
"""docs/state-machine.md, the diagram."""
BEGIN_PROGRESS = frozenset({"acknowledge", "progress", "reject-fix", "reopen"})
BEGIN_AGAIN = frozenset({"reopen", "contest-decline"})
END_A_WAIT = frozenset({"resume", "resolve", "merge"})
CLOSE = frozenset({"verify", "withdraw", "confirm"})
SOLVE = frozenset({"resolve", "fix-at-once"})
MOST_WAITS = 10


class Oracle:
    """All tickets, and everything that must have fired."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.tickets: dict[UUID, TicketTold] = {}
        self.fired: dict[Key, Fired] = {}
        self.minutes: dict[UUID, SchoolMinutes] = {}
        self._waiting: list[tuple[datetime, int, TicketTold, Arming]] = []
        self._order = count()
        self.asking = Asking(rulebook, self.minutes, self._wait)
        self.kept_at: Callable[[UUID, datetime], Kept] = lambda _school, _at: WHOLE

    def calendar(self, school: UUID, minutes: SchoolMinutes) -> None:
        """Take note of a school's calendar; clocks that begin from now on count by it."""
        self.minutes[school] = minutes

    def filed(
        self,
        *,
        key: UUID,
        school: UUID,
        category: str,
        at: datetime,
        place: UUID | None = None,
        answers: Mapping[str, str] = MappingProxyType({}),
        kept: Kept | None = None,
    ) -> TicketTold:
        """Take note of a new ticket, and of what its reporter answered; `kept` where it goes by another's rules."""
        severity, secrecy = self.rulebook.severity(category, answers), self.rulebook.secrecy(category)
        ticket = TicketTold(key, school, category, severity, at, secrecy, place, asked=category, answers=answers)
        ticket.is_hazard = self.rulebook.is_hazard(category)
        ticket.kept = self.kept_at(school, at) if kept is None else kept
        self.tickets[key] = ticket
        self.follow(ticket)
        return ticket

    def routed(self, ticket: TicketTold, *, office: str, at: datetime) -> None:
        """Take note that a ticket came to its office, or stays with the one people gave it to; solved it stays."""
        is_handed = bool(ticket.ended_parts("offer", "done", "decided"))
        if ticket.state in OVER | {"resolved"} or (ticket.is_routed and ticket.state != "received"):
            return
        ticket.is_routed = True
        if ticket.state == "received":
            ticket.state = "routed"
        self.came_to(ticket, ticket.office if is_handed else office, at)
        if (severity := raised(ticket, ticket.severity, self.tickets.values())) != ticket.severity:
            self.reclassified(ticket, category=ticket.category, severity=severity, at=at)
        self.follow(ticket)

    def corrected(self, ticket: TicketTold, *, category: str, severity: str, at: datetime, is_own: bool) -> None:
        """Take note of a correction by somebody: what is filed anew may turn out to have come back."""
        if category != ticket.category:
            classed(ticket, category, self.rulebook.secrecy(category), self.tickets.values())
            if ticket.state not in OVER | {"received"}:
                severity = raised(ticket, severity, self.tickets.values())
        self.reclassified(ticket, category=category, severity=severity, at=at, is_own=is_own)

    def came_to(self, ticket: TicketTold, office: str, at: datetime) -> None:
        """Take note of the office that answers for a ticket; what another one offered it does not offer any more."""
        if office != ticket.office:
            self.asking.office_changed(ticket, office, at)
            ticket.assignee = None
        ticket.office = office

    def asked(self, ticket: TicketTold, action: str, said: Said, *, at: datetime, key: str, is_own: bool) -> None:
        """Take note of a step about what is asked; one of the owner's own ends their silence."""
        self.asking.done(ticket, action, said, at=at, key=key)
        if is_own and action not in PASS_ON:
            self.heard(ticket, at)
        self.follow(ticket)

    def heard(self, ticket: TicketTold, at: datetime) -> None:
        """Take note of an act of the owner's own: silence counts from then, or from the date of their next step."""
        ticket.running.pop("silence", None)
        steps = [part.due_at for part in ticket.open_parts("step") if part.due_at is not None]
        ticket.silent_from = max([at, *steps])

    def acted(self, ticket: TicketTold, action: str, at: datetime, *, is_own: bool = False) -> None:
        """Take note of what somebody did; `is_own`: it was whoever has the ticket in hand."""
        self._note(ticket, action, at)
        if is_own:
            self.heard(ticket, at)
        elif "silence" not in ticket.running and action not in END_A_WAIT:
            ticket.silent_from = at
        ticket.state = LEADS_TO.get(action, ticket.state)
        if ticket.state in OVER:
            self.asking.over(ticket, at)
        if action == "progress":
            ticket.running.pop("progress", None)
        self.follow(ticket)

    def reclassified(
        self, ticket: TicketTold, *, category: str, severity: str, at: datetime, is_own: bool = False
    ) -> None:
        """Take note of a correction: clocks whose rules differ now are counted anew from the same start."""
        ticket.category, ticket.severity = category, severity
        ticket.is_hazard = self.rulebook.is_hazard(category)
        rules = self.rulebook.clocks(category, severity, ticket.kept)
        if ticket.waiting_since is not None and not self._may_go_on_waiting(ticket, rules):
            self._wait_ended(ticket, at)
            ticket.state = "in_progress"
        if is_own:
            self.heard(ticket, at)
        for clock, arming in list(ticket.running.items()):
            if rules.get(clock) != arming.rule:
                del ticket.running[clock]
        self.follow(ticket)

    def office(self, ticket: TicketTold) -> str:
        """Return the office that answers for a ticket; an answer names it while the category is the one asked about."""
        return self.rulebook.lead(ticket.category, ticket.answers if ticket.category == ticket.asked else {})

    def may_wait(self, ticket: TicketTold, at: datetime) -> bool:
        """Say whether a ticket may begin to wait: not late, and with something left of what its rules allow."""
        rule = self.rulebook.clocks(ticket.category, ticket.severity, ticket.kept).get("wait")
        resolve = ticket.running["resolve"]
        if rule is None or resolve.rung or at >= resolve.due_at or len(ticket.waits) >= MOST_WAITS:
            return False
        return self._wait_over_at(ticket, rule, at) > at

    def wait_over(self, ticket: TicketTold, since: datetime) -> None:
        """Take note that the system ended a wait, as of when it was over; another wait than that is left alone."""
        if ticket.waiting_since == since:
            self.acted(ticket, "resume", ticket.running["wait"].ladder[0])

    def recomputed(self, school: UUID) -> None:
        """Move the rungs to come of every running clock of a school to its calendar."""
        for ticket in self.tickets.values():
            for arming in ticket.running.values() if ticket.school == school else ():
                if arming.rule.is_working and not arming.is_resting:
                    arming.move(self._ladder(ticket, arming.clock, arming.rule))
                    self._wait(ticket, arming)

    def next_due(self) -> datetime | None:
        """Return when the next rung is due."""
        while self._waiting and not self._is_waiting(*self._waiting[0]):
            heapq.heappop(self._waiting)
        return self._waiting[0][0] if self._waiting else None

    def swept(self, now: datetime) -> list[Key]:
        """Fire every rung that is due by now; return them in the order of their due times."""
        fired: list[Key] = []
        while (due_at := self.next_due()) is not None and due_at <= now:
            _due, _number, ticket, arming = heapq.heappop(self._waiting)
            fired.append(Key(ticket.key, arming.clock, arming.epoch, arming.rung, arming.part))
            self.fired[fired[-1]] = Fired(due_at, now)
            ticket.level = max(ticket.level, min(arming.rung + 1, len(arming.rule.rungs)))
            arming.rung += 1
            self._wait(ticket, arming)
        return fired

    def running(self) -> Iterator[tuple[Key, Next]]:
        """Yield the next rung of every clock that has not stopped, and when it is due."""
        for ticket in self.tickets.values():
            for arming in ticket.armings():
                due_at = None if arming.is_resting else arming.due_at
                yield Key(ticket.key, arming.clock, arming.epoch, arming.rung, arming.part), Next(due_at)

    def _note(self, ticket: TicketTold, action: str, at: datetime) -> None:
        if action in BEGIN_PROGRESS:
            ticket.progress_at = at
        if action in BEGIN_AGAIN:
            ticket.begun_at, ticket.is_contained, ticket.waits = at, False, []
        if action in {"contain", *SOLVE}:
            ticket.is_contained = True
        if action == "wait":
            ticket.waiting_since = at
        if action in END_A_WAIT:
            self._wait_ended(ticket, at)
        self._note_fix(ticket, action, at)
        if action == "contest-decline":
            self.asking.back(ticket, lapsed_at=ticket.declined_at)
        ticket.closed_at = (ticket.closed_at or at) if action in CLOSE else None
        ticket.declined_at = at if action == "confirm-decline" else None

    def _note_fix(self, ticket: TicketTold, action: str, at: datetime) -> None:
        if action in SOLVE:
            ticket.resolved_at = at
            self.asking.solved(ticket, at)
        if action in {"reject-fix", "reopen"}:
            self.asking.not_solved(ticket)
        if action in {"reject-fix", "reopen"}:
            ticket.resolved_at, ticket.confirmed_at, ticket.undone_at = None, None, at
        if action == "confirm":
            ticket.confirmed_at = at

    def follow(self, ticket: TicketTold) -> None:
        """Stop what does not run in the ticket's state, start what does and ran not, let rest and go on what has to."""
        rules = self.rulebook.clocks(ticket.category, ticket.severity, ticket.kept)
        resting = RESTING.get(ticket.state, frozenset())
        wanted = (CLOCKS[ticket.state] | resting) & rules.keys()
        if ticket.is_contained:
            wanted -= {"contain"}
        for clock in ticket.running.keys() - wanted:
            del ticket.running[clock]
        for clock in sorted(wanted - ticket.running.keys()):
            self._start(ticket, clock, rules[clock])
        for clock, arming in ticket.running.items():
            if arming.is_resting and clock not in resting:
                arming.move(self._ladder(ticket, clock, arming.rule))
            arming.is_resting = clock in resting
            self._wait(ticket, arming)

    def _start(self, ticket: TicketTold, clock: str, rule: ClockRule) -> None:
        ticket.epochs[clock] += 1
        ticket.running[clock] = Arming(clock, ticket.epochs[clock], rule, self._ladder(ticket, clock, rule))

    def _ladder(self, ticket: TicketTold, clock: str, rule: ClockRule) -> list[datetime]:
        minutes, start = self.minutes[ticket.school], ticket.start_of(clock)
        if clock == "wait":
            return rule.rungs_after(self._wait_over_at(ticket, rule, start), minutes)
        ladder = rule.ladder(start, minutes)
        for pause in ticket.waits if clock == "resolve" else ():
            ladder = [rule.after_pause(due, pause, minutes) for due in ladder]
        return ladder

    def _wait_over_at(self, ticket: TicketTold, rule: ClockRule, since: datetime) -> datetime:
        """Return how long a wait can last: the allowed working days, less those that fell into earlier waits."""
        minutes = self.minutes[ticket.school]
        days = int(rule.within.removesuffix("dW")) - sum(minutes.days_between(*pause) for pause in ticket.waits)
        return span_end(f"{days}dW", since, minutes) if days > 0 else since

    def _wait_ended(self, ticket: TicketTold, at: datetime) -> None:
        """Note a wait that is over; it never lasted longer than it could."""
        if ticket.waiting_since is not None:
            ticket.waits.append((ticket.waiting_since, min(at, ticket.running["wait"].ladder[0])))
            ticket.silent_from = ticket.waits[-1][1]
            ticket.waiting_since = None

    def _may_go_on_waiting(self, ticket: TicketTold, rules: dict[str, ClockRule]) -> bool:
        """Say whether the rules know of waiting, and by them the ticket was not late before it began to wait."""
        since = ticket.waiting_since
        return "wait" in rules and since is not None and self._ladder(ticket, "resolve", rules["resolve"])[0] > since

    def _wait(self, ticket: TicketTold, arming: Arming) -> None:
        heapq.heappush(self._waiting, (arming.due_at, next(self._order), ticket, arming))

    @staticmethod
    def _is_waiting(due_at: datetime, _number: int, ticket: TicketTold, arming: Arming) -> bool:
        runs = not arming.is_stopped if arming.part else ticket.running.get(arming.clock) is arming
        return runs and arming.due_at == due_at and not arming.is_resting

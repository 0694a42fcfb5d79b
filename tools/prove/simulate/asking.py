"""Parts asked about tickets, by docs/adr/0037 and 0038 and docs/state-machine.md alone: refusals, clocks, endings.

Nothing of the engine or of the workflow is imported, as for the clocks of tickets themselves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tools.prove.simulate.minutes import SchoolMinutes
from tools.prove.simulate.rules import Rulebook, span_end
from tools.prove.simulate.told import Arming, PartTold, TicketTold

OFFICE, HEAD, VICE_PRINCIPAL, PRINCIPAL = 1, 2, 3, 4
"""The steps from which a date is promised; each change comes from a higher one, the second from the principal."""
ASKS = {
    "order": "order",
    "offer": "offer",
    "promise": "promise",
    "next-step": "step",
    "ask-subtask": "subtask",
    "ask-question": "question",
    "adopt": "adoption",
    "recommend": "recommendation",
}
"""The actions by which something is asked, and of which kind it is."""
ENDS = {
    "answer-order": ("order", "done"),
    "withdraw-order": ("order", "withdrawn"),
    "accept-offer": ("offer", "done"),
    "refuse-offer": ("offer", "refused"),
    "withdraw-offer": ("offer", "withdrawn"),
    "decide": ("decision", "done"),
    "finish-step": ("step", "done"),
    "complete-subtask": ("subtask", "done"),
    "refuse-subtask": ("subtask", "refused"),
    "waive-subtask": ("subtask", "waived"),
    "withdraw-subtask": ("subtask", "withdrawn"),
    "answer-question": ("question", "done"),
    "withdraw-question": ("question", "withdrawn"),
    "review-cause": ("review", "done"),
    "follow-adoption": ("adoption", "done"),
    "accept-recommendation": ("recommendation", "accepted"),
    "refuse-recommendation": ("recommendation", "refused"),
    "withdraw-recommendation": ("recommendation", "withdrawn"),
    "carry-out-recommendation": ("improvement", "done"),
}
"""The actions by which it ends, and how."""
MOVES = {"change-promise": "promise", "follow-adoption": "adoption"}
"""The actions that name another date for what is asked; an adoption ends where none is named."""
WITHDRAWS = frozenset({"withdraw-order", "withdraw-recommendation"})
BEYOND = frozenset({"review", "improvement"})
"""The kinds that look beyond the case, and are asked on when the ticket is over (docs/adr/0053)."""
PASS_ON = frozenset({"offer", "withdraw-offer", "accept-offer", "assign-office"})
"""Passing a ticket on ends no silence of its owner's (docs/adr/0046)."""
HANDED = frozenset({"routed", "acknowledged", "in_progress", "waiting"})
"""The states in which an office can hand a ticket on."""
MOST_RETURNS, MOST_HANDED, MOST_OPEN = 2, 3, 20
DECIDES = frozenset({"principal", "board_chair", "bureau_officer"})


@dataclass(frozen=True)
class Said:
    """The taker of a step about a part, from which step they promise, until when, to which office, about what.

    `whom`: the name of whoever outside is asked; empty where it is the reporter.
    """

    by: UUID
    step: int = OFFICE
    until: datetime | None = None
    office: str = ""
    whom: str = ""
    part: PartTold | None = None


class Asking:
    """The parts asked about all tickets; `waits` has the clock of a part wait for its next rung."""

    def __init__(
        self,
        rulebook: Rulebook,
        minutes: Mapping[UUID, SchoolMinutes],
        waits: Callable[[TicketTold, Arming], None],
    ) -> None:
        self._rulebook, self._minutes, self._waits = rulebook, minutes, waits

    def refusal(self, ticket: TicketTold, action: str, said: Said) -> str:
        """Return the code with which a step is refused, empty where it is not; it is open to the one who takes it."""
        refused = {
            "offer": "offer_open" if ticket.open_parts("offer") else "handover_decided" * self._is_decided(ticket),
            "promise": "promise_stands" * bool(ticket.open_parts("promise")),
            "next-step": "step_stands" * bool(ticket.open_parts("step")),
            "adopt": "adopted_already" * bool(ticket.open_parts("adoption")),
            "change-promise": "action_not_allowed" * (not _stands_above(ticket, said.step)),
        }.get(action, "action_not_allowed" * (action in WITHDRAWS and not self._may_withdraw(said)))
        is_full = sum(part.is_open for part in ticket.parts) >= MOST_OPEN
        is_nobody = action == "ask-question" and not said.whom and self._rulebook.is_sealed(ticket.category)
        return refused or "too_many_parts" * (action in ASKS and is_full) or "nobody_to_ask" * is_nobody

    def solve_refusal(self, ticket: TicketTold) -> str:
        """Return the code with which solving is refused, empty where it is not: others have to do their part first."""
        if ticket.unsettled():
            return "subtask_unsettled"
        return "" if self._is_proved(ticket) else "proof_missing"

    def done(self, ticket: TicketTold, action: str, said: Said, *, at: datetime, key: str) -> None:
        """Take note of a step that was taken; what it asked, or decided, is known by this key."""
        if action in ASKS:
            part = PartTold(key, ASKS[action], said.by, said.office, said.whom)
            self.asked(ticket, part, at=at, until=said.until)
        if action == "promise":
            ticket.parts[-1].steps.append(said.step)
        if action in MOVES and said.until is not None:
            self._moved(ticket, MOVES[action], said, said.until)
        elif action in ENDS:
            self._ended(ticket, action, said, at)
        if action == "accept-recommendation" and said.part is not None:
            office = "" if self._rulebook.is_sealed(ticket.category) else ticket.office
            improvement = PartTold(key, "improvement", said.part.asked_by, office)
            self.asked(ticket, improvement, at=at, until=said.until)
        if action == "assign-office":
            self.decided(ticket, PartTold(key, "offer", said.by, said.office), at)

    def offer_refusal(self, ticket: TicketTold, office: str) -> str:
        """Return the code with which a correction is refused by which another office is offered the ticket."""
        offered, is_full = ticket.open_parts("offer"), sum(part.is_open for part in ticket.parts) >= MOST_OPEN
        if office == ticket.office or any(part.office == office for part in offered):
            return ""
        if offered:
            return "offer_open"
        return "handover_decided" * self._is_decided(ticket) or "too_many_parts" * is_full

    def decided(self, ticket: TicketTold, decision: PartTold, at: datetime) -> None:
        """Take note that somebody above decided which office has it."""
        self.office_changed(ticket, decision.office, at)
        decision.due_at = at
        _end(decision, "decided", at)
        ticket.parts.append(decision)
        self._handed(ticket, decision.office)

    def asked(self, ticket: TicketTold, part: PartTold, *, at: datetime, until: datetime | None) -> None:
        """Take note of something new that is asked: due when it was said, else when the time of its kind is over.

        An office has as long to answer an offer as a new ticket has to be acknowledged.
        """
        within = self._rulebook.parts[part.kind].within
        if part.kind == "offer":
            within = self._rulebook.clocks(ticket.category, ticket.severity, ticket.kept)["acknowledge"].within
        ticket.parts.append(part)
        self._arm(ticket, part, until or span_end(within, at, self._minutes[ticket.school]))

    def _moved(self, ticket: TicketTold, kind: str, said: Said, until: datetime) -> None:
        (part,) = ticket.open_parts(kind)
        if kind == "promise":
            part.steps.append(said.step)
        self._arm(ticket, part, until)

    def _ended(self, ticket: TicketTold, action: str, said: Said, at: datetime) -> None:
        kind, outcome = ENDS[action]
        part = said.part or ticket.open_parts(kind)[0]
        _end(part, outcome, at)
        if action == "accept-offer":
            self.office_changed(ticket, part.office, at)
            self._handed(ticket, part.office)

    def office_changed(self, ticket: TicketTold, office: str, at: datetime) -> None:
        """Take note that an office has the ticket: whoever offered it has it no more, and it is not asked to help."""
        own = [part for part in ticket.unsettled() if part.office == office]
        for part in (*ticket.open_parts("offer"), *own):
            _end(part, "withdrawn", at)
        for part in () if self._rulebook.is_sealed(ticket.category) else ticket.parts:
            if part.is_open and part.kind in BEYOND:
                part.office = office

    def solved(self, ticket: TicketTold, at: datetime) -> None:
        """Take note that it is said to be solved: a promise and a next step end with that."""
        for part in (*ticket.open_parts("promise"), *ticket.open_parts("step")):
            _end(part, "done", at)

    def not_solved(self, ticket: TicketTold) -> None:
        """Take note that it was not: the promise that ended with it stands again, due when it was."""
        for promise in ticket.ended_parts("promise", "done"):
            if promise.ended_at == ticket.resolved_at and promise.due_at is not None:
                promise.outcome, promise.ended_at = "", None
                self._arm(ticket, promise, promise.due_at)

    def back(self, ticket: TicketTold, *, lapsed_at: datetime | None) -> None:
        """Take note that a merge was undone: what was promised and demanded before is again, due when it was."""
        for part in ticket.parts:
            is_offer = part.kind == "offer"  # the ticket is where it was, and nobody waits to take it over
            if part.outcome == "lapsed" and part.ended_at == lapsed_at and not is_offer and part.due_at is not None:
                part.outcome, part.ended_at = "", None
                self._arm(ticket, part, part.due_at)

    def over(self, ticket: TicketTold, at: datetime) -> None:
        """Take note that the ticket is over: what was asked for this case alone is over too."""
        for part in ticket.parts:
            if part.is_open and part.kind not in BEYOND:
                _end(part, "lapsed", at)

    def closed(self, ticket: TicketTold, *, key: str, by: UUID, at: datetime) -> None:
        """Take note that a solved ticket was closed: the cause of what is urgent or came back is asked for, once."""
        is_grave = ticket.severity == "P1" or ticket.is_back
        if is_grave and not any(part.kind == "review" for part in ticket.parts):
            office = "" if self._rulebook.is_sealed(ticket.category) else ticket.office
            self.asked(ticket, PartTold(key, "review", by, office), at=at, until=None)

    def must_be_decided(self, ticket: TicketTold) -> bool:
        """Say whether it climbs to whoever can decide when the office cannot solve it, and no decision is asked yet."""
        rungs = self._ladder(ticket)
        reached = rungs[min(ticket.level, len(rungs) - 1)]
        return not ticket.open_parts("decision") and not DECIDES.isdisjoint(reached)

    def is_at_the_top(self, ticket: TicketTold) -> bool:
        """Say whether no rung is left above a ticket."""
        return ticket.level >= len(self._ladder(ticket))

    def may_climb_to(self, ticket: TicketTold, level: int) -> bool:
        """Say whether a ticket can have a level after its office cannot solve it: one rung higher at least, or the top.

        More than one where nobody new is reached by the next; whom a rung reaches is no matter of this oracle.
        """
        top = len(self._ladder(ticket))
        return level == ticket.level if self.is_at_the_top(ticket) else ticket.level < level <= top

    def _is_proved(self, ticket: TicketTold) -> bool:
        """Say whether what its category asks for was added since the last fix came undone."""
        since = ticket.undone_at or ticket.filed_at
        return all(
            kind in ticket.proofs and ticket.proofs[kind] >= since for kind in self._rulebook.proofs(ticket.category)
        )

    def _ladder(self, ticket: TicketTold) -> tuple[tuple[str, ...], ...]:
        if self._rulebook.is_sealed(ticket.category):
            return self._rulebook.protection
        return self._rulebook.clocks(ticket.category, ticket.severity, ticket.kept)["resolve"].tells

    def _handed(self, ticket: TicketTold, office: str) -> None:
        """Give it to an office; the third lifts it to the vice principal's rung, the last where none tells them."""
        ticket.office, ticket.assignee = office, None
        if len(ticket.ended_parts("offer", "done", "decided")) < MOST_HANDED:
            return
        tells = self._ladder(ticket)
        rung = next((place for place, roles in enumerate(tells) if "vice_principal" in roles), len(tells) - 1)
        ticket.level = max(ticket.level, rung + 1)

    def _arm(self, ticket: TicketTold, part: PartTold, due_at: datetime) -> None:
        if part.arming is not None:
            part.arming.is_stopped = True
        rule = self._rulebook.parts[part.kind]
        ladder = rule.rungs_after(due_at, self._minutes[ticket.school])
        part.due_at, part.epoch = due_at, part.epoch + 1
        part.arming = Arming(part.kind, part.epoch, rule, ladder, part=part.key)
        self._waits(ticket, part.arming)

    @staticmethod
    def _is_decided(ticket: TicketTold) -> bool:
        refused = ticket.ended_parts("offer", "refused")
        return len(refused) >= MOST_RETURNS or bool(ticket.ended_parts("offer", "decided"))

    @staticmethod
    def _may_withdraw(said: Said) -> bool:
        return said.step == PRINCIPAL or (said.part is not None and said.part.asked_by == said.by)


def loses_promise(ticket: TicketTold, target: TicketTold, step: int) -> bool:
    """Say whether somebody on a step gets rid of a promise by a merge, who could not change it (docs/adr/0039)."""
    promised, others = ticket.open_parts("promise"), target.open_parts("promise")
    if not promised or _stands_above(ticket, step):
        return False
    kept = [other for other in others if other.due_at and promised[0].due_at and other.due_at <= promised[0].due_at]
    return not kept or _to_change(kept[0]) < _to_change(promised[0])


def _stands_above(ticket: TicketTold, step: int) -> bool:
    promised = ticket.open_parts("promise")
    return bool(promised) and step >= _to_change(promised[0])


def _to_change(promise: PartTold) -> int:
    return PRINCIPAL if len(promise.steps) > 1 else min(promise.steps[-1] + 1, PRINCIPAL)


def _end(part: PartTold, outcome: str, at: datetime) -> None:
    part.outcome, part.ended_at = outcome, at
    if part.arming is not None:
        part.arming.is_stopped = True
        part.arming = None

"""Steps about what is asked, and merges, done to the real system and told to the oracle at the same virtual instant."""

from datetime import datetime

from backend.organisation.actors import Actor
from backend.workflow.models import TicketPart
from tools.prove.simulate.cases import Case
from tools.prove.simulate.merging import merge_refusal, merged, unmerged
from tools.prove.simulate.moves import Move, step_of
from tools.prove.simulate.told import PartTold, TicketTold
from tools.prove.simulate.twin import Twin

WORK_ASKED = frozenset({"finish-step", "complete-subtask"})
"""Whoever took one of these steps about what is asked does not check the result."""


def part_step(twin: Twin, *, case: Case, action: str, move: Move, at: datetime) -> None:
    """Let somebody take a step about what is asked; engine and oracle agree on whether they can, and why not."""
    expected = twin.oracle.asking.refusal(case.told, action, move.said)
    what, is_own = f"{action} of ticket {case.told.key} at {at}", case.is_own(move.actor)
    ticket = twin.expecting(expected, what, lambda: twin.acted(case.told.key, move.actor, action, at, move.given))
    if ticket is not None:
        twin.oracle.asked(case.told, action, move.said, at=at, key=part_last(case.told), is_own=is_own)
        if action in WORK_ASKED:
            case.workers.add(move.actor)
        twin.seen(case, ticket)
        twin.counts["asked and answered"] += 1


def cannot_solve(twin: Twin, *, case: Case, at: datetime) -> None:
    """Let an office say that it cannot solve a ticket: it climbs as far as the oracle allows."""
    told, asking, needs = case.told, twin.oracle.asking, {"needed": "A new one."}
    expected = "nobody_above" if told.is_said_unsolvable and asking.is_at_the_top(told) else ""
    what, is_own = f"cannot-solve of ticket {told.key} at {at}", case.is_own(case.worker)
    ticket = twin.expecting(expected, what, lambda: twin.acted(told.key, case.worker, "cannot-solve", at, needs))
    if ticket is None:
        return
    must, part = asking.must_be_decided(told), part_last(told)
    is_asked = bool(part) and all(known.key != part for known in told.parts)
    if (must and not is_asked) or not asking.may_climb_to(told, ticket.level):
        twin.remarks.append(f"{what}: level {told.level} to {ticket.level}, a decision is asked: {is_asked}")
    told.level, told.is_said_unsolvable = ticket.level, True
    if is_asked:
        decision = PartTold(part, "decision", case.stage.principal.person_id)
        asking.asked(told, decision, at=at, until=None)
    twin.oracle.acted(told, "cannot-solve", at, is_own=is_own)
    case.workers.add(case.worker)
    twin.seen(case, ticket)
    twin.counts["asked and answered"] += 1


def merge(twin: Twin, *, case: Case, into: Case, by: Actor, at: datetime) -> None:
    """Let a leader merge a ticket into another one, where they can be one."""
    is_fixer = by.person_id in {worker.person_id for worker in case.workers}
    expected = merge_refusal(twin.oracle, case.told, into.told, step=step_of(case, by), is_fixer=is_fixer)
    what = f"merge of ticket {case.told.key} into {into.told.key} at {at}"
    given = {"into": str(into.told.key), "although_closed": True}
    ticket = twin.expecting(expected, what, lambda: twin.acted(case.told.key, by, "merge", at, given))
    if ticket is not None:
        merged(twin.oracle, case.told, into.told, at)
        into.workers |= case.workers  # their work goes on in that one, so they do not check it
        twin.seen(case, ticket)
        twin.seen(into, twin.stored(into))
        twin.counts["merges"] += 1


def unmerge(twin: Twin, *, case: Case, at: datetime) -> None:
    """Let a merge be undone; what was not routed before is routed then."""
    ticket = twin.acted(case.told.key, case.actor_for("unmerge"), "unmerge", at, {})
    unmerged(twin.oracle, case.told, at)
    twin.seen(case, ticket)
    twin.route(case=case, at=at)


def part_last(told: TicketTold) -> str:
    """Return the id of what was asked about a ticket last: of two at one instant that which the oracle does not know.

    Empty where nothing was.
    """
    asked = list(TicketPart.objects.filter(ticket=told.key).order_by("asked_at", "id").values_list("id", flat=True))
    known = {part.key for part in told.parts}
    new = [each for each in map(str, asked) if each not in known]
    return next(reversed(new or [str(each) for each in asked]), "")

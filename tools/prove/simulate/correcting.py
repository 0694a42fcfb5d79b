"""Corrections of tickets, by docs/adr/0038 and 0047 alone: whose a ticket is then, and who is asked to take it."""

from datetime import datetime

from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from tools.prove.simulate.asking import HANDED
from tools.prove.simulate.cases import Case
from tools.prove.simulate.told import PartTold
from tools.prove.simulate.twin import Twin
from tools.prove.simulate.twin_parts import part_last

OF_GRADES = "grade"
"""Led by the grade group of whoever reported it, which the oracle does not know."""


def correct(twin: Twin, *, case: Case, by: Actor, category: str, severity: str, at: datetime) -> None:
    """Let somebody correct a ticket: those above decide with it whose it is, its office offers it to the other one."""
    told, oracle = case.told, twin.oracle
    decides = by.holds(Role.COORDINATOR, Role.VICE_PRINCIPAL, Role.PRINCIPAL)
    office = _office(twin, case, category)
    expected = "" if decides else oracle.asking.offer_refusal(told, office)
    what = f"correction of ticket {told.key} to {category} and {severity} at {at}"
    given = {"category": category, "severity": severity}
    is_own = case.is_own(by)
    ticket = twin.expecting(expected, what, lambda: twin.acted(told.key, by, "reclassify", at, given))
    if ticket is None or by.person_id is None:
        return
    if office == OF_GRADES:
        office = ticket.owner.code
    is_offered = any(part.office == office for part in told.open_parts("offer"))
    passes = office != told.office and not (is_offered and not decides)
    oracle.corrected(told, category=category, severity=severity, at=at, is_own=is_own and not passes)
    part = PartTold(part_last(told), "offer", by.person_id, office)
    if passes and decides:
        oracle.asking.decided(told, part, at)
    elif passes:
        oracle.asking.asked(told, part, at=at, until=None)
    oracle.follow(told)
    twin.seen(case, ticket)
    twin.counts["corrections"] += 1


def may_offer(twin: Twin, case: Case, category: str) -> bool:
    """Say whether the oracle knows which office a correction by the ticket's own office would offer it to."""
    return _office(twin, case, category) != OF_GRADES


def _office(twin: Twin, case: Case, category: str) -> str:
    told = case.told
    if case.is_sealed or category == told.category or told.state not in HANDED:
        return told.office
    return twin.oracle.rulebook.lead(category, told.answers if category == told.asked else {})

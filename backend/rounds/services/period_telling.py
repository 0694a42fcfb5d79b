"""Telling those whom a special period will concern that it comes, or that it was called off."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from backend.common.outbox import outbox_add
from backend.duty.selectors import directory_load
from backend.organisation.roles import Role
from backend.rounds.models import Period
from backend.rounds.period_news import ANSWERING, ToldOfPeriod, period_draft
from backend.rounds.selectors.making import units_asked
from backend.rulebook.round_rules import Target
from backend.rulebook.selectors import ruleset_get


def period_tell(*, row: Period, what: ToldOfPeriod, but: UUID, now: datetime) -> None:
    """Tell whoever answers for the school, and whoever heads an office or class of which more is asked; not `but`."""
    directory = directory_load(school_ids={row.school_id}, now=now)
    asked = [(role, None) for role in ANSWERING] + [(Role.OFFICE_HEAD, unit_id) for unit_id in _units(row)]
    found = {
        person
        for role, unit_id in asked
        for person in directory.reach(role=role, school_id=row.school_id, unit_id=unit_id).people
    }
    people = found - {but}
    if people:
        outbox_add(drafts=[period_draft(row, what, people, key="")], now=now)


def _units(row: Period) -> Iterator[UUID]:
    """Yield the offices that a period concerns, and its classes where a plan of rounds asks these."""
    plans = ruleset_get(row.rulebook_id).round_plans
    named = {plans[one.said["plan"]].target for one in row.measures.all() if one.said.get("plan") in plans}
    for target, units in units_asked(school=row.school).items():
        if target is Target.OFFICES or target in named:
            yield from (unit_id for code, unit_id in units.items() if not row.units or code in row.units)

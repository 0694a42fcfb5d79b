"""Telling those whom a special period will concern that it comes, or that it was called off."""

from datetime import datetime
from uuid import UUID

from backend.common.outbox import outbox_add
from backend.duty.selectors import directory_load
from backend.organisation.roles import Role
from backend.rounds.models import Period
from backend.rounds.period_news import ANSWERING, ToldOfPeriod, period_draft
from backend.rounds.selectors.periods import units_concerned


def period_tell(*, row: Period, what: ToldOfPeriod, but: UUID, now: datetime) -> None:
    """Tell whoever answers for the school, and whoever heads an office or class of which more is asked; not `but`."""
    directory = directory_load(school_ids={row.school_id}, now=now)
    asked = [(role, None) for role in ANSWERING] + [(Role.OFFICE_HEAD, unit_id) for unit_id in units_concerned(row=row)]
    found = {
        person
        for role, unit_id in asked
        for person in directory.reach(role=role, school_id=row.school_id, unit_id=unit_id).people
    }
    people = found - {but}
    if people:
        outbox_add(drafts=[period_draft(row, what, people, key="")], now=now)

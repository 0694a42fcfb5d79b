"""Special periods as subjects of the deadline engine: a review that is not done climbs, a period begins and is over."""

import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from backend.common.outbox import OutboxDraft, outbox_add
from backend.deadlines.handlers import Firing
from backend.duty.reach import Directory
from backend.duty.selectors import actors_of, directory_load
from backend.organisation.roles import Role
from backend.rounds.models import Period, PeriodAct
from backend.rounds.period_news import ANSWERING, ToldOfPeriod, period_draft
from backend.rounds.selectors.periods import is_undecided, today_of, undecided_counts
from backend.rounds.services.period_effects import COURSE, STARTS
from backend.rounds.services.periods import act_record
from backend.rulebook.selectors import period_templates_get

logger = logging.getLogger(__name__)


class PeriodSubjects:
    """Special periods as subjects of the deadline engine."""

    def lock(self, subject_ids: Collection[UUID]) -> set[UUID]:
        """Lock these periods without waiting; return those locked."""
        locked = Period.objects.select_for_update(skip_locked=True, no_key=True).filter(id__in=subject_ids)
        return set(locked.values_list("id", flat=True))

    def fire(self, firings: Sequence[Firing], *, now: datetime) -> None:
        """Carry out what is due, in order; what a period asks follows its days, however late this is."""
        ids = {firing.subject_id for firing in firings}
        rows = Period.objects.filter(id__in=ids, state=Period.State.APPROVED).select_related("school").in_bulk()
        directory = directory_load(school_ids={row.school_id for row in rows.values()}, now=now)
        told = []
        for firing in firings:
            row = rows.get(firing.subject_id)
            if row is not None and firing.clock == COURSE:
                told += _go_on(row, firing.rung, directory, now)
            elif row is not None:
                told += _climb(row, firing.rung, directory, now)
        outbox_add(drafts=told, now=now)


def _go_on(row: Period, rung: int, directory: Directory, now: datetime) -> list[OutboxDraft]:
    people = _reached(row, ANSWERING, directory)
    if rung == STARTS:
        if row.acts.filter(kind=PeriodAct.Kind.STARTED).exists():
            return []
        act_record(row, PeriodAct.Kind.STARTED, by=None, now=now)
        return [period_draft(row, ToldOfPeriod.STARTED, people, key="")]
    if today_of(row.school, now) <= row.ends_on:
        return []
    row.state = Period.State.OVER
    row.save(update_fields=["state"])
    act_record(row, PeriodAct.Kind.ENDED, by=None, now=now)
    return [period_draft(row, ToldOfPeriod.ENDED, people, key="")]


def _climb(row: Period, rung: int, directory: Directory, now: datetime) -> list[OutboxDraft]:
    """Tell whom a rung reaches on how many tickets they have to decide, or the next one that reaches somebody."""
    if not is_undecided(period=row, now=now):
        return []
    rungs = period_templates_get(row.rulebook_id)[row.template].rungs
    for step in rungs[rung:]:
        people = actors_of(person_ids=_reached(row, step.tell, directory)).values()
        counts = undecided_counts(actors=people, period=row, now=now)
        if counts:
            return [
                period_draft(row, ToldOfPeriod.REVIEW, [one], key=f"{rung}:{one}", count=count)
                for one, count in counts.items()
            ]
    logger.error("ALARM: the review before period %s is not done, and nobody can be told", row.id)
    return []


def _reached(row: Period, roles: Iterable[Role], directory: Directory) -> tuple[UUID, ...]:
    answers = [directory.reach(role=role, school_id=row.school_id, unit_id=None) for role in roles]
    return tuple(dict.fromkeys(person for answer in answers for person in answer.people))

"""Keeping what is due in step with rules, posts and what was held; whoever is asked something new is told of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from backend.calendars.working_time import first_instant
from backend.common.outbox import outbox_add
from backend.organisation.models import School, Unit
from backend.rulebook.each_school import each_school_kept, schools_working
from backend.rulebook.selectors import training_rules_get
from backend.training.dues import Asked, Key, dues_wanted
from backend.training.models import TrainingDue
from backend.training.news import news_of
from backend.training.selectors.standing import asked_of, done_by, dues_lock

BATCH = 2000
ONE_DAY = timedelta(days=1)


def dues_keep(*, now: datetime) -> int:
    """Bring what is due in step at every school; return how much changed. One that fails stops no other."""
    schools = schools_working(having=lambda _rules: True)  # what the rules ask no more is closed
    return each_school_kept(schools=schools, keep=school_dues_keep, what="trainings due", now=now)


@transaction.atomic
def school_dues_keep(*, school: School, version_id: int, now: datetime) -> int:
    """Bring what is due at one school in step; return how much changed. A second run changes nothing."""
    known = {(row.code, row.person_id, row.unit_id): row for row in dues_lock(school=school)}
    rules, asked = training_rules_get(version_id), asked_of(school=school, now=now)
    wanted = dues_wanted(rules=rules.values(), asked=asked)
    added = [_made(school, version_id, key, day, now) for key, day in wanted.items() if key not in known]
    moved = [
        _moved(known[key], school, day) for key, day in wanted.items() if key in known and known[key].due_on != day
    ]
    closed = _closed(school, {key: row for key, row in known.items() if key not in wanted}, now)
    TrainingDue.objects.bulk_create(added, batch_size=BATCH)
    TrainingDue.objects.bulk_update(moved, ["due_on", "due_at"], batch_size=BATCH)
    TrainingDue.objects.bulk_update(closed, ["session", "closed_at"], batch_size=BATCH)
    _tell(school, added, asked, now)
    return len(added) + len(moved) + len(closed)


def _made(school: School, version_id: int, key: Key, day: date, now: datetime) -> TrainingDue:
    code, person_id, unit_id = key
    row = TrainingDue(
        school=school, rulebook_id=version_id, code=code, person_id=person_id, unit_id=unit_id, made_at=now
    )
    return _moved(row, school, day)


def _moved(row: TrainingDue, school: School, day: date) -> TrainingDue:
    row.due_on = day
    row.due_at = first_instant(datetime.combine(day + ONE_DAY, time.min), ZoneInfo(school.time_zone))
    return row


def _closed(school: School, rows: Mapping[Key, TrainingDue], now: datetime) -> list[TrainingDue]:
    sessions = done_by(school=school, asked_at={key: row.made_at for key, row in rows.items()})
    for key, row in rows.items():
        row.session_id, row.closed_at = sessions.get(key), now
    return list(rows.values())


def _tell(school: School, added: Sequence[TrainingDue], asked: Asked, now: datetime) -> None:
    units = Unit.objects.in_bulk([row.unit_id for row in added if row.unit_id])
    heads: dict[UUID, list[UUID]] = {unit_id: asked.heads_of(unit_id) for unit_id in units}
    if drafts := news_of(rows=added, units=units, heads=heads, school=school):
        outbox_add(drafts=drafts, now=now)

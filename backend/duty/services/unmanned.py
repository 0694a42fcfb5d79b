"""The daily check for shifts in which nobody serves; whoever answers for the roster hears of each once."""

import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.common.outbox import OutboxDraft, outbox_add
from backend.duty.models import DutyShift
from backend.duty.selectors.reaching import directory_load
from backend.duty.selectors.unmanned import shifts_unmanned
from backend.duty.shift_words import shift_words
from backend.organisation.models import School
from backend.organisation.roles import Role

logger = logging.getLogger(__name__)

TOPIC = "duty.unmanned"
Employer = tuple[UUID | None, UUID | None]
"""A school or a bureau, by their ids."""


@transaction.atomic
def rosters_check(*, now: datetime) -> int:
    """Tell of the shifts that nobody serves in and nobody heard of yet, and return how many there are in all.

    A shift that somebody serves in again is forgotten, so that it is told anew if it empties once more.
    """
    unmanned = list(
        shifts_unmanned(shifts=DutyShift.objects.select_for_update(of=("self",), skip_locked=True), now=now)
        .select_related("school", "place")
        .order_by("starts_at", "id")
    )
    manned = DutyShift.objects.filter(unmanned_told_at__isnull=False).exclude(id__in=[row.id for row in unmanned])
    manned.update(unmanned_told_at=None)
    by_employer: dict[Employer, list[DutyShift]] = defaultdict(list)
    for row in unmanned:
        if row.unmanned_told_at is None:
            by_employer[row.school_id, row.bureau_id].append(row)
    told = [_tell(employer, rows, now) for employer, rows in by_employer.items()]
    DutyShift.objects.filter(id__in=[shift_id for ids in told for shift_id in ids]).update(unmanned_told_at=now)
    return len(unmanned)


def _tell(employer: Employer, rows: Sequence[DutyShift], now: datetime) -> list[UUID]:
    people = _answering(employer, now)
    if not people:
        logger.error("ALARM: nobody can be told that nobody serves in a shift from %s", rows[0].starts_at)
        return []
    payload = {
        "people": sorted(str(person) for person in people),
        "count": len(rows),
        "shifts": [str(row.id) for row in rows],
        **shift_words(rows[0]),
    }
    outbox_add(drafts=[OutboxDraft(TOPIC, f"{TOPIC}:{rows[0].id}:{now.isoformat()}", payload)], now=now)
    return [row.id for row in rows]


def _answering(employer: Employer, now: datetime) -> Collection[UUID]:
    """Return who answers for a roster: a school's coordinator, a bureau's officers, or whoever stands in."""
    school_id, bureau_id = employer
    asked_at = school_id or School.objects.filter(bureau=bureau_id).values_list("id", flat=True).first()
    if asked_at is None:
        return ()
    role = Role.COORDINATOR if school_id else Role.BUREAU_OFFICER
    return directory_load(school_ids=[asked_at], now=now).reach(role=role, school_id=asked_at, unit_id=None).people

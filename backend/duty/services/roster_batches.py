"""Planning and correcting many shifts of a school at once, in a few statements; those concerned hear of it as ever."""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.common.outbox import OutboxDraft, outbox_add
from backend.common.recording import ROWS_AT_ONCE, bulk_record
from backend.duty.models import Absence, DutyShift, DutySlot
from backend.duty.selectors.away import Absences, Served, away_in
from backend.duty.services.shift_news import ShiftNews, shift_draft
from backend.organisation.actors import Actor
from backend.organisation.models import Person, Power
from backend.organisation.services.powers import PowerChange, powers_tell

COMMAND = "Allclear"
"""Stands as the one who changed a shift where a command did."""


@dataclass(frozen=True, slots=True)
class PlannedShift:
    """A shift as it is to be with each person's part in it, and the slots and end that are stored (None: it is new)."""

    shift: DutyShift
    parts: Mapping[UUID, DutySlot.Part]
    stored: Mapping[UUID, DutySlot] | None
    was_until: datetime | None

    @property
    def leaders(self) -> set[UUID]:
        """The people who are to lead it."""
        return {one for one, part in self.parts.items() if part == DutySlot.Part.LEADER}

    def away(self, absences: Absences, now: datetime) -> list[Absence]:
        """Return the absences that the shift is to meet, and does not meet already as it is stored."""
        planned = Served(self.shift.starts_at, self.shift.ends_at, self.parts)
        stored = None
        if self.stored is not None and self.was_until is not None:
            stored = Served(self.shift.starts_at, self.was_until, self.stored)
        return away_in(planned=planned, stored=stored, absences=absences, now=now)

    @property
    def former_leaders(self) -> set[UUID]:
        """The people who lead it as it is stored."""
        return {one for one, slot in (self.stored or {}).items() if slot.part == DutySlot.Part.LEADER}


@transaction.atomic(savepoint=False)
def shifts_put(*, by: Actor | None, planned: Sequence[PlannedShift], now: datetime) -> None:
    """Store shifts that were checked; whoever is in one already and stays keeps the slot.

    Whose shift changes hears of it. Of new ones only their leaders do, once each: a term of duty is no storm of news.
    """
    _leaders_tell(by, planned, now)
    outbox_add(drafts=[draft for row in planned for draft in _news(by, row, now)], now=now)
    _shifts_store(planned)
    _slots_store(planned)


def _shifts_store(planned: Sequence[PlannedShift]) -> None:
    """Store and record the shifts themselves; one that is corrected has its next version."""
    new = [row.shift for row in planned if row.stored is None]
    DutyShift.objects.bulk_create(new, batch_size=ROWS_AT_ONCE)
    before, corrected = [], []
    for row in planned:
        if row.stored is not None:
            before.append(copy(row.shift))
            before[-1].ends_at = row.was_until or row.shift.ends_at
            row.shift.version += 1
            corrected.append(row.shift)
    DutyShift.objects.bulk_update(corrected, ["ends_at", "version"], batch_size=ROWS_AT_ONCE)
    bulk_record(before=[*[None] * len(new), *before], after=[*new, *corrected])


def _slots_store(planned: Sequence[PlannedShift]) -> None:
    """Store and record who comes into a shift, leaves it or gets another part; who stays as they are is not touched."""
    people = Person.objects.in_bulk({one for row in planned for one in row.parts})
    gone = [slot.pk for row in planned for one, slot in (row.stored or {}).items() if one not in row.parts]
    DutySlot.objects.filter(pk__in=gone).delete()
    entered, before, changed = [], [], []
    for row in planned:
        for one, part in row.parts.items():
            slot = (row.stored or {}).get(one)
            if slot is None:
                entered.append(DutySlot(shift=row.shift, person=people[one], part=part))
            elif slot.part != part:
                before.append(copy(slot))
                slot.person, slot.part = people[one], part
                changed.append(slot)
    DutySlot.objects.bulk_create(entered, batch_size=ROWS_AT_ONCE)
    DutySlot.objects.bulk_update(changed, ["part"], batch_size=ROWS_AT_ONCE)
    bulk_record(before=[*[None] * len(entered), *before], after=[*entered, *changed])


def _news(by: Actor | None, row: PlannedShift, now: datetime) -> Iterator[OutboxDraft]:
    if row.stored is None or row.was_until is None or row.shift.ends_at <= now:
        return
    old, new = set(row.stored) - {by.person_id if by else None}, set(row.parts) - {by.person_id if by else None}
    was = (row.shift.starts_at, row.was_until)
    for what, people in (
        (ShiftNews.MOVED, old & new if row.was_until != row.shift.ends_at else set()),
        (ShiftNews.ENTERED, new - old),
        (ShiftNews.LEFT, old - new),
    ):
        if people:
            moved = was if what is ShiftNews.MOVED else None
            by_name = by.name if by else COMMAND
            yield shift_draft(what=what, by_name=by_name, shift=row.shift, was=moved, people=people)


def _leaders_tell(by: Actor | None, planned: Sequence[PlannedShift], now: datetime) -> None:
    """Tell each person once that they lead on duty now, or in some shift no more, as for single shifts."""
    added = {one for row in planned for one in row.leaders - row.former_leaders}
    gone = {one for row in planned for one in row.former_leaders - row.leaders} - added
    told = added | gone - {by.person_id if by else None}
    changes = [
        PowerChange(Power.DUTY if person.id in added else Power.DUTY_ENDED, person, by, is_watched=True)
        for person in Person.objects.select_related("school", "bureau").in_bulk(told).values()
    ]
    powers_tell(changes=changes, now=now)

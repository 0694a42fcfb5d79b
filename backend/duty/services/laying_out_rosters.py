"""Laying out the shifts of a checked file's rosters; those that are there already stay as they are."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.common.identities import identity_of
from backend.duty.models import DutyShift, DutySlot
from backend.duty.rotations import PlannedShift, shifts_of
from backend.organisation.models import Bureau, Place, School

ShiftKey = tuple[str, UUID | None, datetime]


def rosters_import(*, employer: School | Bureau, rosters: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> None:
    """Plan every shift of the rosters that is not planned yet, in five statements for any number of shifts."""
    if not rosters:
        return
    known: set[ShiftKey] = set(employer.shifts.values_list("kind", "place_id", "starts_at"))
    places = {
        identity_of(code): place_id
        for code, place_id in Place.objects.filter(school_id=employer.id).values_list("code", "id")
    }
    people = {identity_of(number): person_id for number, person_id in employer.people.values_list("staff_number", "id")}
    shifts: list[DutyShift] = []
    slots: list[DutySlot] = []
    for row in rosters:
        place_id = places[identity_of(row["place"])] if "place" in row else None
        for planned in shifts_of(row, zone):
            key = (row["kind"], place_id, planned.starts_at)
            if key not in known:
                known.add(key)
                shifts.append(_shift(employer, planned, kind=row["kind"], place_id=place_id))
                slots += _slots(shifts[-1], planned, people)
    DutyShift.objects.bulk_create(shifts)
    DutySlot.objects.bulk_create(slots)


def _shift(employer: School | Bureau, planned: PlannedShift, *, kind: str, place_id: UUID | None) -> DutyShift:
    return DutyShift(
        school=employer if isinstance(employer, School) else None,
        bureau=employer if isinstance(employer, Bureau) else None,
        kind=kind,
        place_id=place_id,
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
    )


def _slots(shift: DutyShift, planned: PlannedShift, people: Mapping[str, UUID]) -> Iterator[DutySlot]:
    parts = ((DutySlot.Part.LEADER, planned.leaders), (DutySlot.Part.TEACHER, planned.teachers))
    for part, numbers in parts:
        for number in numbers:
            yield DutySlot(shift=shift, part=part, person_id=people[identity_of(number)])

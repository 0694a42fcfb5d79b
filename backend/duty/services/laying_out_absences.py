"""Noting the absences of a checked file; those that are noted already stay as they are."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from backend.common.identities import identity_of
from backend.duty.models import Absence
from backend.organisation.models import Bureau, School


def absences_import(*, employer: School | Bureau, people: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> None:
    """Note every absence of the file's people that is not noted yet, in three statements for any number."""
    ids = {identity_of(number): person_id for number, person_id in employer.people.values_list("staff_number", "id")}
    wanted = {
        (
            ids[identity_of(row["staff_number"])],
            _midnight(row["absent"]["first"], zone),
            _midnight(row["absent"]["last"], zone) + timedelta(days=1),
        )
        for row in people
        if "absent" in row
    }
    known = Absence.objects.filter(person__in={person_id for person_id, *_span in wanted})
    missing = wanted - set(known.values_list("person_id", "starts_at", "ends_at"))
    Absence.objects.bulk_create(
        [
            Absence(person_id=person_id, starts_at=starts_at, ends_at=ends_at)
            for person_id, starts_at, ends_at in sorted(missing)
        ]
    )


def _midnight(day: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(date.fromisoformat(day), time.min, tzinfo=zone)

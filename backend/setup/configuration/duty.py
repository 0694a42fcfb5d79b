"""Writing the coming duty of a configuration file: new shifts planned, others given their end and their people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.common.identities import identity_of
from backend.duty.models import DutyShift, DutySlot
from backend.duty.selectors.away import Absences, away_said
from backend.duty.services.roster_batches import PlannedShift, shifts_put
from backend.duty.shift_rules import LED_KINDS
from backend.organisation.actors import Actor
from backend.organisation.models import Bureau, Person, Place, School
from backend.setup.configuration.comparing import Key, Row, Section
from backend.setup.configuration.shape import instant_of


@dataclass(frozen=True, slots=True)
class Roster:
    """The school or bureau whose duty is written, with its people and places by natural keys, and who is away."""

    employer: School | Bureau
    people: Mapping[str, Person]
    places: Mapping[str, Place]
    absences: Absences

    @property
    def owned(self) -> dict[str, School | Bureau]:
        """The field of a shift that names the employer, and the employer."""
        return {"school" if isinstance(self.employer, School) else "bureau": self.employer}


def duty_write(*, by: Actor | None, roster: Roster, section: Section, now: datetime) -> dict[Key, str]:
    """Write the shifts that are new or differ; whoever is in one that changes hears of it, and who leads a new one.

    Returns by key which of them somebody serves in who is away then.
    """
    stored = _stored(roster, section.changed)
    keys = [*section.new, *section.changed]
    planned = {key: _planned(roster, section.wanted[key]["row"], stored.get(key)) for key in keys}
    if not planned:
        return {}
    away = {key: away_said(absences=row.away(roster.absences, now)) for key, row in planned.items()}
    shifts_put(by=by, planned=list(planned.values()), now=now)
    return {key: said for key, said in away.items() if said}


def shifts_leaderless(section: Section) -> list[Key]:
    """Return which new or changed shifts have people, but nobody who leads although their kind needs it.

    One in which nobody is left is no plan but a hole that is known; it comes along as it is.
    """
    return [
        key
        for key in (*section.new, *section.changed)
        if key[0] in LED_KINDS
        and section.wanted[key]["people"]
        and all(part != DutySlot.Part.LEADER for _number, part in section.wanted[key]["people"])
    ]


def _stored(roster: Roster, keys: Iterable[Key]) -> dict[Key, DutyShift]:
    starts = {key[-1] for key in keys}
    shifts = DutyShift.objects.select_for_update(of=("self",), no_key=True).filter(**roster.owned, starts_at__in=starts)
    found = shifts.select_related("place", "school").prefetch_related("slots")
    return {(row.kind, identity_of(row.place.code if row.place else ""), row.starts_at): row for row in found}


def _planned(roster: Roster, row: Row, stored: DutyShift | None) -> PlannedShift:
    place = roster.places[identity_of(row["place"])] if "place" in row else None
    shift = stored or DutyShift(**roster.owned, kind=row["kind"], place=place, starts_at=_at(row, "starts_at"))
    was_until = stored.ends_at if stored else None
    shift.ends_at = _at(row, "ends_at")
    parts = {roster.people[identity_of(slot["staff_number"])].id: DutySlot.Part(slot["part"]) for slot in row["people"]}
    slots = {slot.person_id: slot for slot in stored.slots.all()} if stored else None
    return PlannedShift(shift, parts, slots, was_until)


def _at(row: Mapping[str, Any], name: str) -> datetime:
    at = instant_of(row[name])
    if at is None:
        raise AssertionError("instants were checked")
    return at

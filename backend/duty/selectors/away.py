"""Absences that a duty being planned would meet: one rule for every door at which a duty is planned."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from backend.common.lists_in_words import listed_in_words
from backend.common.moments import moment_in
from backend.duty.models import Absence
from backend.organisation.readers import zone_of

Absences = Mapping[UUID, Sequence[Absence]]
"""The absences that are not over, by person."""


@dataclass(frozen=True, slots=True)
class Served:
    """A time of duty, and the people who serve in it."""

    starts_at: datetime
    ends_at: datetime
    people: Collection[UUID]

    def meets(self, absence: Absence, now: datetime) -> bool:
        """Say whether somebody who serves is absent in what is left of it."""
        is_then = absence.starts_at < self.ends_at and absence.ends_at > max(self.starts_at, now)
        return is_then and absence.person_id in self.people


def absences_load(*, person_ids: Collection[UUID], now: datetime) -> Absences:
    """Return the absences of people that are not over, in one statement."""
    found: dict[UUID, list[Absence]] = defaultdict(list)
    rows = Absence.objects.filter(person__in=person_ids, ends_at__gt=now).select_related("person__school")
    for row in rows.order_by("starts_at", "id"):
        found[row.person_id].append(row)
    return found


def away_in(*, planned: Served, stored: Served | None, absences: Absences, now: datetime) -> list[Absence]:
    """Return the absences that a plan meets, but not those that the duty met already as it is stored."""
    return [
        absence
        for person_id in planned.people
        for absence in absences.get(person_id, ())
        if planned.meets(absence, now) and not (stored and stored.meets(absence, now))
    ]


def away_said(*, absences: Sequence[Absence]) -> str:
    """Return who is away, and from when until when; empty for nobody."""
    return listed_in_words(
        [
            _("%(person)s is away from %(since)s until %(until)s")
            % {
                "person": absence.person.name,
                "since": moment_in(at=absence.starts_at, zone=zone_of(absence.person)),
                "until": moment_in(at=absence.ends_at, zone=zone_of(absence.person)),
            }
            for absence in absences
        ]
    )

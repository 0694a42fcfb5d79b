"""Writes on absences: noting when somebody cannot be reached, and coming back early."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid
from backend.duty.models import Absence
from backend.duty.shift_rules import FURTHEST_AHEAD, LONGEST_ABSENCE
from backend.organisation.actors import Actor
from backend.organisation.models import Person
from backend.organisation.permissions import Permission
from backend.organisation.selectors.people import where_employed
from backend.organisation.services.people import NotAColleague


class AbsenceSpanInvalid(Invalid):
    """The absence has no sensible beginning and end."""

    code = "absence_span_invalid"
    title = _("An absence ends after it starts and after now, lasts 400 days at most, and starts within 400 days.")


class AbsenceOver(Conflict):
    """The absence is over and stays on record."""

    code = "absence_over"
    title = _("This absence is over and stays on record.")


def absence_add(*, person: Person, starts_at: datetime, ends_at: datetime) -> Absence:
    """Note that a person cannot be reached from one instant until another."""
    absence, _created = Absence.objects.get_or_create(person=person, starts_at=starts_at, ends_at=ends_at)
    return absence


@transaction.atomic
def absence_note(*, actor: Actor, person_id: UUID, starts_at: datetime, ends_at: datetime, now: datetime) -> Absence:
    """Note that oneself, or for keepers of the rosters a colleague, cannot be reached for a while."""
    person = Person.objects.filter(where_employed(actor=actor), id=person_id).first()
    if person is None:
        raise NotAColleague(pointer="/person")
    if person_id != actor.person_id:
        actor.require(Permission.ABSENCES_WRITE)
    lasts = max(starts_at, now) < ends_at <= starts_at + LONGEST_ABSENCE
    if not lasts or starts_at > now + FURTHEST_AHEAD:
        raise AbsenceSpanInvalid(pointer="/ends_at")
    return absence_add(person=person, starts_at=starts_at, ends_at=ends_at)


@transaction.atomic
def absence_end(*, absence: Absence, now: datetime) -> None:
    """End a locked absence now, or take it back where it has not begun; one that is over stays on record."""
    if absence.ends_at <= now:
        raise AbsenceOver
    if now <= absence.starts_at:
        absence.delete()
        return
    absence.ends_at = now
    absence.save(update_fields=["ends_at"])

"""Writes on absences: noting when somebody cannot be reached, and coming back early."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid
from backend.duty.models import Absence
from backend.duty.shift_rules import FURTHEST_AHEAD, LONGEST_ABSENCE
from backend.organisation.actors import Actor
from backend.organisation.models import PendingPower, Person, Power
from backend.organisation.permissions import Permission
from backend.organisation.selectors.people import where_employed
from backend.organisation.selectors.powers import waits_for_second
from backend.organisation.services.people import NotAColleague
from backend.organisation.services.powers import PowerChange, PowerOutdated, power_ask, powers_tell


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
def absence_note(
    *, actor: Actor, person_id: UUID, starts_at: datetime, ends_at: datetime, now: datetime
) -> Absence | None:
    """Note that oneself, or for keepers of the rosters a colleague, cannot be reached for a while.

    Of somebody who reads sealed tickets it waits for a second person, unless they note it themselves: None then.
    """
    people = Person.objects.select_related("school", "bureau")
    person = people.filter(where_employed(actor=actor), id=person_id).first()
    if person is None:
        raise NotAColleague(pointer="/person")
    if person_id != actor.person_id:
        actor.require(Permission.ABSENCES_WRITE)
    lasts = max(starts_at, now) < ends_at <= starts_at + LONGEST_ABSENCE
    if not lasts or starts_at > now + FURTHEST_AHEAD:
        raise AbsenceSpanInvalid(pointer="/ends_at")
    known = Absence.objects.filter(person=person, starts_at=starts_at, ends_at=ends_at).first()
    absence = known or Absence(person=person, starts_at=starts_at, ends_at=ends_at)
    return None if known is None and absence_put(by=actor, absence=absence, now=now) else absence


@transaction.atomic
def absence_put(*, by: Actor, absence: Absence, now: datetime) -> bool:
    """Save a new or changed absence and tell the person if somebody else did it; say whether it waits instead."""
    change = {
        "absence": absence.pk,
        "starts_at": absence.starts_at.isoformat(),
        "ends_at": absence.ends_at.isoformat(),
    }
    told = PowerChange(
        Power.ABSENCE,
        absence.person,
        by,
        what=f"{absence.pk or absence.starts_at.isoformat()}",
        change=change,
        is_watched=True,
    )
    is_own = absence.person_id == by.person_id
    if not is_own and waits_for_second(person=absence.person, now=now):
        power_ask(change=told, now=now)
        return True
    absence.save()
    powers_tell(changes=[] if is_own else [told], now=now)
    return False


@transaction.atomic
def absence_end(*, by: Actor, absence: Absence, now: datetime) -> None:
    """End a locked absence now, or take it back where it has not begun; one that is over stays on record."""
    if absence.ends_at <= now:
        raise AbsenceOver
    if now <= absence.starts_at:
        absence_remove(by=by, absence=absence, now=now)
        return
    absence.ends_at = now
    absence.save(update_fields=["ends_at"])
    _ended_tell(by, absence, now)


@transaction.atomic
def absence_remove(*, by: Actor, absence: Absence, now: datetime) -> None:
    """Remove an absence, and tell the person if somebody else did it."""
    _ended_tell(by, absence, now)
    absence.delete()


def _ended_tell(by: Actor, absence: Absence, now: datetime) -> None:
    change = PowerChange(Power.ABSENCE_ENDED, absence.person, by, is_watched=True)
    powers_tell(changes=[] if absence.person_id == by.person_id else [change], now=now)


def absence_apply(*, pending: PendingPower, now: datetime) -> None:
    """Note the absence that a second person confirmed; raise PowerOutdated where the one to change is gone."""
    del now
    values = pending.change
    absence = Absence.objects.select_for_update().filter(pk=values["absence"], person=pending.person_id).first()
    if values["absence"] and absence is None:
        raise PowerOutdated
    absence = absence or Absence(person_id=pending.person_id)
    absence.starts_at = datetime.fromisoformat(values["starts_at"])
    absence.ends_at = datetime.fromisoformat(values["ends_at"])
    absence.save()

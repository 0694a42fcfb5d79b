"""Writes on duty rosters: shifts planned, changed, taken back, and slots that go from one person to another."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid
from backend.duty.models import Absence, DutyShift, DutySlot, DutySwap
from backend.duty.selectors.away import Served, absences_load, away_in, away_said
from backend.duty.services.contact import contacts_end
from backend.duty.services.shift_news import shift_changed_tell, shift_state
from backend.duty.shift_rules import ShiftDraft
from backend.organisation.actors import Actor
from backend.organisation.models import Place
from backend.organisation.permissions import Permission
from backend.organisation.selectors.people import all_work_there, where_employed
from backend.organisation.services.people import NotAColleague


class ShiftSpanInvalid(Invalid):
    """The shift has no sensible beginning and end."""

    code = "shift_span_invalid"
    title = _("A shift ends after it starts, lasts 31 days at most, and lies at most 400 days ahead.")


class ShiftWithoutLeader(Invalid):
    """A shift of this kind needs somebody who leads it."""

    code = "shift_without_leader"
    title = _("Week, night and holiday duty needs a leader. Please name one.")


class SlotsInvalid(Invalid):
    """Nobody, too many people, or the same person twice."""

    code = "slots_invalid"
    title = _("Please name 1 to 20 different people.")


class PlaceElsewhere(Invalid):
    """The place is none of this school's."""

    code = "place_elsewhere"
    title = _("There is no such place here. Please choose one of your school's places.")


class ShiftOver(Conflict):
    """The shift is over; who was on duty stays as it was."""

    code = "shift_over"
    title = _("This duty is over. Who was on duty stays on record.")


class ShiftBegun(Conflict):
    """The shift has begun and can no longer be taken back."""

    code = "shift_begun"
    title = _("This duty has begun. To end it, set an earlier end.")


class ShiftExists(Conflict):
    """There is a shift of this kind, place and beginning already."""

    code = "shift_exists"
    title = _("There is a duty of this kind at this place and time already. Please change that one.")


class PeopleAway(Conflict):
    """Somebody in a shift that is planned is away during it; that is possible only on purpose."""

    code = "people_away"
    title = _("Somebody is away during this duty. Choose somebody else, or say that you want it all the same.")


class TakerAbsent(Conflict):
    """Whoever should take over is away then."""

    code = "taker_absent"
    title = _("This colleague is away during the duty. Please choose somebody else.")


class TakerOnDuty(Conflict):
    """Whoever should take over serves in the same shift already."""

    code = "taker_on_duty"
    title = _("This colleague is on this duty already. Please choose somebody else.")


@transaction.atomic
def shift_add(*, actor: Actor, draft: ShiftDraft, now: datetime) -> DutyShift:
    """Plan a shift where the actor works; only keepers of the rosters may."""
    actor.require(Permission.ROSTER_WRITE)
    shift = DutyShift(school_id=actor.school_id, bureau_id=actor.bureau_id)
    shift_check(shift=shift, draft=draft, now=now)
    _store(shift, draft)
    shift_changed_tell(by=actor, before=None, after=shift_state(shift=shift), now=now)
    return shift


@transaction.atomic
def shift_change(*, actor: Actor, shift: DutyShift, draft: ShiftDraft, now: datetime) -> DutyShift:
    """Give a locked shift another time, place or people as long as it is not over; the version goes up by one."""
    actor.require(Permission.ROSTER_WRITE)
    if shift.ends_at <= now:
        raise ShiftOver
    shift_check(shift=shift, draft=draft, now=now)
    shift.version += 1
    before = shift_state(shift=shift)
    _store(shift, draft)
    shift_changed_tell(by=actor, before=before, after=shift_state(shift=shift), now=now)
    return shift


@transaction.atomic
def shift_remove(*, actor: Actor, shift: DutyShift, now: datetime) -> None:
    """Take back a locked shift that has not begun; one that has stays on record."""
    actor.require(Permission.ROSTER_WRITE)
    if shift.starts_at <= now:
        raise ShiftBegun
    before = shift_state(shift=shift)
    contacts_end(shift_id=shift.id, now=now)
    shift.delete()
    shift_changed_tell(by=actor, before=before, after=None, now=now)


@transaction.atomic
def slot_swap(*, actor: Actor, shift: DutyShift, slot: DutySlot, taker_id: UUID, note: str, now: datetime) -> DutySlot:
    """Let a colleague take over a slot of a locked shift, with the note handed over; by its holder or a keeper."""
    if slot.person_id != actor.person_id:
        actor.require(Permission.ROSTER_WRITE)
    if shift.ends_at <= now:
        raise ShiftOver
    if DutySlot.objects.filter(shift=shift, person_id=taker_id).exists():
        raise TakerOnDuty(pointer="/taker")
    taker_check(actor=actor, shift=shift, taker_id=taker_id, now=now)
    before = shift_state(shift=shift)
    slot_hand_over(actor=actor, slot=slot, taker_id=taker_id, note=note, now=now)
    shift_changed_tell(by=actor, before=before, after=shift_state(shift=shift), now=now)
    return slot


def slot_hand_over(
    *, actor: Actor, slot: DutySlot, taker_id: UUID, note: str, now: datetime, is_emergency: bool = False
) -> None:
    """Record that a slot of a locked shift goes to somebody, and give it to them instead of a lesser part."""
    shift = slot.shift
    DutySwap.objects.create(
        shift=shift,
        slot=slot,
        given_by_id=slot.person_id,
        taken_by_id=taker_id,
        note=note,
        recorded_by_id=actor.person_id,
        swapped_at=now,
        is_emergency=is_emergency,
    )
    shift.slots.filter(person=taker_id).delete()
    slot.person_id = taker_id
    slot.save(update_fields=["person"])
    shift.version += 1
    shift.save(update_fields=["version"])


def shift_check(*, shift: DutyShift, draft: ShiftDraft, now: datetime) -> None:
    """Raise the error of the first rule that a shift of a school or bureau would break as it is drafted."""
    if not draft.spans_well(now):
        raise ShiftSpanInvalid(pointer="/ends_at")
    if draft.ends_at <= now:
        raise ShiftOver(pointer="/ends_at")
    if not draft.is_manned_well:
        raise SlotsInvalid(pointer="/slots")
    if draft.lacks_leader:
        raise ShiftWithoutLeader(pointer="/slots")
    people = [slot.person_id for slot in draft.slots]
    at = Q(school=shift.school_id) if shift.school_id else Q(bureau=shift.bureau_id)
    if not all_work_there(where=at, person_ids=people, at=max(now, draft.starts_at)):
        raise NotAColleague(pointer="/slots")
    if draft.place_id and not Place.objects.filter(id=draft.place_id, school=shift.school_id).exists():
        raise PlaceElsewhere(pointer="/place")
    if not draft.although_away:
        _presence_check(shift, draft, now)


def _presence_check(shift: DutyShift, draft: ShiftDraft, now: datetime) -> None:
    """Raise PeopleAway with who is away and until when; what the shift met already as it is stored is not news."""
    planned = Served(draft.starts_at, draft.ends_at, [slot.person_id for slot in draft.slots])
    row = DutyShift.objects.filter(id=shift.id).prefetch_related("slots").first()
    stored = Served(row.starts_at, row.ends_at, [slot.person_id for slot in row.slots.all()]) if row else None
    absences = absences_load(person_ids=planned.people, now=now)
    found = away_said(absences=away_in(planned=planned, stored=stored, absences=absences, now=now))
    if found:
        said = gettext("%(away)s. Choose somebody else, or say that you want it all the same.")
        raise PeopleAway(said % {"away": found}, pointer="/slots")


def taker_check(*, actor: Actor, shift: DutyShift, taker_id: UUID, now: datetime) -> None:
    """Raise NotAColleague or TakerAbsent where somebody cannot serve in the rest of a shift."""
    from_now = max(now, shift.starts_at)
    if not all_work_there(where=where_employed(actor=actor), person_ids=[taker_id], at=from_now):
        raise NotAColleague(pointer="/taker")
    if Absence.objects.filter(person_id=taker_id, starts_at__lt=shift.ends_at, ends_at__gt=from_now).exists():
        raise TakerAbsent(pointer="/taker")


def _store(shift: DutyShift, draft: ShiftDraft) -> None:
    shift.kind, shift.place_id = draft.kind, draft.place_id
    shift.starts_at, shift.ends_at = draft.starts_at, draft.ends_at
    try:
        with transaction.atomic():
            shift.save()
    except IntegrityError as error:
        raise ShiftExists from error
    people = {slot.person_id: slot.part for slot in draft.slots}
    shift.slots.exclude(person_id__in=people).delete()
    stored = {slot.person_id: slot for slot in shift.slots.all()}
    for person_id, part in people.items():
        slot = stored.get(person_id, DutySlot(shift=shift, person_id=person_id))
        if slot.part != part:
            slot.part = part
            slot.save()

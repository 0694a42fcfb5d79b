"""Naming who answers for a place in a matter, and who stands beside the head of an office.

Whoever is named anew takes over: the one before answers until the day before. Days that are over stay as they were.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from backend.organisation.actors import Actor
from backend.organisation.models import Place, School, Unit
from backend.organisation.permissions import Permission
from backend.responsibility.errors import NotYourPlace, UnknownAccountable, UnknownShared
from backend.responsibility.models import OfficeSlot, Share, Slot
from backend.responsibility.selectors.shares import may_name, may_share_out, share_get, slot_get
from backend.responsibility.services.spans import days_check, school_locked, span_end, spanned, take_over


@dataclass(frozen=True, slots=True)
class ShareDraft:
    """A person for a place in a matter (empty: in all), from a day until another, or until further notice."""

    place_id: UUID
    topic: str
    person_id: UUID
    from_day: date
    until_day: date | None = None


@dataclass(frozen=True, slots=True)
class SlotDraft:
    """A person for a slot of an office, from a day until another, or until further notice."""

    unit_id: UUID
    slot: str
    person_id: UUID
    from_day: date
    until_day: date | None = None


@transaction.atomic
def share_set(*, actor: Actor, draft: ShareDraft, now: datetime) -> UUID:
    """Name who answers for a place in a matter; who did so until then answers until the day before."""
    actor.require(Permission.SHARES_WRITE)
    school = school_locked(actor=actor)
    place = Place.objects.filter(school=school, id=draft.place_id).first()
    if place is None:
        raise UnknownShared(pointer="/place")
    if not may_share_out(actor=actor, place=place):
        raise NotYourPlace(pointer="/place")
    days_check(school=school, draft=draft, now=now)
    _person_check(actor, school, draft.person_id, now)
    take_over(held=Share.objects.filter(place=place, topic=draft.topic), draft=draft)
    days = spanned(actor=actor, school=school, draft=draft, now=now)
    share = Share(place=place, topic=draft.topic, person_id=draft.person_id, **days)
    share.save()
    return share.id


@transaction.atomic
def slot_set(*, actor: Actor, draft: SlotDraft, now: datetime) -> UUID:
    """Put somebody in charge of an office, in place of whoever was, or let somebody support it beside others."""
    actor.require(Permission.SLOTS_WRITE)
    school = school_locked(actor=actor)
    unit = Unit.objects.filter(school=school, id=draft.unit_id).exclude(kind=Unit.Kind.CLASS).first()
    if unit is None:
        raise UnknownShared(pointer="/office")
    days_check(school=school, draft=draft, now=now)
    _person_check(actor, school, draft.person_id, now)
    held = OfficeSlot.objects.filter(unit=unit, slot=draft.slot)
    take_over(held=held.filter(person=draft.person_id) if draft.slot == Slot.SUPPORTING else held, draft=draft)
    days = spanned(actor=actor, school=school, draft=draft, now=now)
    slot = OfficeSlot(unit=unit, slot=draft.slot, person_id=draft.person_id, **days)
    slot.save()
    return slot.id


@transaction.atomic
def share_end(*, actor: Actor, share_id: UUID, until_day: date, now: datetime) -> None:
    """Let a share end with a day, today at the earliest; one that has not begun by then never comes into force."""
    share = share_get(actor=actor, share_id=share_id)
    actor.require(Permission.SHARES_WRITE)
    school = school_locked(actor=actor)
    if not may_share_out(actor=actor, place=share.place):
        raise NotYourPlace
    span_end(row=Share.objects.get(id=share.id), school=school, until_day=until_day, now=now)


@transaction.atomic
def slot_end(*, actor: Actor, slot_id: UUID, until_day: date, now: datetime) -> None:
    """Let somebody's slot of an office end with a day, today at the earliest."""
    slot = slot_get(actor=actor, slot_id=slot_id)
    actor.require(Permission.SLOTS_WRITE)
    school = school_locked(actor=actor)
    span_end(row=OfficeSlot.objects.get(id=slot.id), school=school, until_day=until_day, now=now)


def _person_check(actor: Actor, school: School, person_id: UUID, now: datetime) -> None:
    if not may_name(actor=actor, school_id=school.id, person_id=person_id, now=now):
        raise UnknownAccountable(pointer="/person")

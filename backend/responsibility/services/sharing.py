"""Naming who answers for a place in a matter, and who stands beside the head of an office.

Whoever is named anew takes over: the one before answers until the day before. Days that are over stay as they were.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from backend.organisation.actors import Actor
from backend.organisation.models import Place, School, Unit
from backend.organisation.permissions import Permission
from backend.responsibility.errors import (
    NotYourPlace,
    ShareBackwards,
    ShareOver,
    SharePast,
    ShareTaken,
    UnknownAccountable,
    UnknownShared,
)
from backend.responsibility.models import OfficeSlot, Share, Slot
from backend.responsibility.selectors.shares import (
    may_name,
    may_share_out,
    school_of_map,
    share_get,
    slot_get,
    today_at,
)

ONE_DAY = timedelta(days=1)
Row = TypeVar("Row", Share, OfficeSlot)


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
    school = _locked(actor)
    place = Place.objects.filter(school=school, id=draft.place_id).first()
    if place is None:
        raise UnknownShared(pointer="/place")
    if not may_share_out(actor=actor, place=place):
        raise NotYourPlace(pointer="/place")
    _days_check(school, draft, now)
    _person_check(actor, school, draft.person_id, now)
    _take_over(Share.objects.filter(place=place, topic=draft.topic), draft)
    share = Share(place=place, topic=draft.topic, **_given(actor, school, draft, now))
    share.save()
    return share.id


@transaction.atomic
def slot_set(*, actor: Actor, draft: SlotDraft, now: datetime) -> UUID:
    """Put somebody in charge of an office, in place of whoever was, or let somebody support it beside others."""
    actor.require(Permission.SLOTS_WRITE)
    school = _locked(actor)
    unit = Unit.objects.filter(school=school, id=draft.unit_id).exclude(kind=Unit.Kind.CLASS).first()
    if unit is None:
        raise UnknownShared(pointer="/office")
    _days_check(school, draft, now)
    _person_check(actor, school, draft.person_id, now)
    held = OfficeSlot.objects.filter(unit=unit, slot=draft.slot)
    _take_over(held.filter(person=draft.person_id) if draft.slot == Slot.SUPPORTING else held, draft)
    slot = OfficeSlot(unit=unit, slot=draft.slot, **_given(actor, school, draft, now))
    slot.save()
    return slot.id


@transaction.atomic
def share_end(*, actor: Actor, share_id: UUID, until_day: date, now: datetime) -> None:
    """Let a share end with a day, today at the earliest; one that has not begun by then never comes into force."""
    share = share_get(actor=actor, share_id=share_id)
    actor.require(Permission.SHARES_WRITE)
    school = _locked(actor)
    if not may_share_out(actor=actor, place=share.place):
        raise NotYourPlace
    _end(Share.objects.get(id=share.id), school, until_day, now)


@transaction.atomic
def slot_end(*, actor: Actor, slot_id: UUID, until_day: date, now: datetime) -> None:
    """Let somebody's slot of an office end with a day, today at the earliest."""
    slot = slot_get(actor=actor, slot_id=slot_id)
    actor.require(Permission.SLOTS_WRITE)
    school = _locked(actor)
    _end(OfficeSlot.objects.get(id=slot.id), school, until_day, now)


def _locked(actor: Actor) -> School:
    """Let the map of a school be changed by one after the other."""
    school = school_of_map(actor=actor)
    School.objects.select_for_update(no_key=True).get(id=school.id)
    return school


def _days_check(school: School, draft: ShareDraft | SlotDraft, now: datetime) -> None:
    if draft.from_day < today_at(school=school, now=now):
        raise SharePast(pointer="/from_day")
    if draft.until_day is not None and draft.until_day < draft.from_day:
        raise ShareBackwards(pointer="/until_day")


def _person_check(actor: Actor, school: School, person_id: UUID, now: datetime) -> None:
    if not may_name(actor=actor, school_id=school.id, person_id=person_id, now=now):
        raise UnknownAccountable(pointer="/person")


def _take_over(held: QuerySet[Row], draft: ShareDraft | SlotDraft) -> None:
    """End whatever holds on the new days; raise ShareTaken where somebody is named for a later day among them."""
    since = draft.from_day
    overlapping = held.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=since)).exclude(ends_on=F("from_day"))
    if draft.until_day is not None:
        overlapping = overlapping.filter(from_day__lte=draft.until_day)
    rows = list(overlapping)
    if any(row.from_day > since for row in rows):
        raise ShareTaken(pointer="/from_day")
    for row in rows:
        row.ends_on = since
        row.save(update_fields=["ends_on"])


def _given(actor: Actor, school: School, draft: ShareDraft | SlotDraft, now: datetime) -> dict[str, object]:
    return {
        "school": school,
        "person_id": draft.person_id,
        "from_day": draft.from_day,
        "ends_on": draft.until_day and draft.until_day + ONE_DAY,
        "by_id": actor.person_id,
        "at": now,
    }


def _end(row: Share | OfficeSlot, school: School, until_day: date, now: datetime) -> None:
    today = today_at(school=school, now=now)
    if until_day < today:
        raise SharePast(pointer="/until_day")
    ends_on = until_day + ONE_DAY if row.from_day <= until_day else row.from_day
    if row.ends_on is not None and row.ends_on <= max(today, row.from_day, ends_on):
        raise ShareOver
    row.ends_on = ends_on
    row.save(update_fields=["ends_on"])

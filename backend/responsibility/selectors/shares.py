"""Reads of the map: who answers for a place, in which matter, and who for an office."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.models import Person, Place, School, Unit
from backend.organisation.permissions import RULES, Permission
from backend.organisation.roles import Role
from backend.organisation.selectors import school_get
from backend.organisation.selectors.people import all_work_there, appointments_in_force, people_visible
from backend.responsibility.models import OfficeSlot, Share, Slot

MOST_BEFORE = 20
Row = TypeVar("Row", Share, OfficeSlot)


@dataclass(frozen=True, slots=True)
class OfficeSlots:
    """An office with who is accountable for it by post, who is in charge of it, and who supports it, on one day."""

    unit: Unit
    accountable: Sequence[Person]
    in_charge: Sequence[OfficeSlot]
    supporting: Sequence[OfficeSlot]


def school_of_map(*, actor: Actor) -> School:
    """Return the actor's school; raise NotFound for those of a bureau."""
    return school_get(actor=actor)


def today_at(*, school: School, now: datetime) -> date:
    """Return the day it is at a school."""
    return now.astimezone(ZoneInfo(school.time_zone)).date()


def holds_on(day: date) -> Q:
    """Return the condition for what holds on a day."""
    return Q(from_day__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gt=day))


def shares_known(*, actor: Actor) -> QuerySet[Share]:
    """Return the shares of the actor's school, those of former days too; everybody who works there may know them."""
    rows = Share.objects.filter(school=actor.school_scope)
    return rows.select_related("place__owner", "person", "by")


def share_get(*, actor: Actor, share_id: UUID) -> Share:
    """Return one of them; raise NotFound."""
    return _found(shares_known(actor=actor).filter(id=share_id).first())


def shares_on(*, actor: Actor, day: date) -> list[Share]:
    """Return the shares of the actor's school that hold on a day, by place and matter."""
    return list(shares_known(actor=actor).filter(holds_on(day)).order_by("place__code", "topic", "at", "id"))


def shares_before(*, actor: Actor, share: Share) -> list[Share]:
    """Return the other shares of the same place in the same matter, the latest first, a page at most."""
    alike = shares_known(actor=actor).filter(place=share.place_id, topic=share.topic).exclude(id=share.id)
    return list(alike.order_by("-from_day", "-at", "id")[:MOST_BEFORE])


def may_share_out(*, actor: Actor, place: Place) -> bool:
    """Say whether somebody may name who answers for a place: a leader, or the head of the office that looks after it.

    The page asks for many places; no statement.
    """
    if actor.school_id != place.school_id or not actor.may(Permission.SHARES_WRITE):
        return False
    return may_lead_map(actor=actor) or place.owner_id in actor.units(Role.OFFICE_HEAD)


def may_lead_map(*, actor: Actor) -> bool:
    """Say whether somebody names who answers for any place and office of their school."""
    return actor.school_id is not None and not (RULES[Permission.SLOTS_WRITE].roles or set()).isdisjoint(actor.roles)


def people_to_name(*, actor: Actor) -> list[Person]:
    """Return the people whom the actor may name, by name: all who work there, for a head those of their office."""
    return list(_nameable(actor).order_by("name", "id"))


def may_name(*, actor: Actor, school_id: UUID, person_id: UUID, now: datetime) -> bool:
    """Say whether the actor may name somebody: they work at the school, for a head of office in that office."""
    if not all_work_there(where=Q(school_id=school_id), person_ids=[person_id], at=now):
        return False
    return may_lead_map(actor=actor) or _nameable(actor).filter(id=person_id).exists()


def _nameable(actor: Actor) -> QuerySet[Person]:
    people = people_visible(actor=actor)
    if may_lead_map(actor=actor):
        return people
    units = actor.units(Role.OFFICE_HEAD)
    return people.filter(id__in=appointments_in_force(at=Now()).filter(post__unit__in=units).values("person"))


def slots_known(*, actor: Actor) -> QuerySet[OfficeSlot]:
    """Return the slots of the offices of the actor's school, those of former days too."""
    return OfficeSlot.objects.filter(school=actor.school_scope).select_related("unit", "person", "by")


def slot_get(*, actor: Actor, slot_id: UUID) -> OfficeSlot:
    """Return one of them; raise NotFound."""
    return _found(slots_known(actor=actor).filter(id=slot_id).first())


def offices_with_slots(*, actor: Actor, now: datetime) -> list[OfficeSlots]:
    """Return every office and grade group of the actor's school with its three slots as of today; four statements."""
    school = school_of_map(actor=actor)
    offices = list(Unit.objects.filter(school=school).exclude(kind=Unit.Kind.CLASS).order_by("kind", "code"))
    heads = heads_of(unit_ids=[unit.id for unit in offices], now=now)
    slots: dict[tuple[UUID, str], list[OfficeSlot]] = defaultdict(list)
    held = slots_known(actor=actor).filter(holds_on(today_at(school=school, now=now)))
    for row in held.order_by("from_day", "at", "id"):
        slots[row.unit_id, row.slot].append(row)
    return [
        OfficeSlots(unit, heads.get(unit.id, ()), slots[unit.id, Slot.IN_CHARGE], slots[unit.id, Slot.SUPPORTING])
        for unit in offices
    ]


def heads_of(*, unit_ids: Collection[UUID], now: datetime) -> Mapping[UUID, Sequence[Person]]:
    """Return the heads of units by post, without deputies; of student protection its lead, where it has no head."""
    at_units = Q(post__role=Role.OFFICE_HEAD, post__unit__in=unit_ids)
    protecting = Q(post__role=Role.PROTECTION_LEAD, post__school__protection_unit__in=unit_ids)
    held = appointments_in_force(at=now).filter(at_units | protecting, is_deputy=False)
    found: dict[UUID, list[Person]] = defaultdict(list)
    leads: dict[UUID, list[Person]] = defaultdict(list)
    for row in held.select_related("post__school", "person").order_by("starts_at", "id"):
        if row.post.unit_id is not None:
            found[row.post.unit_id].append(row.person)
        elif row.post.school is not None and row.post.school.protection_unit_id is not None:
            leads[row.post.school.protection_unit_id].append(row.person)
    return {**leads, **found}


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row

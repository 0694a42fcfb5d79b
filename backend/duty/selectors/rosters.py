"""Duty rosters and absences, as the people of the same school (or the same bureau) may see them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from backend.common.errors import NotFound
from backend.duty.models import Absence, DutyShift, DutySlot, DutySwap
from backend.organisation.actors import Actor
from backend.organisation.models import Person
from backend.organisation.permissions import Permission
from backend.organisation.selectors.people import where_employed
from backend.organisation.selectors.reachable import may_be_reached


def shifts_visible(*, actor: Actor) -> QuerySet[DutyShift]:
    """Return the shifts where the actor works, with their slots."""
    slots = DutySlot.objects.select_related("person").order_by("part", "person__staff_number")
    shifts = DutyShift.objects.filter(where_employed(actor=actor))
    return shifts.select_related("place").prefetch_related(Prefetch("slots", slots))


def shift_get(*, actor: Actor, shift_id: UUID) -> DutyShift:
    """Return a shift where the actor works, with its slots; raise NotFound."""
    shift = shifts_visible(actor=actor).filter(id=shift_id).first()
    if shift is None:
        raise NotFound
    return shift


def shift_lock(*, actor: Actor, shift_id: UUID) -> DutyShift:
    """Return a shift where the actor works, locked until the transaction ends; raise NotFound."""
    locked = DutyShift.objects.select_for_update(no_key=True).filter(where_employed(actor=actor), id=shift_id).first()
    if locked is None:
        raise NotFound
    return locked


def slot_get(*, shift: DutyShift, slot_id: UUID) -> DutySlot:
    """Return a slot of a shift; raise NotFound."""
    slot = DutySlot.objects.filter(shift=shift, id=slot_id).first()
    if slot is None:
        raise NotFound
    return slot


def swaps_visible(*, actor: Actor, shift: DutyShift) -> list[DutySwap]:
    """Return who took over what in a shift, with the notes; none unless one keeps the rosters or is concerned."""
    of_shift = DutySwap.objects.filter(Q(shift=shift) | Q(slot__shift=shift))
    swaps = list(of_shift.select_related("given_by", "taken_by").order_by("swapped_at", "id"))
    known = {slot.person_id for slot in shift.slots.all()} | {swap.given_by_id for swap in swaps}
    return swaps if actor.may(Permission.ROSTER_READ_SWAPS) or actor.person_id in known else []


def duties_now(*, actor: Actor, now: datetime) -> list[DutySlot]:
    """Return the parts the actor has in shifts in force."""
    return list(
        DutySlot.objects.filter(person_id=actor.person_id, shift__starts_at__lte=now, shift__ends_at__gt=now)
        .select_related("shift__place")
        .order_by("shift__ends_at", "id")
    )


def shifts_now(*, actor: Actor, now: datetime) -> list[DutyShift]:
    """Return the shifts in force where the actor works, those that end first before the others."""
    shifts = shifts_visible(actor=actor).filter(starts_at__lte=now, ends_at__gt=now)
    return list(shifts.order_by("ends_at", "id"))


def absent_now(*, person_ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Return which people do not serve now although a roster names them: away, gone, or their account is closed."""
    away = Absence.objects.filter(person=OuterRef("pk"), starts_at__lte=now, ends_at__gt=now)
    there = Person.objects.filter(may_be_reached(at=now), ~Exists(away), id__in=person_ids)
    return {*person_ids} - set(there.values_list("id", flat=True))


def own_duty(*, actor: Actor, now: datetime, at_most: int) -> list[DutySlot]:
    """Return the parts the actor has in shifts that are not over, the first to begin first."""
    slots = DutySlot.objects.filter(person_id=actor.person_id, shift__ends_at__gt=now)
    return list(slots.select_related("shift__place").order_by("shift__starts_at", "id")[:at_most])


def slot_lock(*, actor: Actor, slot_id: UUID) -> DutySlot:
    """Return a slot where the actor works, its shift locked until the transaction ends; raise NotFound."""
    found = DutySlot.objects.filter(id=slot_id).values_list("shift_id", flat=True).first()
    if found is None:
        raise NotFound
    shift = shift_lock(actor=actor, shift_id=found)
    slot = slot_get(shift=shift, slot_id=slot_id)
    slot.shift = shift
    return slot


def absences_visible(*, actor: Actor) -> QuerySet[Absence]:
    """Return one's own absences, for keepers of the rosters everybody's where they work."""
    asked = Q(person_id=actor.person_id)
    if actor.may(Permission.ABSENCES_READ):
        asked = Q(person__in=Person.objects.filter(where_employed(actor=actor)))
    return Absence.objects.filter(asked).select_related("person__school", "person__bureau")


def away_until(*, person_id: UUID, now: datetime) -> datetime | None:
    """Return until when somebody is away who is away now; None for anybody else."""
    rows = Absence.objects.filter(person=person_id, starts_at__lte=now, ends_at__gt=now).order_by("-ends_at")
    return rows.values_list("ends_at", flat=True).first()


def absence_lock(*, actor: Actor, absence_id: int) -> Absence:
    """Return an absence the actor may see, locked until the transaction ends; raise NotFound."""
    locked = absences_visible(actor=actor).select_for_update(of=("self",)).filter(id=absence_id).first()
    if locked is None:
        raise NotFound
    return locked

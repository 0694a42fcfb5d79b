"""Taking over a shift in an emergency: whoever is there steps in at once, and both hear of it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, DomainError
from backend.duty.models import DutyShift, DutySlot, DutySwap
from backend.duty.services.rosters import ShiftOver, TakerOnDuty, slot_hand_over, taker_check
from backend.duty.services.shift_news import ShiftNews, leaders_tell, shift_state, shift_tell
from backend.duty.shift_rules import EMERGENCY_AHEAD
from backend.organisation.actors import Actor
from backend.organisation.permissions import NotForLeading, Permission


class ShiftNotNear(Conflict):
    """The shift begins too late for an emergency."""

    code = "shift_not_near"
    title = _("This duty begins in more than twelve hours. Please ask its holder, or a keeper of the rosters, to swap.")


@transaction.atomic
def slot_take_over(*, actor: Actor, shift: DutyShift, slot: DutySlot, note: str, now: datetime) -> DutySlot:
    """Put the actor into somebody's place in a locked shift from now on; both are told, and it is on record.

    To lead makes a duty leader, so that part is for those who answer for others, or were entered into the same shift.
    """
    before = shift_state(shift=shift)
    refusal = taking_over_refused(actor=actor, shift=shift, slot=slot, parts=before.parts, now=now)
    if refusal:
        raise refusal
    taker_check(actor=actor, shift=shift, taker_id=actor.person_id, now=now)
    giver_id = slot.person_id
    slot_hand_over(actor=actor, slot=slot, taker_id=actor.person_id, note=note, now=now, is_emergency=True)
    after = shift_state(shift=shift)
    leaders_tell(by=actor, before=before, after=after, now=now)
    people = {giver_id, actor.person_id}
    shift_tell(what=ShiftNews.TAKEN_OVER, by=actor, state=after, was=None, people=people, now=now)
    return slot


def taking_over_refused(
    *, actor: Actor, shift: DutyShift, slot: DutySlot, parts: Mapping[UUID, str], now: datetime
) -> type[DomainError] | None:
    """Return the error that keeps the actor from taking a slot over, given who has which part in the shift."""
    if shift.ends_at <= now:
        return ShiftOver
    if shift.starts_at > now + EMERGENCY_AHEAD:
        return ShiftNotNear
    if parts.get(actor.person_id) in {slot.part, DutySlot.Part.LEADER}:
        return TakerOnDuty
    if slot.part != DutySlot.Part.LEADER or actor.may(Permission.ROSTER_TAKE_LEAD):
        return None
    return None if actor.person_id in parts and not _stepped_in(actor, shift) else NotForLeading


def _stepped_in(actor: Actor, shift: DutyShift) -> bool:
    """Say whether the actor serves in a shift by their own act: else anybody would come to lead in two steps."""
    return DutySwap.objects.filter(shift=shift, taken_by=actor.person_id, is_emergency=True).exists()

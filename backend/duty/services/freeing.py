"""Duty of somebody who leaves and whom nobody follows: the place in the shift becomes free."""

from datetime import datetime

from django.db import transaction

from backend.duty.models import DutyShift, DutySlot
from backend.duty.services.shift_news import shift_changed_tell, shift_state
from backend.organisation.actors import Actor


@transaction.atomic(savepoint=False)
def slot_free(*, by: Actor, shift: DutyShift, slot: DutySlot, now: datetime) -> None:
    """Take somebody out of a locked shift that has not begun; who serves in one that has begun stays on record."""
    if shift.starts_at <= now:
        return
    before = shift_state(shift=shift)
    slot.delete()
    shift.version += 1
    shift.save(update_fields=["version"])
    shift_changed_tell(by=by, before=before, after=shift_state(shift=shift), now=now)

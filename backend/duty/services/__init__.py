"""Every write on rosters and absences, and the laying out of schools with them."""

from backend.duty.services.absences import absence_add, absence_end, absence_note
from backend.duty.services.freeing import slot_free
from backend.duty.services.laying_out import bureau_lay_out, school_lay_out
from backend.duty.services.rosters import shift_add, shift_change, shift_remove, slot_swap
from backend.duty.services.taking_over import slot_take_over
from backend.duty.services.unmanned import rosters_check

__all__ = [
    "absence_add",
    "absence_end",
    "absence_note",
    "bureau_lay_out",
    "rosters_check",
    "school_lay_out",
    "shift_add",
    "shift_change",
    "shift_remove",
    "slot_free",
    "slot_swap",
    "slot_take_over",
]

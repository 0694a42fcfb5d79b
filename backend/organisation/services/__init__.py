"""Every write on schools and people."""

from backend.organisation.services.absences import absence_end, absence_note
from backend.organisation.services.calendars import calendar_import
from backend.organisation.services.channels import (
    channel_add,
    channel_code,
    channel_code_send,
    channel_remove,
    channel_verify,
)
from backend.organisation.services.laying_out import bureau_import, school_import
from backend.organisation.services.people import (
    PostElsewhere,
    absence_add,
    person_add,
    person_link_account,
    post_fill,
)
from backend.organisation.services.rosters import shift_add, shift_change, shift_remove, slot_swap

__all__ = [
    "PostElsewhere",
    "absence_add",
    "absence_end",
    "absence_note",
    "bureau_import",
    "calendar_import",
    "channel_add",
    "channel_code",
    "channel_code_send",
    "channel_remove",
    "channel_verify",
    "person_add",
    "person_link_account",
    "post_fill",
    "school_import",
    "shift_add",
    "shift_change",
    "shift_remove",
    "slot_swap",
]

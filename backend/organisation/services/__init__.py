"""Every write on schools and people."""

from backend.organisation.services.channels import (
    channel_add,
    channel_code,
    channel_code_send,
    channel_remove,
    channel_verify,
)
from backend.organisation.services.people import PostElsewhere, person_add, person_link_account, post_fill
from backend.organisation.services.school_calendars import calendar_give, calendar_import

__all__ = [
    "PostElsewhere",
    "calendar_give",
    "calendar_import",
    "channel_add",
    "channel_code",
    "channel_code_send",
    "channel_remove",
    "channel_verify",
    "person_add",
    "person_link_account",
    "post_fill",
]

"""Every write of telling people."""

from backend.notifications.services.choosing import choices_set
from backend.notifications.services.codes import code_send
from backend.notifications.services.delivering import delivery_send
from backend.notifications.services.notices import news_create, notices_create, notices_mark_read
from backend.notifications.services.passing_on import notice_pass_on

__all__ = [
    "choices_set",
    "code_send",
    "delivery_send",
    "news_create",
    "notice_pass_on",
    "notices_create",
    "notices_mark_read",
]

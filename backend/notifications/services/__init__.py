"""Every write of telling people."""

from backend.notifications.services.choosing import choices_set
from backend.notifications.services.codes import code_send
from backend.notifications.services.delivering import deliveries_send
from backend.notifications.services.passing_on import notices_pass_on
from backend.notifications.services.planning import news_create, notices_create
from backend.notifications.services.reading import notices_mark_read, notices_mark_seen, notices_mark_until

__all__ = [
    "choices_set",
    "code_send",
    "deliveries_send",
    "news_create",
    "notices_create",
    "notices_mark_read",
    "notices_mark_seen",
    "notices_mark_until",
    "notices_pass_on",
]

"""News of an account to its owner, by mail to every address that counts: in case it was not they."""

from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from backend.accounts.models import User
from backend.common.outbox import OutboxDraft, outbox_add

TOPIC = "account.news"


class News(StrEnum):
    """The sorts of news of an account."""

    NEW_DEVICE = "new_device"
    PASSWORD = "password"  # noqa: S105 - a word, not a secret
    ADDRESS_ADDED = "address_added"
    ADDRESS_REMOVED = "address_removed"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    FACTORS_RESET = "factors_reset"
    RECOVERY_USED = "recovery_used"
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_ENDED = "identity_ended"


def account_news_add(*, user: User, what: News, now: datetime, **details: str | list[str]) -> None:
    """Have its owner told; `addresses` among the details names where to instead of all verified ones."""
    payload = {"user": user.pk, "what": what, "at": now.isoformat(), **details}
    outbox_add(drafts=[OutboxDraft(TOPIC, f"{TOPIC}:{uuid4()}", payload)], now=now)

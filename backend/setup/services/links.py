"""Making the link by which the first administrator of a new school comes in."""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from django.db import transaction

from backend.organisation.models import Bureau
from backend.setup.models import SetupLink
from backend.setup.selectors.links import setup_link_get, token_digest

GOOD_FOR = timedelta(days=1)


@transaction.atomic
def setup_link_make(*, now: datetime, bureau: Bureau | None = None) -> str:
    """Make a link and return its token, which nobody can read again later; the one before ends and leaves its draft.

    With a bureau the school comes under that one.
    """
    before = SetupLink.objects.select_for_update().filter(ended_at__isnull=True).first()
    draft = before.draft if before else {}
    SetupLink.objects.filter(ended_at__isnull=True).update(ended_at=now, draft={})
    token = token_urlsafe(32)
    SetupLink.objects.create(
        digest=token_digest(token=token), made_at=now, expires_at=now + GOOD_FOR, draft=draft, bureau=bureau
    )
    return token


@transaction.atomic
def school_draft_keep(*, digest: str, draft: dict[str, str], now: datetime) -> None:
    """Keep what was entered about the school, so that one can go back and go on later; raise LinkDead."""
    link = setup_link_get(digest=digest, now=now, lock=True)
    link.draft = draft
    link.save(update_fields=["draft"])

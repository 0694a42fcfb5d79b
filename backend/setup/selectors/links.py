"""Reads of set-up links."""

import hashlib
from datetime import datetime

from backend.accounts.links import LinkDead
from backend.organisation.models import School
from backend.setup.models import SetupLink


def token_digest(*, token: str) -> str:
    """Return the hash under which a token is stored; the token is long and random, so that no key is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def setup_link_get(*, digest: str, now: datetime, lock: bool = False) -> SetupLink:
    """Return the link with this hash of its token; raise LinkDead where it was used, was replaced or is too old.

    With `lock` it is held until the transaction ends.
    """
    links = SetupLink.objects.select_for_update() if lock else SetupLink.objects.all()
    link = links.filter(digest=digest, ended_at__isnull=True, expires_at__gt=now).first()
    if link is None:
        raise LinkDead
    return link


def has_school() -> bool:
    """Say whether there is a school at all."""
    return School.objects.exists()

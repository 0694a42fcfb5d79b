"""The token in the address of a duty calendar, and its stored form. Pure."""

import hashlib
from base64 import urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from django.utils.crypto import salted_hmac


def feed_digest(token: str) -> str:
    """Return the form in which a token is stored; it has 256 random bits, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def feed_token(*, person_id: UUID, key: str, made_at: datetime) -> str:
    """Return the token that a request makes: only this installation can compute it, and again for its repetition."""
    what = f"{person_id}:{made_at.isoformat()}:{key}"
    digest = salted_hmac("allclear.duty-feed", what, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")

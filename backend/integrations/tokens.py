"""The token of a service account, and its stored form. Pure."""

import hashlib
from base64 import urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from django.utils.crypto import salted_hmac

PREFIX = "allclear_"
"""Tokens begin so, that whoever looks for secrets in code and logs finds them."""
LONGEST = 200


def service_digest(token: str) -> str:
    """Return the form in which a token is stored; it has 256 random bits, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def service_token(*, account_id: UUID, key: str, made_at: datetime) -> str:
    """Return the token that a request makes: only this installation can compute it, and again for its repetition."""
    what = f"{account_id}:{made_at.isoformat()}:{key}"
    digest = salted_hmac("allclear.service-account", what, algorithm="sha256").digest()
    return PREFIX + urlsafe_b64encode(digest).decode().rstrip("=")

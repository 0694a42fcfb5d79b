"""Signatures of webhooks as Standard Webhooks describe them, and their secrets. Pure."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.utils.crypto import salted_hmac

from backend.common.sealing import sealed, unsealed

PREFIX = "whsec_"
SEALED_FOR = "webhooks"


def secret_made(*, webhook_id: UUID, key: str, made_at: datetime) -> str:
    """Return the secret that a request makes: 32 bytes that only this installation can compute."""
    what = f"{webhook_id}:{made_at.astimezone(UTC).isoformat()}:{key}"
    return PREFIX + b64encode(salted_hmac("allclear.webhook", what, algorithm="sha256").digest()).decode()


def secret_sealed(secret: str) -> str:
    """Return a secret as it is stored: it has to be read again to sign, by this installation alone."""
    return sealed(secret, purpose=SEALED_FOR)


def secret_opened(stored: str) -> str | None:
    """Return a secret in clear; None where it was sealed under another secret key of the installation."""
    return unsealed(stored, purpose=SEALED_FOR)


def signed_headers(*, message_id: UUID, body: bytes, secrets: Sequence[str], now: datetime) -> Mapping[str, str]:
    """Return the headers of a message: its id, when it was sent, and a signature by each secret."""
    at = str(int(now.timestamp()))
    text = f"{message_id}.{at}.".encode() + body
    signatures = (f"v1,{_signature(secret, text)}" for secret in secrets)
    return {
        "webhook-id": str(message_id),
        "webhook-timestamp": at,
        "webhook-signature": " ".join(signatures),
    }


def _signature(secret: str, text: bytes) -> str:
    key = b64decode(secret.removeprefix(PREFIX))
    return b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()

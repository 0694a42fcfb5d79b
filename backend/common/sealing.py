"""Texts that are kept encrypted under the installation's secret key, each for one purpose."""

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.crypto import salted_hmac

from backend.common.later import Later

if TYPE_CHECKING:
    from cryptography import fernet
else:
    fernet = Later("cryptography.fernet")


def sealed(text: str, *, purpose: str) -> str:
    """Return a text as it is stored."""
    return cipher_for(purpose).encrypt(text.encode()).decode()


def unsealed(stored: str, *, purpose: str) -> str | None:
    """Return a text in clear; None where it was sealed for something else or under another secret key."""
    try:
        return cipher_for(purpose).decrypt(stored.encode()).decode()
    except fernet.InvalidToken:
        return None


def cipher_for(purpose: str) -> "fernet.Fernet":
    """Return what seals and opens for a purpose; under another secret key nothing of it can be opened."""
    key = salted_hmac(f"allclear.{purpose}", "key", secret=settings.SECRET_KEY, algorithm="sha256").digest()
    return fernet.Fernet(urlsafe_b64encode(key))

"""The key by which a browser seals what its person types."""

from base64 import b64encode
from uuid import UUID

from django.utils.crypto import salted_hmac


def device_key(*, person_id: UUID) -> str:
    """Return the key by which a browser seals what this person types: only pages shown to them carry it."""
    return b64encode(salted_hmac("portal.device", str(person_id), algorithm="sha256").digest()).decode()

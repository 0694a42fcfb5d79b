"""The school or bureau that a row of configuration belongs to."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist

from backend.common.mail_addresses import mail_address_shown
from backend.organisation.models import Bureau, School

ABOVE = ("person", "shift", "slot", "calendar", "period", "provider", "account", "school")
"""The fields that lead to the school or bureau of rows which do not name it themselves."""


def employer_of(row: Any) -> UUID | None:
    """Return the id of the school or bureau a row belongs to; None for what belongs to nobody alone."""
    if isinstance(row, School | Bureau):
        return row.pk
    named: UUID | None = getattr(row, "school_id", None) or getattr(row, "bureau_id", None)
    if named:
        return named
    try:
        return next((employer_of(above) for name in ABOVE if (above := getattr(row, name, None)) is not None), None)
    except ObjectDoesNotExist:
        return None


def address_masked(address: str) -> str:
    """Return an address that may be shown and recorded: of a robot's or hook's address only the host."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}/…" if "://" in address else mail_address_shown(address)

"""The unchanging fields of a ticket as text, over which its first event keeps a digest. Pure."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from backend.workflow.models import FILED_FIELDS, Ticket


def filed_of(*, ticket: Ticket, place_id: UUID | None) -> dict[str, str]:
    """Return what a ticket says that never changes, and the place it was filed for, each as text."""
    fields = {field.name: field.attname for field in ticket._meta.concrete_fields}  # noqa: SLF001 - Django's own way
    said = {name: getattr(ticket, fields[name]) for name in FILED_FIELDS}
    return {name: _text_of(value) for name, value in {**said, "place": place_id}.items()}


def _text_of(value: Any) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else str(value)

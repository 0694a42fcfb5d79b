"""The facts of a shift that every message about it is made from."""

from typing import Any

from django.conf import settings

from backend.duty.models import DutyShift


def shift_words(shift: DutyShift) -> dict[str, Any]:
    """Return the facts of a shift that a sentence about it is made from; the shift comes with its place and school."""
    return {
        "shift": str(shift.id),
        "kind": shift.kind,
        "starts_at": shift.starts_at.isoformat(),
        "ends_at": shift.ends_at.isoformat(),
        "place": {"zh": shift.place.name_zh, "en": shift.place.name_en} if shift.place else None,
        "zone": shift.school.time_zone if shift.school else settings.TIME_ZONE,
    }

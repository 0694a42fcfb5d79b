"""A fix in words: the control used against a hazard, and the value measured. Pure."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from backend.workflow.models import Control, MeasuredIn, TicketFix


def fix_in_words(fix: TicketFix | None) -> list[str]:
    """Return how a ticket was resolved; nothing while it is not."""
    return list(fixed_in_words({"control": fix.control, "measured": fix.measured, "unit": fix.unit})) if fix else []


def fixed_in_words(said: Mapping[str, Any]) -> Iterator[str]:
    """Yield what was said when it was resolved, as the event keeps it."""
    if said.get("control"):
        yield str(Control(said["control"]).label)
    if said.get("unit"):
        value, unit = Decimal(said["measured"]).normalize(), MeasuredIn(said["unit"]).label
        yield _("Measured: %(value)s %(unit)s") % {"value": f"{value:f}", "unit": unit}

"""The sentences about visitors at the gate: without a name, since a locked screen shows them. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backend.common.moments import moment_in
from backend.gate.models import Purpose


def gate_sentence(params: Mapping[str, Any]) -> str:
    """Return that a visitor is here, or that the host does not expect them, and what to do, in the active language."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    words = {
        "gate": params["gate"][language],
        "purpose": str(Purpose(params["purpose"]).label),
        "at": moment_in(at=datetime.fromisoformat(params["at"]), zone=params["zone"], with_year=False),
    }
    if params["what"] == "came" and "instead_of" in params:
        words["host"] = params["instead_of"]
        return (
            _(
                "A visitor for %(host)s, who is away, came in at %(gate)s, %(at)s: %(purpose)s. "
                "Please say whether your office expects them."
            )
            % words
        )
    if params["what"] == "came":
        return _("A visitor came to you at %(gate)s, %(at)s: %(purpose)s. Please say whether you expect them.") % words
    return _("The host does not expect the visitor who came in at %(gate)s, %(at)s. Please go and see to it.") % words

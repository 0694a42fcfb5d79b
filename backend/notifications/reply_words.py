"""The sentence about an answer that a school owes an authority: it is due, or it is late. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from backend.common.moments import day_in_words
from backend.rounds.models import Authority


def reply_sentence(params: Mapping[str, Any]) -> str:
    """Return whom an answer is owed and by when, in the active language."""
    words = {
        "authority": Authority(params["authority"]).label,
        "visit": day_in_words(date.fromisoformat(params["visited_on"])),
        "day": day_in_words(date.fromisoformat(params["due_on"])),
    }
    if params["what"] == "late":
        said = _("%(authority)s, inspection of %(visit)s: the answer was due on %(day)s and is not noted as given.")
    else:
        said = _("%(authority)s, inspection of %(visit)s: an answer is wanted by %(day)s. Please see that it is given.")
    return said % words

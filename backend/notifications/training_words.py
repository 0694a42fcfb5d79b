"""The sentence about a training or lesson that is due. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backend.common.moments import day_in_words


def due_sentence(params: Mapping[str, Any]) -> str:
    """Return what is due, until when and what to do, in the active language."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    words = {"name": params["name"][language], "day": day_in_words(date.fromisoformat(params["due_on"]))}
    if params["unit"]:
        said = _("“%(name)s” is due in %(unit)s by %(day)s. Please hold it and enter it, or see that it is held.")
        return said % {**words, "unit": params["unit"][language]}
    return _("“%(name)s” is due for you by %(day)s. Please ask who holds it, and go.") % words

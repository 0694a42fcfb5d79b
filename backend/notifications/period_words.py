"""The sentences about special periods: the review before one, its first day, its end. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.common.moments import day_in_words


def period_sentence(params: Mapping[str, Any]) -> str:
    """Return what a period asks of the reader now, in the active language."""
    words = {"name": params["name"], "count": params["count"]}
    if params["what"] == "review":
        said = ngettext(
            "Before “%(name)s” begins on %(day)s, %(count)d open report still has to be decided on.",
            "Before “%(name)s” begins on %(day)s, %(count)d open reports still have to be decided on.",
            params["count"],
        )
        return said % {**words, "day": day_in_words(date.fromisoformat(params["starts_on"]))}
    if params["what"] == "approved":
        said = _("“%(name)s” is approved, from %(first)s until %(day)s. More is asked meanwhile; please look at what.")
        days = {"first": day_in_words(date.fromisoformat(params["starts_on"]))}
        return said % {**words, **days, "day": day_in_words(date.fromisoformat(params["ends_on"]))}
    if params["what"] == "called_off":
        return _("“%(name)s” was called off. Nothing more is asked because of it.") % words
    if params["what"] == "started":
        said = _("“%(name)s” begins today and lasts until %(day)s. More is asked meanwhile; please look at what.")
        return said % {**words, "day": day_in_words(date.fromisoformat(params["ends_on"]))}
    return _("“%(name)s” is over. Please write its summary.") % words

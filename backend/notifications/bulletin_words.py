"""The sentences about a weekly bulletin: it waits for approval, is published, or corrected. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from backend.common.moments import day_in_words


def bulletin_sentence(params: Mapping[str, Any]) -> str:
    """Return which week's bulletin waits for approval or can be read, and where, in the active language."""
    words = {"day": day_in_words(date.fromisoformat(params["week"]))}
    if "draft" in params:
        return (
            _("The bulletin of the week from %(day)s waits for you under Weekly bulletins. Please approve it.") % words
        )
    if params["version"] > 1:
        return (
            _("The bulletin of the week from %(day)s has been corrected. You find it under Weekly bulletins.") % words
        )
    return _("The bulletin of the week from %(day)s is published. You find it under Weekly bulletins.") % words

"""The sentences about contact tests: whoever is asked, has not answered, and whoever keeps the roster. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from backend.common.moments import moment_in
from backend.notifications.duty_words import turn_in_words


def contact_sentence(params: Mapping[str, Any]) -> str:
    """Return what is asked of the reader, or what did not come, in the active language."""
    due = moment_in(at=datetime.fromisoformat(params["due_at"]), zone=params["zone"], with_year=False)
    words = {"turn": turn_in_words(params), "due": due, "name": params.get("name", "")}
    if params["what"] == "asked":
        return _("Can you be reached? One tap is enough, by %(due)s. It is about your duty: %(turn)s.") % words
    if params["what"] == "missed":
        said = _("You have not answered the contact test by %(due)s, so others are asked until you do: %(turn)s.")
        return said % words
    if params["instead"]:
        said = _("%(name)s has not answered the contact test by %(due)s: %(turn)s. Asked instead: %(instead)s.")
        return said % {**words, "instead": ", ".join(params["instead"])}
    return _("%(name)s has not answered the contact test by %(due)s: %(turn)s.") % words

"""The sentences about rounds that nobody has answered: a reminder to whoever is asked, and what is missing. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backend.common.lists_in_words import listed_in_words
from backend.common.moments import moment_in

MOST_OFFICES = 6


def unanswered_sentence(params: Mapping[str, Any]) -> str:
    """Return which offices have not answered, by when they should, and what to do, in the active language."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    words = {
        "plan": params["plan"][language],
        "offices": listed_in_words([office[language] for office in params["offices"]], most=MOST_OFFICES),
        "by": moment_in(at=datetime.fromisoformat(params["late_at"]), zone=params["zone"], with_year=False),
    }
    if params["what"] == "asked":
        due = moment_in(at=datetime.fromisoformat(params["due_at"]), zone=params["zone"], with_year=False)
        return _("%(plan)s, %(offices)s: please look at each of the places by %(due)s.") % {**words, "due": due}
    if params.get("posts"):
        return _posts_sentence(params["what"]) % words
    if params["what"] == "due":
        return _("%(plan)s, %(offices)s: please answer by %(by)s. If nothing happened, say that all is well.") % words
    return _("%(plan)s missing since %(by)s: %(offices)s. Silence is not “all well”; please ask.") % words


def _posts_sentence(what: str) -> str:
    if what == "due":
        return _("%(plan)s, %(offices)s: whoever stands there says so by %(by)s, one tap is enough.")
    return _("%(plan)s: nobody has said by %(by)s that they stand there: %(offices)s. Please send somebody.")

"""The sentences about what has to be told outside: it is called for, or it is late. Pure.

Of a ticket that is not open to all they name neither it nor anybody: who is told outside would say what it is about.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backend.common.lists_in_words import listed_in_words
from backend.common.moments import moment_in


def outside_sentence(params: Mapping[str, Any]) -> str:
    """Return whom somebody has to tell and by when, or that it is late, in the active language."""
    words = {
        "to": _recipients(params),
        "time": moment_in(at=datetime.fromisoformat(params["due_at"]), zone=params["zone"], with_year=False),
        "reference": params["reference"],
    }
    if not params["to"]:
        return _unnamed(params["what"] == "late") % words
    if params["what"] == "late":
        return (
            _("%(reference)s: telling %(to)s is overdue since %(time)s. Call now, or say why it does not apply.")
            % words
        )
    return (
        _("%(reference)s: please tell %(to)s by %(time)s, or say why it does not apply. Call first, write later.")
        % words
    )


def _unnamed(is_late: bool) -> str:
    if is_late:
        return _("Please look now: something waits for you, and telling somebody outside is overdue since %(time)s.")
    return _("Please look: something waits for you, and somebody outside has to be told by %(time)s.")


def _recipients(params: Mapping[str, Any]) -> str:
    language = "en" if (get_language() or "").startswith("en") else "zh"
    names = [to[language] for to in params["to"]]
    if params["more"]:
        names.append(_("others"))
    return listed_in_words(dict.fromkeys(names))

"""The sentences about response plans: one is to be read, a step of one is asked or not done, one is over. Pure.

They name the plan, the step and its time, and nothing of the ticket: whoever holds a step may not know of that.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from backend.common.moments import moment_in


def approved_sentence(params: Mapping[str, Any]) -> str:
    """Return which plan asks something of the reader, who confirms that they know it, in the active language."""
    return _(
        "The response plan “%(plan)s” asks something of you. Please read your part and confirm it with one tap."
    ) % {"plan": params["plan"][_language()]}


def told_sentence(params: Mapping[str, Any]) -> str:
    """Return what is asked of the reader now, what is not done, or that it is over, in the active language."""
    said = _told(params)
    return _("EXERCISE. %(said)s") % {"said": said} if params["exercise"] else said


def _told(params: Mapping[str, Any]) -> str:
    words = {"plan": params["plan"][_language()], "steps": _steps(params)}
    if params["what"] == "asked":
        return _("Response plan “%(plan)s” is started. You are asked: %(steps)s") % words
    if params["what"] == "missed":
        return _("Response plan “%(plan)s”: not done in time, please see to it: %(steps)s") % words
    return _("Response plan “%(plan)s” is over. You need not do anything more.") % words


def _steps(params: Mapping[str, Any]) -> str:
    said = [
        _("%(words)s (by %(time)s).")
        % {
            "words": step[_language()],
            "time": moment_in(at=datetime.fromisoformat(step["due_at"]), zone=params["zone"], with_year=False),
        }
        for step in params["steps"]
    ]
    if params["more"]:
        said.append(
            ngettext("%(count)d step more.", "%(count)d steps more.", params["more"]) % {"count": params["more"]}
        )
    return " ".join(said)


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"

"""The sentences about duty: whose shift came, went or moved, and which shifts nobody serves in. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from backend.common.moments import moment_in
from backend.duty.services.shift_news import ShiftNews
from backend.duty.words import KINDS

WHAT: dict[str, Promise] = {
    ShiftNews.ENTERED: gettext_lazy("You are on duty: %(turn)s. Entered by %(by)s."),
    ShiftNews.LEFT: gettext_lazy("You are no longer on duty: %(turn)s. Changed by %(by)s."),
    ShiftNews.MOVED: gettext_lazy("Your duty has moved. Now: %(turn)s. Before: %(was)s. Changed by %(by)s."),
    ShiftNews.WITHDRAWN: gettext_lazy("Your duty does not take place: %(turn)s. Removed by %(by)s."),
    ShiftNews.TAKEN_OVER: gettext_lazy("%(by)s has taken over a duty in an emergency, from now on: %(turn)s."),
}


def duty_sentence(params: Mapping[str, Any]) -> str:
    """Return what became of somebody's duty, when it is, and who changed it, in the active language."""
    was = span_in_words(params["was"], params["zone"]) if params.get("was") else ""
    return str(WHAT[params["what"]]) % {"turn": turn_in_words(params), "was": was, "by": params["by"]}


def unmanned_sentence(params: Mapping[str, Any]) -> str:
    """Return how many shifts nobody serves in, the first of them, and what to do, in the active language."""
    count = params["count"]
    words = {"count": count, "turn": turn_in_words(params)}
    return (
        ngettext(
            "Nobody serves in a duty of the coming weeks: %(turn)s. Please enter somebody.",
            "Nobody serves in %(count)d duties of the coming weeks. The first: %(turn)s. Please enter somebody.",
            count,
        )
        % words
    )


def turn_in_words(params: Mapping[str, Any]) -> str:
    """Return the kind, the place and the time of a shift."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    place = (params.get("place") or {}).get(language, "")
    kind, span = str(KINDS[params["kind"]]), span_in_words(params, params["zone"])
    if place:
        return _("%(kind)s, %(place)s, %(span)s") % {"kind": kind, "place": place, "span": span}
    return _("%(kind)s, %(span)s") % {"kind": kind, "span": span}


def span_in_words(params: Mapping[str, Any], zone: str) -> str:
    """Return from when until when, by the clock of a time zone; a duty over midnight names both days."""
    begins, ends = (moment_in(at=datetime.fromisoformat(params[name]), zone=zone) for name in ("starts_at", "ends_at"))
    return _("%(begins)s to %(ends)s") % {"begins": begins, "ends": ends}

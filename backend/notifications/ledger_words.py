"""The sentences about the record as a whole: a break, and the checkpoint of the day. Pure."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def ledger_sentence(params: Mapping[str, Any]) -> str:
    """Return that the record does not hold and what to do, or how far it was signed, in the active language."""
    if params["what"] == "broken":
        return _(
            "The record of reports was changed past the system, or part of it is gone. Please have it looked at now, "
            "change nothing, and say that you look after it."
        )
    seen = ngettext(
        "%(count)d witness outside has signed it.", "%(count)d witnesses outside have signed it.", params["witnesses"]
    ) % {"count": params["witnesses"]}
    unseen = _("No witness outside has signed it: this message is its only proof elsewhere.")
    said = _("The record of reports has %(size)d entries and is signed. Please keep this message.")
    return f"{said % {'size': params['size']}} {seen if params['witnesses'] else unseen}"


def ledger_lines(params: Mapping[str, Any]) -> str:
    """Return the checkpoint as it was signed, to be compared letter by letter; nothing for other news."""
    note: str = params.get("note", "")
    return note.strip()

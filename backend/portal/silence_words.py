"""The words for an owner from whom nothing was heard. Pure."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.workflow.facts import Situation
from backend.workflow.silence import silent_for


def silent_in_words(*, situation: Situation) -> str:
    """Return that nothing was heard from the owner, and for how long; nothing while that is in order."""
    silent = silent_for(situation)
    if silent is None:
        return ""
    if not silent.days:
        return _("No word from the owner for hours.")
    words = ngettext(
        "No word from the owner for %(days)d day.", "No word from the owner for %(days)d days.", silent.days
    )
    return words % {"days": silent.days}

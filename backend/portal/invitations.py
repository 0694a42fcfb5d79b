"""The invitations of a school as the pages show them: how many are on their way, and to whom."""

from typing import Any

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.organisation.actors import Actor
from backend.organisation.selectors.invitations import invitation_counts, people_invited
from backend.organisation.services.invitations import Invited
from backend.portal.requests import StaffRequest

MOST_SHOWN = 100


def invitations_shown(*, actor: Actor) -> dict[str, Any]:
    """Return how far the accounts of a school are, as the partial of the invitations takes it."""
    return {"invitations": invitation_counts(actor=actor), "invited": people_invited(actor=actor)[:MOST_SHOWN]}


def invited_tell(*, request: StaffRequest, invited: Invited) -> None:
    """Say how many invitations are on their way, and how many wait for a second person."""
    if invited.mails:
        words = ngettext(
            "%(count)d invitation is on its way.", "%(count)d invitations are on their way.", invited.mails
        )
        messages.success(request, words % {"count": invited.mails})
    if invited.waiting:
        words = ngettext(
            "%(count)d change waits until a second person has confirmed it.",
            "%(count)d changes wait until a second person has confirmed them.",
            invited.waiting,
        )
        messages.info(request, words % {"count": invited.waiting})
    if not invited.mails and not invited.waiting:
        messages.info(request, _("Nothing was sent: whoever is concerned has got an invitation just now."))

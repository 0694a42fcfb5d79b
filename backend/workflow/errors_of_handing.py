"""Refusals to hand a ticket to another office or to somebody above, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, PermissionDenied


class StaysWithTheTeam(Conflict):
    """A confidential ticket goes to no other office."""

    code = "stays_with_the_team"
    title = _("This is confidential and stays with the case team. It cannot be handed to another office.")


class OfferOpen(Conflict):
    """A ticket is offered to one office at a time."""

    code = "offer_open"
    title = _("It is offered to an office already. Wait for the answer, or withdraw the offer first.")


class HandoverDecided(Conflict):
    """After two returns, or a decision of the coordinator, an office cannot offer a ticket to another."""

    code = "handover_decided"
    title = _("It was returned twice, or the coordinator decided whose it is. Only the coordinator can change that.")


class AdoptedAlready(Conflict):
    """One leader at a time adopts a ticket."""

    code = "adopted_already"
    title = _("A leader has adopted it already. You see who under what is asked of whom.")


class AskerCannotDecide(PermissionDenied):
    """Whoever asked for a decision does not make it themselves."""

    code = "asker_cannot_decide"
    title = _("You asked for this decision yourself, so somebody else makes it: above you, or the education bureau.")

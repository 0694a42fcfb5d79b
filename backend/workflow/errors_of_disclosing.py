"""Refusals about disclosing a name, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import PermissionDenied


class PartyCannotDisclose(PermissionDenied):
    """Whoever reported it decides nothing about the name."""

    code = "party_cannot_disclose"
    title = _("You reported this yourself, so others decide about the name.")


class OtherHalfNeeded(PermissionDenied):
    """The protection lead and the principal disclose a name together, two persons in two posts."""

    code = "other_half_needed"
    title = _("You asked for this, or hold the same post as whoever did. The other of the two has to agree.")

"""Refusals of the notary, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict


class ProofNotReady(Conflict):
    """The report has no number in the tree yet, or none that is signed."""

    code = "proof_not_ready"
    title = _("The record is being signed, which takes up to a minute. Please try again then.")
    retry_after = 60


class BreakAnswered(Conflict):
    """Somebody else said meanwhile that they look after it."""

    code = "break_answered"
    title = _("Somebody has answered this meanwhile. Please look at what they say.")

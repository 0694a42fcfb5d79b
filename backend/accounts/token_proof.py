"""Proof that whoever sends a request of the API typed their password a moment ago: a token that is that young."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from backend.common.clock import database_now
from backend.common.errors import PermissionDenied

PROOF_GOOD_FOR = timedelta(minutes=10)
"""The time for which a password or a code proves that it is still the same person."""


class ProofMissing(PermissionDenied):
    """A change of powers over people, or of a second factor, came with a token that is older than ten minutes."""

    code = "proof_needed"
    title = _("This needs a fresh proof of who you are. Sign in anew (POST /tokens) and send it within ten minutes.")


def proof_require(request: Request) -> None:
    """Raise ProofMissing where the token is older than ten minutes: it was given for a password, and a code."""
    proved_at: datetime | None = getattr(request.user, "proved_at", None)
    if proved_at is None or database_now() - proved_at > PROOF_GOOD_FOR:
        raise ProofMissing

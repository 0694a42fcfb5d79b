"""Reads of where somebody is signed in."""

from datetime import datetime

from django.db.models import Q, QuerySet

from backend.accounts.models import SignIn, User


def sign_ins_of(*, user: User, now: datetime) -> QuerySet[SignIn]:
    """Return the sessions and tokens of an account that are good now, the one used last first."""
    lasting = Q(token__isnull=True) | Q(token__expiry__isnull=True) | Q(token__expiry__gt=now)
    lasting &= Q(session__isnull=True) | Q(session__expire_date__gt=now)
    return SignIn.objects.filter(lasting, user=user).order_by("-last_used_at", "id")

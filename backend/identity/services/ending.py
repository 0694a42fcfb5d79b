"""Ending sessions here because the other system says that they ended there."""

from datetime import datetime, timedelta

from django.db import transaction

from backend.accounts.services.sign_ins import sign_ins_end_through
from backend.common.waits import Growth, TooSoon, try_count
from backend.identity.arriving import Ended
from backend.identity.errors import SignInBroken
from backend.identity.models import ExternalIdentity, IdentityProvider
from backend.identity.oidc import LOGOUT_GOOD_FOR
from backend.identity.sessions import session_mark

KEPT = LOGOUT_GOOD_FOR + timedelta(minutes=10)
TAKEN = Growth(kind="logout-token", free=1, first=KEPT, longest=KEPT, kept=KEPT)
"""A token that says so is taken once; older ones are refused for their age."""


@transaction.atomic
def sessions_end(*, provider: IdentityProvider, ended: Ended, now: datetime) -> None:
    """End sessions of somebody, or all that they opened by the provider; raise SignInBroken for a word said twice."""
    if ended.token_id:
        _take(provider, ended.token_id, now)
    identities = ExternalIdentity.objects.filter(provider=provider)
    marks: list[str | None] = [session_mark(provider=provider, session=each) for each in ended.sessions]
    if ended.subject:
        identities = identities.filter(subject=ended.subject)
        for identity in identities.select_related("user"):
            for mark in marks or [None]:
                sign_ins_end_through(user=identity.user, identity=identity.id, mark=mark)
    else:
        for mark in marks:
            sign_ins_end_through(mark=mark)


def _take(provider: IdentityProvider, token_id: str, now: datetime) -> None:
    try:
        try_count(growth=TAKEN, who=f"{provider.id}\n{token_id}", now=now)
    except TooSoon as error:
        raise SignInBroken from error

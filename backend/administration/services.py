"""Writes that only the administration pages make."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.common.errors import PermissionDenied
from backend.organisation.actors import Actor
from backend.organisation.services.accounts import account_unlink, factor_reset


class OwnAccount(PermissionDenied):
    """Nobody takes their own account or second factor away here."""

    code = "own_account"
    title = _("This is your own account. Please ask another administrator.")


def account_take(*, by: Actor, account: User, now: datetime) -> bool:
    """Take an account away from the person it belongs to; say whether it waits instead. Raise OwnAccount."""
    if account.pk == by.user_id:
        raise OwnAccount
    return account_unlink(by=by, person=account.person, now=now)


def factor_take(*, by: Actor, account: User, now: datetime) -> bool:
    """Reset the second factor of somebody else; say whether it waits instead. Raise OwnAccount."""
    if account.pk == by.user_id:
        raise OwnAccount
    return factor_reset(by=by, account=account, now=now)

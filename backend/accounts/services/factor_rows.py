"""Taking second factors away, and whether an account has one; no library that knows codes or keys is needed for it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.accounts.models import Authenticator, Passkey, RecoveryCode, User
from backend.accounts.services.news import News, account_news_add
from backend.accounts.services.sign_ins import sign_ins_end_others
from backend.common.errors import NotFound


@transaction.atomic
def authenticator_remove(*, user: User, now: datetime) -> None:
    """Let the app count no more; raise NotFound where there is none."""
    if not Authenticator.objects.filter(user=user).delete()[0]:
        raise NotFound
    _removed(user, now)


@transaction.atomic
def passkey_remove(*, user: User, passkey_id: UUID, now: datetime) -> None:
    """Let a passkey count no more; raise NotFound."""
    if not Passkey.objects.filter(user=user, id=passkey_id).delete()[0]:
        raise NotFound
    _removed(user, now)


@transaction.atomic
def factors_reset(*, user: User, now: datetime) -> None:
    """Take every second factor of somebody who lost theirs, end where they are signed in, and tell them."""
    Authenticator.objects.filter(user=user).delete()
    Passkey.objects.filter(user=user).delete()
    _factor_mark(user, now)
    sign_ins_end_others(user=user)
    account_news_add(user=user, what=News.FACTORS_RESET, now=now)


def factor_added(*, user: User, now: datetime) -> None:
    """Let signing in need a second factor from now on, and tell."""
    _factor_mark(user, now)
    account_news_add(user=user, what=News.FACTOR_ADDED, now=now)


def _removed(user: User, now: datetime) -> None:
    _factor_mark(user, now)
    account_news_add(user=user, what=News.FACTOR_REMOVED, now=now)


def _factor_mark(user: User, now: datetime) -> None:
    """Keep the account in step with its factors; recovery codes stand in for one and go with the last."""
    has_app = Authenticator.objects.filter(user=user, confirmed_at__isnull=False).exists()
    if has_app or Passkey.objects.filter(user=user).exists():
        user.second_factor_at = user.second_factor_at or now
    else:
        user.second_factor_at = None
        RecoveryCode.objects.filter(user=user).delete()
    user.save(update_fields=["second_factor_at"])

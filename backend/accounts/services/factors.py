"""Second factors that are typed: the codes of an app, and recovery codes."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import pyotp
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Authenticator, RecoveryCode, User
from backend.accounts.services.factor_rows import factor_added
from backend.accounts.services.news import News, account_news_add
from backend.common.errors import Conflict, DomainError, Invalid
from backend.common.identities import plain_of
from backend.common.sealing import sealed, unsealed
from backend.common.waits import Growth, TooSoon, tries_forget, try_count

ISSUER = "Allclear 报平安"
SEALED_FOR = "authenticator"
STEP_SECONDS = 30
STEPS_OFF = (0, -1, 1)
"""Half minutes by which a phone's clock may differ."""
CODE_LENGTH = 6
RECOVERY_CODES = 10
RECOVERY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
RECOVERY_LENGTH = 12
WRONG_CODES = Growth(
    kind="factor-codes",
    free=5,
    first=timedelta(seconds=15),
    longest=timedelta(hours=1),
    kept=timedelta(days=1),
)


class FactorWrong(DomainError):
    """The code or key is not one that counts now."""

    code = "second_factor_wrong"
    status = 401
    title = _("This code is not right, or it was used already. Wait for the next one and try again.")


class FactorNeeded(DomainError):
    """The account has a second factor, and nothing of it was sent."""

    code = "second_factor_required"
    status = 401
    title = _(
        "This account signs in with a second factor. Send a code of the app, or a recovery code, as `code`, or what "
        "a passkey answered, as `passkey`."
    )


class CodesWait(TooSoon):
    """Too many wrong codes."""

    code = "second_factor_locked"
    title = _("Too many wrong codes. Please wait %(wait)s and try again.")


class AuthenticatorExists(Conflict):
    """The account has an app already."""

    code = "authenticator_exists"
    title = _("You use an app already. Remove it first if you want to change to another one.")


def authenticator_begin(*, user: User) -> str:
    """Return the secret of an app that is being set up: the same until one of its codes has been typed."""
    row = Authenticator.objects.filter(user=user).first()
    if row is not None and row.confirmed_at is not None:
        raise AuthenticatorExists
    known = unsealed(row.secret, purpose=SEALED_FOR) if row is not None else None
    if known is not None:
        return known
    secret = pyotp.random_base32()
    stored = sealed(secret, purpose=SEALED_FOR)
    Authenticator.objects.update_or_create(user=user, defaults={"secret": stored, "last_step": 0})
    return secret


def authenticator_address(*, user: User, secret: str) -> str:
    """Return what the square code says that an app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=ISSUER)


@transaction.atomic
def authenticator_confirm(*, user: User, code: str, now: datetime) -> None:
    """Let the app count from now on; raise Invalid where its code is not right."""
    row = Authenticator.objects.select_for_update().filter(user=user, confirmed_at__isnull=True).first()
    if row is None or not _is_right(row, plain_of(code), now):
        raise Invalid(FactorWrong.title, pointer="/code")
    row.confirmed_at = now
    row.save()
    factor_added(user=user, now=now)


def factor_code_check(*, user: User, code: str, source: str, now: datetime) -> None:
    """Accept a code of the app or a recovery code, each once; raise FactorNeeded, FactorWrong or CodesWait."""
    typed = "".join(letter for letter in plain_of(code).lower() if letter.isalnum())
    if not typed:
        raise FactorNeeded(pointer="/code")
    who = f"{user.pk}\n{source}"
    try_count(growth=WRONG_CODES, who=who, now=now, refusal=CodesWait)
    if not (_app_accepts(user, typed, now) or _recovery_accepts(user, typed, now)):
        raise FactorWrong(pointer="/code")
    tries_forget(growth=WRONG_CODES, who=who)


@transaction.atomic
def recovery_codes_renew(*, user: User) -> Sequence[str]:
    """Return ten new recovery codes, shown this once; earlier ones count no more."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["".join(secrets.choice(RECOVERY_LETTERS) for _letter in range(RECOVERY_LENGTH)) for _code in range(10)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(code)) for code in codes)
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def recovery_codes_left(*, user: User) -> int:
    """Return how many of them have not been used."""
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()


@transaction.atomic
def _app_accepts(user: User, code: str, now: datetime) -> bool:
    row = Authenticator.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
    if row is None or not _is_right(row, code, now):
        return False
    row.save(update_fields=["last_step"])
    return True


@transaction.atomic
def _recovery_accepts(user: User, code: str, now: datetime) -> bool:
    unused = RecoveryCode.objects.filter(user=user, digest=_digest(code), used_at__isnull=True)
    if len(code) != RECOVERY_LENGTH or not unused.update(used_at=now):
        return False
    account_news_add(user=user, what=News.RECOVERY_USED, now=now)
    return True


def _is_right(row: Authenticator, code: str, now: datetime) -> bool:
    """Compare with the codes of now and half a minute around; the step it is of becomes the last one used."""
    secret = unsealed(row.secret, purpose=SEALED_FOR)
    if secret is None or len(code) != CODE_LENGTH:
        return False
    present = int(now.timestamp()) // STEP_SECONDS
    for step in (present + off for off in STEPS_OFF):
        if step > row.last_step and constant_time_compare(pyotp.TOTP(secret).at(step * STEP_SECONDS), code):
            row.last_step = step
            return True
    return False


def _digest(code: str) -> str:
    return salted_hmac("allclear.recovery", code, algorithm="sha256").hexdigest()

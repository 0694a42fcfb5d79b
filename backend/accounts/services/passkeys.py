"""Passkeys (WebAuthn): added by a ceremony in the browser, and asked for in another when somebody signs in."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Passkey, User
from backend.accounts.services.factor_rows import factor_added
from backend.accounts.services.factors import FactorWrong
from backend.common.errors import Conflict, Invalid
from backend.common.later import Later

if TYPE_CHECKING:
    import webauthn
else:
    webauthn = Later("webauthn")

MOST_PASSKEYS = 10
LONGEST_CREDENTIAL = 20_000
UNREADABLE = (ValueError, RecursionError)
"""Raised beside WebAuthn's own for what is no answer of a browser, also for JSON that is nothing but brackets."""
NAME = "Allclear 报平安"


class PasskeyWrong(Invalid):
    """The browser sent no passkey that can be used."""

    code = "passkey_wrong"
    title = _("The passkey could not be added. Please try again, or use an app instead.")


class TooManyPasskeys(Conflict):
    """The account has as many as anybody may have."""

    code = "too_many_passkeys"
    title = _("You have ten passkeys already. Please remove one that you do not need.")


@dataclass(frozen=True, slots=True)
class Ceremony:
    """A question to the browser, as JSON, and the challenge its answer has to be about."""

    options: str
    challenge: str


def passkeys_possible() -> bool:
    """Say whether browsers keep passkeys for the address people use: it needs a name and https, or localhost."""
    parts = urlsplit(settings.PUBLIC_URL)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return parts.scheme == "https" or host == "localhost"
    return False


def passkey_begin(*, user: User) -> Ceremony:
    """Return how to make a passkey; one that is there already is not made again."""
    options = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=NAME,
        user_id=str(user.pk).encode(),
        user_name=user.username,
        exclude_credentials=_descriptors(user),
        authenticator_selection=webauthn.helpers.structs.AuthenticatorSelectionCriteria(
            resident_key=webauthn.helpers.structs.ResidentKeyRequirement.DISCOURAGED,
            user_verification=webauthn.helpers.structs.UserVerificationRequirement.PREFERRED,
        ),
    )
    return Ceremony(webauthn.options_to_json(options), webauthn.helpers.bytes_to_base64url(options.challenge))


@transaction.atomic
def passkey_add(*, user: User, credential: str, challenge: str, name: str, now: datetime) -> Passkey:
    """Keep a passkey that the browser made; raise PasskeyWrong or TooManyPasskeys."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.passkeys.count() >= MOST_PASSKEYS:
        raise TooManyPasskeys
    try:
        made = webauthn.verify_registration_response(
            credential=credential[:LONGEST_CREDENTIAL],
            expected_challenge=webauthn.base64url_to_bytes(challenge),
            expected_rp_id=_host(),
            expected_origin=settings.PUBLIC_URL,
        )
        with transaction.atomic():
            passkey = Passkey.objects.create(
                user=user,
                credential_id=webauthn.helpers.bytes_to_base64url(made.credential_id),
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
                name=name,
                added_at=now,
            )
    except (webauthn.helpers.exceptions.WebAuthnException, *UNREADABLE, IntegrityError) as error:
        raise PasskeyWrong from error
    factor_added(user=user, now=now)
    return passkey


def passkey_ask(*, user: User) -> Ceremony:
    """Return how to ask for a passkey of the account."""
    options = webauthn.generate_authentication_options(rp_id=_host(), allow_credentials=_descriptors(user))
    return Ceremony(webauthn.options_to_json(options), webauthn.helpers.bytes_to_base64url(options.challenge))


@transaction.atomic
def passkey_check(*, user: User, credential: str, challenge: str, now: datetime) -> None:
    """Accept what a passkey of the account signed about this challenge; raise FactorWrong."""
    try:
        sent = webauthn.helpers.parse_authentication_credential_json(credential[:LONGEST_CREDENTIAL])
        passkey = Passkey.objects.select_for_update().get(user=user, credential_id=sent.id)
        signed = webauthn.verify_authentication_response(
            credential=sent,
            expected_challenge=webauthn.base64url_to_bytes(challenge),
            expected_rp_id=_host(),
            expected_origin=settings.PUBLIC_URL,
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
        )
    except (webauthn.helpers.exceptions.WebAuthnException, *UNREADABLE, Passkey.DoesNotExist) as error:
        raise FactorWrong from error
    passkey.sign_count, passkey.last_used_at = signed.new_sign_count, now
    passkey.save(update_fields=["sign_count", "last_used_at"])


def _descriptors(user: User) -> "list[webauthn.helpers.structs.PublicKeyCredentialDescriptor]":
    known = user.passkeys.order_by("added_at").values_list("credential_id", flat=True)
    descriptor = webauthn.helpers.structs.PublicKeyCredentialDescriptor
    return [descriptor(id=webauthn.base64url_to_bytes(credential)) for credential in known]


def _host() -> str:
    return urlsplit(settings.PUBLIC_URL).hostname or ""

"""Writes on the systems at which people of a school sign in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from backend.common.errors import NotFound
from backend.common.sealing import sealed
from backend.identity.addresses import address_is_good
from backend.identity.errors import (
    ClaimMissing,
    ClientMissing,
    ProviderAddressRefused,
    ProviderCodeTaken,
    ProviderExists,
    ProviderUntried,
    TooManyProviders,
)
from backend.identity.models import IdentityProvider
from backend.identity.oidc import SEALED_FOR
from backend.identity.selectors import providers_of
from backend.identity.services.saml import metadata_checked, saml_side
from backend.organisation.actors import Actor
from backend.organisation.models import Power, School
from backend.organisation.permissions import NotAdministrator, Permission
from backend.organisation.services.powers import employer_tell

MOST_PROVIDERS = 5


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """The settings of a provider that can change; a secret of None is left as it is."""

    code: str
    name: str
    client_id: str
    client_secret: str | None
    metadata: str
    staff_number_claim: str
    links_by_staff_number: bool
    counts_as_factor: bool


@transaction.atomic
def provider_make(*, actor: Actor, kind: str, issuer: str, draft: ProviderSettings, now: datetime) -> IdentityProvider:
    """Set a provider up; it is off until it was tried. Raises what its errors say of each field.

    A bureau has none: its administrator gets NotAdministrator.
    """
    actor.require(Permission.PROVIDERS_MANAGE)
    if actor.school_id is None:
        raise NotAdministrator
    _address_check(kind, issuer)
    side = saml_side(kind=kind, issuer=issuer, metadata=draft.metadata, now=now)
    school = School.objects.select_for_update(no_key=True).get(id=actor.school_id)
    known = providers_of(actor=actor)
    if known.filter(issuer=issuer).exists():
        raise ProviderExists(pointer="/issuer")
    if known.count() >= MOST_PROVIDERS:
        raise TooManyProviders
    provider = IdentityProvider(
        school=school, kind=kind, issuer=issuer, made_by_id=actor.person_id, made_at=now, **_stored(kind, draft)
    )
    _saved(provider)
    if side is not None:
        side.provider = provider
        side.save(force_insert=True)
    return provider


@transaction.atomic
def provider_change(*, actor: Actor, provider_id: UUID, draft: ProviderSettings, now: datetime) -> IdentityProvider:
    """Change the settings of a provider; it is off from then on, until it was tried with them."""
    provider = _locked(actor, provider_id)
    was_on, provider.is_on, provider.tried_at = provider.is_on, False, None
    for name, value in _stored(provider.kind, draft).items():
        setattr(provider, name, value)
    if provider.kind == IdentityProvider.Kind.SAML:
        provider.saml.metadata = metadata_checked(metadata=draft.metadata, issuer=provider.issuer, now=now)
        provider.saml.save(update_fields=["metadata"])
    _saved(provider)
    if was_on:
        _tell(Power.PROVIDER_OFF, actor, provider, now)
    return provider


@transaction.atomic
def provider_switch(*, actor: Actor, provider_id: UUID, is_on: bool, now: datetime) -> IdentityProvider:
    """Let people sign in there, or not any more; raise ProviderUntried for one that never worked as it is set."""
    provider = _locked(actor, provider_id)
    if is_on and provider.tried_at is None:
        raise ProviderUntried
    if provider.is_on != is_on:
        provider.is_on = is_on
        provider.save(update_fields=["is_on"])
        _tell(Power.PROVIDER if is_on else Power.PROVIDER_OFF, actor, provider, now)
    return provider


@transaction.atomic
def provider_tried(*, actor: Actor, provider_id: UUID, now: datetime) -> None:
    """Note that somebody signed in there by way of trial."""
    provider = _locked(actor, provider_id)
    provider.tried_at = now
    provider.save(update_fields=["tried_at"])


def _stored(kind: str, draft: ProviderSettings) -> dict[str, object]:
    """Return what is kept of a draft; only one of OpenID Connect has a client, whatever is said."""
    if draft.links_by_staff_number and not draft.staff_number_claim:
        raise ClaimMissing(pointer="/staff_number_claim")
    has_client = kind == IdentityProvider.Kind.OIDC
    if has_client and not draft.client_id:
        raise ClientMissing(pointer="/client_id")
    secret = draft.client_secret if has_client else None
    hidden = {} if secret is None else {"client_secret": sealed(secret, purpose=SEALED_FOR) if secret else ""}
    return {
        "code": draft.code,
        "name": draft.name,
        "client_id": draft.client_id if has_client else "",
        "staff_number_claim": draft.staff_number_claim,
        "links_by_staff_number": draft.links_by_staff_number,
        "counts_as_factor": draft.counts_as_factor,
        **hidden,
    }


def _address_check(kind: str, issuer: str) -> None:
    """Raise ProviderAddressRefused for what cannot be asked; by SAML it is a name, and its metadata tell addresses."""
    if kind == IdentityProvider.Kind.SAML:
        is_good = bool(issuer) and all(sign.isprintable() and not sign.isspace() for sign in issuer)
    else:
        is_good = address_is_good(address=issuer, allowed_hosts=settings.INTRANET_HOOK_HOSTS)
    if not is_good:
        raise ProviderAddressRefused(pointer="/issuer")


def _saved(provider: IdentityProvider) -> IdentityProvider:
    try:
        with transaction.atomic():
            provider.save()
    except IntegrityError as error:
        raise ProviderCodeTaken(pointer="/code") from error
    return provider


def _locked(actor: Actor, provider_id: UUID) -> IdentityProvider:
    provider = providers_of(actor=actor).select_for_update(of=("self",)).filter(id=provider_id).first()
    if provider is None:
        raise NotFound
    actor.require(Permission.PROVIDERS_MANAGE)
    return provider


def _tell(kind: Power, actor: Actor, provider: IdentityProvider, now: datetime) -> None:
    employer_tell(kind=kind, school_id=provider.school_id, bureau_id=None, by=actor, whom=provider.name, now=now)

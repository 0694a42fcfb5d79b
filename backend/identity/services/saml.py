"""Both sides of a sign-in by SAML, as they are kept."""

from datetime import datetime

from django.conf import settings

from backend.identity.addresses import address_is_good
from backend.identity.errors import ProviderMetadataRefused
from backend.identity.models import IdentityProvider, SamlSide
from backend.identity.saml.keys import key_made
from backend.identity.saml.metadata import NotDescribed, is_address, metadata_read


def saml_side(*, kind: str, issuer: str, metadata: str, now: datetime) -> SamlSide | None:
    """Return what is to be kept beside a provider, with a new key of ours; None where it is none of SAML."""
    if kind != IdentityProvider.Kind.SAML:
        return None
    checked = metadata_checked(metadata=metadata, issuer=issuer, now=now)
    key, certificate = key_made(now=now)
    return SamlSide(metadata=checked, key=key, certificate=certificate)


def metadata_checked(*, metadata: str, issuer: str, now: datetime) -> str:
    """Return what was entered as metadata; raise ProviderMetadataRefused.

    An address is asked once somebody tries it, since nobody waits for another system in a transaction.
    """
    entered = metadata.strip()
    if is_address(entered):
        is_good = address_is_good(address=entered.partition("?")[0], allowed_hosts=settings.INTRANET_HOOK_HOSTS)
        if not is_good or any(sign.isspace() or not sign.isprintable() for sign in entered):
            raise ProviderMetadataRefused(pointer="/metadata")
        return entered
    try:
        metadata_read(text=entered, issuer=issuer, now=now)
    except NotDescribed as error:
        raise ProviderMetadataRefused(pointer="/metadata") from error
    return entered

"""Metadata: the addresses and keys of the other side as it describes itself, and the description of ours."""

from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings

from backend.common.clock import database_now
from backend.common.later import Later
from backend.common.outgoing import NotTaken
from backend.identity.addresses import address_is_good
from backend.identity.errors import ProviderAway
from backend.identity.keeping import Kept, asking
from backend.identity.models import IdentityProvider
from backend.identity.plain_xml import Unreadable, document_read
from backend.identity.saml.names import METADATA, PERSISTENT, POST, REDIRECT, SIGNATURE, side_address
from backend.identity.saml.signatures import key_is_strong

if TYPE_CHECKING:
    from backend.common import posting
else:
    posting = Later("backend.common.posting")

LONGEST_METADATA = 256 * 1024
MOST_KEYS = 6
SAML_2 = "urn:oasis:names:tc:SAML:2.0:protocol"
YES = frozenset({"true", "1"})


class NotDescribed(ValueError):
    """The text is no metadata of that provider of identities, or lacks an address or a key that can be used."""


@dataclass(frozen=True, slots=True)
class Described:
    """The other side: where one signs in and out, where answers about logout go, and the keys it signs with."""

    sign_on: str
    logout_answers: str
    certificates: tuple[bytes, ...]
    wants_signed: bool


DESCRIBED: Kept[Described] = Kept(seconds=3600, most=200)
ASKED_ANEW: Kept[bool] = Kept(seconds=60, most=200)
"""Providers whose metadata was asked for anew just now: no forged answer has it asked for again and again."""


def is_address(metadata: str) -> bool:
    """Say whether what was entered is the address of metadata, and not the metadata itself."""
    return not metadata.lstrip().startswith("<")


def described(*, provider: IdentityProvider, is_anew: bool = False) -> Described:
    """Return the other side as it describes itself, asked for at most once an hour; raise ProviderAway."""
    kept = f"{provider.id} {provider.saml.metadata}"
    known = None if is_anew else DESCRIBED.get(kept)
    if known is not None:
        return known
    text: str | bytes = provider.saml.metadata
    try:
        if is_address(provider.saml.metadata):
            with asking(provider.saml.metadata):
                text = posting.fetch(address=provider.saml.metadata, longest=LONGEST_METADATA)
        return DESCRIBED.put(kept, metadata_read(text=text, issuer=provider.issuer, now=database_now()))
    except (NotTaken, NotDescribed) as error:
        raise ProviderAway from error


def described_again(*, provider: IdentityProvider) -> Described | None:
    """Return the other side asked for anew, once a minute, since its keys may have changed; None for not now."""
    name = str(provider.id)
    if not is_address(provider.saml.metadata) or ASKED_ANEW.get(name):
        return None
    ASKED_ANEW.put(name, True)
    return described(provider=provider, is_anew=True)


def metadata_read(*, text: str | bytes, issuer: str, now: datetime) -> Described:
    """Return what metadata says of a provider; raise NotDescribed."""
    try:
        root = document_read(text)
    except Unreadable as error:
        raise NotDescribed from error
    entities = [each for each in root.iter(f"{METADATA}EntityDescriptor") if each.get("entityID") == issuer]
    if len(entities) != 1 or any(_is_over(each, now) for each in (root, entities[0])):
        raise NotDescribed
    roles = entities[0].findall(f"{METADATA}IDPSSODescriptor")
    roles = [role for role in roles if SAML_2 in role.get("protocolSupportEnumeration", "").split()]
    if len(roles) != 1:
        raise NotDescribed
    return _role_read(roles[0])


def _role_read(role: Element) -> Described:
    certificates = tuple(dict.fromkeys(_certificates(role)))
    answers = [
        each.get("ResponseLocation") or each.get("Location") or ""
        for each in role.findall(f"{METADATA}SingleLogoutService")
        if each.get("Binding") == REDIRECT
    ]
    sign_on = [
        each.get("Location") or ""
        for each in role.findall(f"{METADATA}SingleSignOnService")
        if each.get("Binding") == REDIRECT
    ]
    if not 0 < len(certificates) <= MOST_KEYS or not sign_on:
        raise NotDescribed
    for address in (sign_on[0], *answers[:1]):
        if not address_is_good(address=address.partition("?")[0], allowed_hosts=settings.INTRANET_HOOK_HOSTS):
            raise NotDescribed
    wants_signed = role.get("WantAuthnRequestsSigned", "") in YES
    return Described(sign_on[0], answers[0] if answers else "", certificates, wants_signed)


def _certificates(role: Element) -> list[bytes]:
    found = []
    for key in role.findall(f"{METADATA}KeyDescriptor"):
        if key.get("use", "signing") == "signing":
            for each in key.iter(f"{SIGNATURE}X509Certificate"):
                try:
                    found.append(b64decode("".join((each.text or "").split()), validate=True))
                except ValueError as error:
                    raise NotDescribed from error
    return [each for each in found if key_is_strong(each)]


def _is_over(element: Element, now: datetime) -> bool:
    until = element.get("validUntil")
    if until is None:
        return False
    try:
        return datetime.fromisoformat(until) <= now
    except (ValueError, TypeError):
        return True


def own_metadata(*, provider: IdentityProvider) -> str:
    """Return the description of our side for a provider."""
    name, back, ended = (
        quoteattr(side_address(provider=provider, which=which)) for which in ("metadata", "back", "ended")
    )
    logout = "".join(f'<md:SingleLogoutService Binding="{each}" Location={ended}/>' for each in (REDIRECT, POST))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<md:EntityDescriptor xmlns:md="{METADATA[1:-1]}" xmlns:ds="{SIGNATURE[1:-1]}" entityID={name}>'
        f'<md:SPSSODescriptor WantAssertionsSigned="true" protocolSupportEnumeration="{SAML_2}">'
        '<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>'
        f"{escape(provider.saml.certificate)}"
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        f"{logout}<md:NameIDFormat>{PERSISTENT}</md:NameIDFormat>"
        f'<md:AssertionConsumerService Binding="{POST}" Location={back} index="0" isDefault="true"/>'
        "</md:SPSSODescriptor></md:EntityDescriptor>\n"
    )

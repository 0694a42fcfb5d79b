"""Signatures of SAML: nothing is taken but what a known key signed, and as it was signed.

The whole document is looked at first: one signature at most in each of two places, each over the very element that it
stands in, and no two elements of one name. What is read afterwards is read from the bytes that were signed.
"""

import re
from base64 import b64decode
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus
from xml.etree.ElementTree import Element

from backend.common.later import Later
from backend.identity.plain_xml import Unreadable, document_read
from backend.identity.saml.names import ASSERTION, SIGNATURE

if TYPE_CHECKING:
    from cryptography import exceptions, x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from lxml import etree
    from signxml import algorithms, verifier
    from signxml import exceptions as signxml_exceptions
else:
    algorithms, verifier = Later("signxml.algorithms"), Later("signxml.verifier")
    etree = Later("lxml.etree")
    signxml_exceptions = Later("signxml.exceptions")
    exceptions, x509 = Later("cryptography.exceptions"), Later("cryptography.x509")
    hashes = Later("cryptography.hazmat.primitives.hashes")
    ec, padding, rsa = (Later(f"cryptography.hazmat.primitives.asymmetric.{name}") for name in ("ec", "padding", "rsa"))

METHODS = ("RSA_SHA256", "RSA_SHA384", "RSA_SHA512", "ECDSA_SHA256", "ECDSA_SHA384", "ECDSA_SHA512")
DIGESTS = ("SHA256", "SHA384", "SHA512")
DETACHED = {
    f"http://www.w3.org/2001/04/xmldsig-more#{kind}-sha{size}": (kind, f"SHA{size}")
    for kind in ("rsa", "ecdsa")
    for size in (256, 384, 512)
}
PARTS = [f"{SIGNATURE}{name}" for name in ("SignedInfo", "SignatureValue", "KeyInfo")]
NAMES = ("ID", "Id", "id")
DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)""")
LEAST_RSA = 2048


class Forged(ValueError):
    """A message is not signed as it has to be, by a key of the other side."""


def message_read(body: bytes) -> Element:
    """Return the root of a message as it came, for a first look; raise Forged for what two readers may read apart."""
    declared = DECLARED.match(body)
    try:
        body.decode()
        root = document_read(body, is_bare=True)
    except (Unreadable, UnicodeDecodeError) as error:
        raise Forged from error
    if declared is not None and declared[1].lower() != b"utf-8":
        raise Forged
    names = [element.get(name) for element in root.iter() for name in NAMES if element.get(name) is not None]
    if len(names) != len(set(names)):
        raise Forged
    return root


def signed_message(*, body: bytes, certificates: Sequence[bytes]) -> Element:
    """Return a message that is signed as a whole, as it was signed; raise Forged."""
    root = message_read(body)
    _only_here(root, [root])
    return _as_signed(body, root, "./", certificates)


def signed_assertion(*, body: bytes, certificates: Sequence[bytes]) -> Element:
    """Return the one assertion of an answer, as it was signed, by itself or within the answer; raise Forged."""
    root = message_read(body)
    found = list(root.iter(f"{ASSERTION}Assertion"))
    if len(found) != 1 or found[0] not in list(root):
        raise Forged
    assertion = found[0]
    _only_here(root, [root, assertion])
    taken = None
    if root.find(f"{SIGNATURE}Signature") is not None:
        taken = _as_signed(body, root, "./", certificates).find(f"{ASSERTION}Assertion")
    if assertion.find(f"{SIGNATURE}Signature") is not None:
        taken = _as_signed(body, assertion, f"./{ASSERTION}Assertion/", certificates)
    if taken is None or taken.tag != f"{ASSERTION}Assertion":
        raise Forged
    return taken


def signed_query(*, query: str, name: str, certificates: Sequence[bytes]) -> str:
    """Return a message in an address whose very letters are signed, as they stand there; raise Forged."""
    given: dict[str, str] = {}
    for part in query.split("&"):
        key, _equals, value = part.partition("=")
        if key in given:
            raise Forged
        given[key] = value
    text = "&".join(f"{key}={given[key]}" for key in (name, "RelayState", "SigAlg") if key in given)
    kind, size = DETACHED.get(unquote_plus(given.get("SigAlg", "")), ("", ""))
    try:
        signature = b64decode(unquote_plus(given.get("Signature", "")), validate=True)
    except ValueError as error:
        raise Forged from error
    if not kind or not any(_verifies(each, kind, size, signature, text.encode()) for each in certificates):
        raise Forged
    return unquote_plus(given.get(name, ""))


def key_is_strong(certificate: bytes) -> bool:
    """Say whether a certificate holds a key that counts: of RSA with 2048 bits, or of a curve."""
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
    except (ValueError, exceptions.UnsupportedAlgorithm):
        return False
    return (
        key.key_size >= LEAST_RSA if isinstance(key, rsa.RSAPublicKey) else isinstance(key, ec.EllipticCurvePublicKey)
    )


def _only_here(root: Element, places: Sequence[Element]) -> None:
    """Raise Forged unless each signature stands in one of these places, alone there, and is about that place."""
    expected = [found for place in places for found in place.findall(f"{SIGNATURE}Signature")]
    owners = [place for place in places if place.find(f"{SIGNATURE}Signature") is not None]
    if not owners or len(expected) != len(owners) or len(list(root.iter(f"{SIGNATURE}Signature"))) != len(expected):
        raise Forged
    for owner, signature in zip(owners, expected, strict=True):
        references = list(signature.iter(f"{SIGNATURE}Reference"))
        is_about_it = len(references) == 1 and references[0].get("URI") == f"#{owner.get('ID', '')}"
        if not owner.get("ID") or not is_about_it or any(part.tag not in PARTS for part in signature):
            raise Forged


def _as_signed(body: bytes, element: Element, place: str, certificates: Sequence[bytes]) -> Element:
    for certificate in certificates:
        signed = _signed_by(body, place, certificate)
        if signed is not None:
            try:
                taken = document_read(signed, is_bare=True)
            except Unreadable as error:
                raise Forged from error
            if taken.tag == element.tag and taken.get("ID") == element.get("ID"):
                return taken
    raise Forged


def _signed_by(body: bytes, place: str, certificate: bytes) -> bytes | None:
    """Return the bytes that a key signed at a place; None where it did not.

    Metadata says which keys count, not the dates in them: many sign for years with a certificate that ran out.
    """
    known = x509.load_der_x509_certificate(certificate)
    expected = verifier.SignatureConfiguration(
        location=place,
        expect_references=1,
        signature_methods=frozenset(algorithms.SignatureMethod[name] for name in METHODS),
        digest_algorithms=frozenset(algorithms.DigestAlgorithm[name] for name in DIGESTS),
        ignore_ambiguous_key_info=True,
        verification_time=known.not_valid_before_utc,
    )
    try:
        found: Any = verifier.XMLVerifier().verify(body, x509_cert=known, expect_config=expected)
    except (signxml_exceptions.SignXMLException, exceptions.InvalidSignature, etree.LxmlError, *UNREADABLE):
        return None
    return bytes(found.signed_data)


UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)


def _verifies(certificate: bytes, kind: str, size: str, signature: bytes, text: bytes) -> bool:
    key, made = x509.load_der_x509_certificate(certificate).public_key(), getattr(hashes, size)()
    try:
        if kind == "rsa" and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, text, padding.PKCS1v15(), made)
        elif kind == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, text, ec.ECDSA(made))
        else:
            return False
    except exceptions.InvalidSignature:
        return False
    return True

"""The key with which our side signs what it sends to one provider, and messages in addresses signed with it."""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from backend.common.later import Later
from backend.common.sealing import sealed, unsealed
from backend.identity.errors import ProviderAway

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.x509 import oid
else:
    x509, oid = Later("cryptography.x509"), Later("cryptography.x509.oid")
    hashes = Later("cryptography.hazmat.primitives.hashes")
    serialization = Later("cryptography.hazmat.primitives.serialization")
    padding, rsa = (Later(f"cryptography.hazmat.primitives.asymmetric.{name}") for name in ("padding", "rsa"))

SEALED_FOR = "saml-key"
GOOD_FOR = timedelta(days=20 * 365)
"""Other sides look at it once, when it is entered there; a date that runs out would end sign-ins one morning."""
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
LONGEST_INFLATED = 64 * 1024


def key_made(*, now: datetime) -> tuple[str, str]:
    """Return a new key, sealed, and its certificate in the letters in which metadata holds one."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(oid.NameOID.COMMON_NAME, "Allclear")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + GOOD_FOR)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    kept = key.private_bytes(serialization.Encoding.PEM, *plain).decode()
    shown = b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
    return sealed(kept, purpose=SEALED_FOR), shown


def packed(message: str) -> str:
    """Return a message as it stands in an address."""
    deflate = zlib.compressobj(wbits=-15)
    return b64encode(deflate.compress(message.encode()) + deflate.flush()).decode()


def unpacked(text: str) -> bytes:
    """Return a message out of an address, as far as a bound; raise ValueError."""
    inflate = zlib.decompressobj(wbits=-15)
    try:
        message = inflate.decompress(b64decode(text, validate=True), LONGEST_INFLATED)
    except zlib.error as error:
        raise ValueError from error
    if not inflate.eof:
        raise ValueError
    return message


def query_signed(*, query: Mapping[str, str], key: str) -> str:
    """Return a query with its signature; raise ProviderAway where the key was sealed under another secret."""
    stored = unsealed(key, purpose=SEALED_FOR)
    if stored is None:
        raise ProviderAway
    text = urlencode({**query, "SigAlg": RSA_SHA256})
    own = serialization.load_pem_private_key(stored.encode(), None)
    if not isinstance(own, rsa.RSAPrivateKey):
        raise ProviderAway
    signature = own.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{text}&{urlencode({'Signature': b64encode(signature).decode()})}"

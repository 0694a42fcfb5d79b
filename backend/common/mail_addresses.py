"""The one form of an e-mail address, in which it is stored, compared and written to. Pure."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from backend.common.identities import identity_of, plain_of
from backend.common.later import Later

if TYPE_CHECKING:
    import idna
else:
    idna = Later("idna")

LONGEST_ADDRESS = 254


def mail_address_of(text: str) -> str:
    """Return an address with its domain as the domain name system knows it; what is no domain stays as it was typed.

    `name@例子.cn` and `name@xn--fsqu00a.cn` are one mailbox, and the second is where the mail goes.
    """
    plain = plain_of(text)
    name, at, domain = plain.rpartition("@")
    if not at or domain.isascii():
        return plain
    try:
        return f"{name}@{idna.encode(domain, uts46=True).decode()}"
    except UnicodeError:  # idna's own errors are of this kind
        return plain


def mail_address_shown(text: str) -> str:
    """Return an address as people write it: `name@例子.cn`; one that would not be read back the same stays as it is."""
    name, at, domain = text.rpartition("@")
    if "xn--" not in domain:
        return text
    try:
        shown = f"{name}{at}{idna.decode(domain)}"
    except UnicodeError:
        return text
    return shown if mail_address_of(shown) == text else text


def mail_identity_of(text: str) -> str:
    """Return the form in which two spellings of one address are the same; it is compared, never shown."""
    return identity_of(mail_address_of(text))


def is_mail_address(text: str) -> bool:
    """Say whether a text is an address in the form in which one is stored."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return text.isascii() and len(text) <= LONGEST_ADDRESS

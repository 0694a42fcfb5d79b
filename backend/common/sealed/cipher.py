"""One text as it stands encrypted in the database: whose it is, by which of its keys, and the cipher.

The cipher is bound to the matter, the column and the row: moved elsewhere, it does not open.
"""

import binascii
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from backend.common.later import Later
from backend.common.sealed.folder import unreadable
from backend.common.sealed.keys import NONCE_BYTES, key_newest, key_read, keys_remove

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives.ciphers import aead
else:
    aead = Later("cryptography.hazmat.primitives.ciphers.aead")
    exceptions = Later("cryptography.exceptions")

PREFIX = "sealed1."
SHAPE = re.compile(r"sealed1\.([0-9a-f]{32})\.([0-9]{1,6})\.([A-Za-z0-9_-]+={0,2})")
_touched: ContextVar[set[UUID] | None] = ContextVar("sealed_matters", default=None)


def is_sealed(text: object) -> bool:
    """Say whether a text looks like one that is sealed."""
    return isinstance(text, str) and text.startswith(PREFIX)


def seal(text: str, *, matter: UUID, label: str) -> str:
    """Return a text of a matter as it is stored; `label` names its column and row."""
    number, key = key_newest(matter)
    _touch(matter)
    return f"{PREFIX}{matter.hex}.{number}.{cipher_under(key, text, label=_bound(matter, label))}"


def unseal(stored: str, *, label: str) -> str:
    """Return a text in clear, empty where its key was destroyed; what was never sealed, or moved, as it is stored."""
    shape = SHAPE.fullmatch(stored)
    if shape is None:
        return stored
    matter = UUID(hex=shape[1])
    _touch(matter)
    key = key_read(matter, int(shape[2]))
    if key is None:
        return ""
    try:
        return cipher_opened(key, shape[3], label=_bound(matter, label))
    except (exceptions.InvalidTag, binascii.Error, ValueError):
        return stored


def sealing_tried() -> None:
    """Seal a word of a matter that never was and open it; nothing of it stays. Raise ContentsLocked where it fails."""
    matter, word = uuid4(), "word"
    try:
        if unseal(seal(word, matter=matter, label=word), label=word) != word:
            raise unreadable("a word that was sealed does not open")
    finally:
        keys_remove(matter)


def cipher_under(key: bytes, text: str, *, label: str) -> str:
    """Return a text encrypted under a key, bound to a label."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return urlsafe_b64encode(nonce + aead.AESGCM(key).encrypt(nonce, text.encode(), label.encode())).decode()


def cipher_opened(key: bytes, cipher: str, *, label: str) -> str:
    """Return the text of a cipher; raise InvalidTag or ValueError where it is not of this key and label."""
    raw = urlsafe_b64decode(cipher)
    return aead.AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], label.encode()).decode()


@contextmanager
def matters_touched() -> Iterator[set[UUID]]:
    """Gather the matters of which something is sealed or opened meanwhile."""
    touched: set[UUID] = set()
    token = _touched.set(touched)
    try:
        yield touched
    finally:
        _touched.reset(token)


def _touch(matter: UUID) -> None:
    touched = _touched.get()
    if touched is not None:
        touched.add(matter)


def _bound(matter: UUID, label: str) -> str:
    return f"allclear/{matter.hex}/{label}"

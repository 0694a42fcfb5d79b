"""Remembered answers that tell of confidential matters: stored sealed, so that the keys of all of them open them."""

import hashlib
import secrets
from collections.abc import Iterable
from uuid import UUID

from backend.common.sealed.cipher import cipher_opened, cipher_under, is_sealed, seal, unseal
from backend.common.sealed.keys import KEY_BYTES

LABEL = "answer"


def answer_sealed(body: str, *, matters: Iterable[UUID]) -> str:
    """Return the body of an answer as it is stored: it opens only while the keys of all its matters are there.

    It is encrypted once, whatever their number, by a key of which each of them seals a share.
    """
    every = sorted(matters) if body else []
    if not every:
        return body
    shares = {matter: secrets.token_bytes(KEY_BYTES) for matter in every}
    closed = (seal(share.hex(), matter=matter, label=LABEL) for matter, share in shares.items())
    return " ".join((*closed, cipher_under(_key(shares.values()), body, label=LABEL)))


def answer_opened(stored: str) -> str:
    """Return the body of an answer; empty where one of the keys was destroyed."""
    if not is_sealed(stored):
        return stored
    *closed, cipher = stored.split(" ")
    shares = [unseal(share, label=LABEL) for share in closed]
    if not shares or any(not share or is_sealed(share) for share in shares):
        return ""
    return cipher_opened(_key(map(bytes.fromhex, shares)), cipher, label=LABEL)


def _key(shares: Iterable[bytes]) -> bytes:
    return hashlib.sha256(b"".join(shares)).digest()

"""Tracking codes: sixteen digits that follow from the client's key, and the slow hash under which they are found."""

import re
import unicodedata
import uuid

from argon2.low_level import Type, hash_secret_raw
from django.utils.crypto import salted_hmac

from backend.accounts.hashing import OF_CODES, HashingBusy
from backend.anonymous.errors import CodesBusy, CodeUnreadable, KeyGuessable
from backend.common.idempotency import IdempotencyKeyMissing

DIGITS, GROUP = 16, 4
LONGEST_TYPED = 60
KEY = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}\Z", re.IGNORECASE)
"""A random UUID: 122 bits that nobody guesses, and with them nobody the code."""
ROUNDS, KIBIBYTES = 2, 19 * 1024


def key_checked(key: str) -> str:
    """Return the client's key in one spelling; raise KeyGuessable for any but a random UUID."""
    if not key:
        raise IdempotencyKeyMissing
    if KEY.match(key) is None:
        raise KeyGuessable
    return str(uuid.UUID(key))


def code_made(*, school: str, key: str) -> str:
    """Return the tracking code that follows from a checked key: the same again whenever the request is repeated."""
    digest = _keyed("code", f"{school}:{key}")
    return f"{int.from_bytes(digest) % 10**DIGITS:0{DIGITS}d}"


def code_shown(code: str) -> str:
    """Return a code as it is written: in groups of four, like a telephone number."""
    return " ".join(code[start : start + GROUP] for start in range(0, DIGITS, GROUP))


def code_read(typed: str) -> str:
    """Return the digits of a code as somebody typed it: blanks, dashes and full-width digits are all the same."""
    plain = unicodedata.normalize("NFKC", typed[:LONGEST_TYPED])
    code = "".join(letter for letter in plain if unicodedata.category(letter) not in {"Zs", "Pd", "Cc", "Cf"})
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        raise CodeUnreadable
    return code


def code_digest(code: str) -> str:
    """Return the slow hash of a code, in a place of its own; raise CodesBusy where there is none.

    Its salt is made from the installation's key, so that one statement finds the row, whether there is one or not: a
    guess costs a whole hash, and a copy of the database alone cannot be tried at all.
    """
    try:
        with OF_CODES.place():
            return hash_secret_raw(
                secret=_keyed("secret", code),
                salt=_keyed("salt", ""),
                time_cost=ROUNDS,
                memory_cost=KIBIBYTES,
                parallelism=1,
                hash_len=32,
                type=Type.ID,
            ).hex()
    except HashingBusy as error:
        raise CodesBusy from error


def _keyed(purpose: str, value: str) -> bytes:
    return salted_hmac(f"allclear.anonymous.{purpose}", value, algorithm="sha256").digest()

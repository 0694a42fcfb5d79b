"""Remembered answers that tell of confidential matters: stored sealed, once for each matter they tell of."""

from collections.abc import Iterable
from uuid import UUID

from backend.common.sealed.cipher import is_sealed, seal, unseal

LABEL = "answer"


def answer_sealed(body: str, *, matters: Iterable[UUID]) -> str:
    """Return the body of an answer as it is stored: it opens only while the keys of all its matters are there."""
    for matter in sorted(matters) if body else ():
        body = seal(body, matter=matter, label=LABEL)
    return body


def answer_opened(stored: str) -> str:
    """Return the body of an answer; empty where one of the keys was destroyed."""
    while is_sealed(stored):
        opened = unseal(stored, label=LABEL)
        if opened == stored:
            return ""
        stored = opened
    return stored

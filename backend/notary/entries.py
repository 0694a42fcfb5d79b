"""The bytes whose hash is a leaf: what an event of a ticket has in the tree, and what covers the rest on record."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from backend.notary.models import Leaf

FORMAT = "allclear.ledger/v1"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def entry_of(*, kind: str, digest: bytes) -> bytes:
    """Return the entry of something on record, by a digest that covers it; nothing of it can be read there.

    An event's digest is its own hash, which covers its salted commitment and every event of its ticket before it.
    """
    return f"{FORMAT} {kind}\n".encode() + digest


def event_entry(event_hash: bytes) -> bytes:
    """Return the entry of an event of a ticket."""
    return entry_of(kind=Leaf.EVENT, digest=event_hash)


def covering_entry(kind: str, subject: UUID, number: int, version: int, digests: Sequence[bytes]) -> bytes:
    """Return the entry of what something said at some number, by the salted digests of its parts."""
    named = subject.bytes + number.to_bytes(8, "big") + version.to_bytes(2, "big")
    return entry_of(kind=kind, digest=hashlib.sha256(named + b"".join(digests)).digest())


def sweep_subject(up_to: datetime) -> UUID:
    """Return the subject of a leaf that says up to when deadlines were swept: the microseconds since 1970."""
    return UUID(int=(up_to - EPOCH) // timedelta(microseconds=1))


def sweep_instant(subject: UUID) -> datetime:
    """Return up to when deadlines were swept, as the subject of a leaf says."""
    return EPOCH + timedelta(microseconds=subject.int)


def sweep_entry(subject: UUID, fired: int) -> bytes:
    """Return the entry of a sweep, by the instant up to which nothing was left and how many rungs had fired."""
    return entry_of(kind=Leaf.SWEEP, digest=hashlib.sha256(subject.bytes + fired.to_bytes(8, "big")).digest())

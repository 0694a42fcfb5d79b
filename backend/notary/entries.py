"""The bytes whose hash is a leaf: what an event of a ticket has in the tree, and how a holder of its words finds it."""

from backend.notary.models import Leaf

FORMAT = "allclear.ledger/v1"


def entry_of(*, kind: str, digest: bytes) -> bytes:
    """Return the entry of something on record, by a digest that covers it; nothing of it can be read there.

    An event's digest is its own hash, which covers its salted commitment and every event of its ticket before it.
    """
    return f"{FORMAT} {kind}\n".encode() + digest


def event_entry(event_hash: bytes) -> bytes:
    """Return the entry of an event of a ticket."""
    return entry_of(kind=Leaf.Kind.EVENT, digest=event_hash)

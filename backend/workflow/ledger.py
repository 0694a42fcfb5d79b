"""The arithmetic of the ledger: commitments and the hash chain. Pure."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

SALT_BYTES = 16
GENESIS = b""
"""The hash before the first event of a ticket."""
FILED = "filed"
"""Under this name the first event says a salted digest of what was filed."""
ERASURE = "erased"
"""The kind of the event that says of which earlier ones the payload was erased."""


def canonical(value: Any) -> bytes:
    """Return the one byte string of a JSON value: sorted keys, no blanks, UTF-8."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def commitment_of(*, salt: bytes, body: dict[str, Any]) -> bytes:
    """Return the salted commitment (SHA-256) of a payload; without the salt it cannot be guessed."""
    return hashlib.sha256(salt + canonical(body)).digest()


@dataclass(frozen=True, slots=True)
class Link:
    """The fields that the hash of an event covers; `version` is its format's, 0 if recorded before formats had one."""

    ticket_id: UUID
    sequence: int
    kind: str
    version: int
    at: datetime
    actor_id: UUID | None
    commitment: bytes
    previous_hash: bytes

    def hash(self) -> bytes:
        """Return SHA-256 over the previous hash and every field of the event."""
        fields = {
            "ticket": str(self.ticket_id),
            "sequence": self.sequence,
            "kind": self.kind,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": str(self.actor_id) if self.actor_id else None,
            "commitment": self.commitment.hex(),
            **({"version": self.version} if self.version else {}),
        }
        return hashlib.sha256(self.previous_hash + canonical(fields)).digest()


@dataclass(frozen=True, slots=True)
class StoredLink:
    """An event as it is stored: what its hash covers, the hash, and its payload unless that was erased."""

    link: Link
    hash: bytes
    salt: bytes | None
    body: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Break:
    """The first place at which a chain does not hold."""

    sequence: int
    reason: str


def first_break(*, links: Sequence[StoredLink], count: int, head: bytes) -> Break | None:
    """Walk a ticket's chain in order up to its head (number of events, last hash); return where it first fails."""
    previous = GENESIS
    erased = _sequences_erased(links)
    reached = 0
    for stored in links:
        reached += 1
        reason = _broken(stored, reached, previous, erased)
        if reason:
            return Break(reached, reason)
        previous = stored.hash
    if reached != count:
        return Break(reached + 1, "the event is missing")
    return None if previous == head else Break(reached, "the ticket's head names another event")


def filed_break(*, links: Sequence[StoredLink], filed: Mapping[str, str]) -> Break | None:
    """Compare a ticket as it stands with the digest in its first event; an erased or an older one is no break."""
    first = links[0] if links else None
    if first is None or first.salt is None or first.body is None or FILED not in first.body:
        return None
    if commitment_of(salt=first.salt, body=dict(filed)).hex() == first.body[FILED]:
        return None
    return Break(first.link.sequence, "the ticket does not say what was filed")


def _sequences_erased(links: Sequence[StoredLink]) -> frozenset[int]:
    return frozenset(
        sequence
        for stored in links
        if stored.link.kind == ERASURE and stored.body is not None
        for sequence in stored.body["sequences"]
        if sequence < stored.link.sequence
    )


def _broken(stored: StoredLink, expected: int, previous: bytes, erased: Collection[int]) -> str | None:
    if stored.link.sequence != expected:
        return "the event is missing"
    if stored.link.previous_hash != previous or stored.link.hash() != stored.hash:
        return "the event was changed"
    if stored.salt is None or stored.body is None:
        return None if expected in erased else "what the event says was removed without an erasure"
    is_same = commitment_of(salt=stored.salt, body=stored.body) == stored.link.commitment
    return None if is_same else "what the event says was changed"

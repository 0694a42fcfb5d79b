"""The arithmetic of the ledger: commitments and the hash chain. Pure."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

SALT_BYTES = 16
GENESIS = b""
"""What stands before the first event of a ticket."""


def canonical(value: Any) -> bytes:
    """Return the one byte string of a JSON value: sorted keys, no blanks, UTF-8."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def commitment_of(*, salt: bytes, body: dict[str, Any]) -> bytes:
    """Return the salted commitment (SHA-256) of a payload; without the salt it cannot be guessed."""
    return hashlib.sha256(salt + canonical(body)).digest()


@dataclass(frozen=True, slots=True)
class Link:
    """What the hash of one event covers."""

    ticket_id: UUID
    sequence: int
    kind: str
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
        }
        return hashlib.sha256(self.previous_hash + canonical(fields)).digest()

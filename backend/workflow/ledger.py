"""The ledger: types of events, the hash chain that links them to a ticket, and storing any number of them at once."""

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.common.sql.statements import Write
from backend.workflow.models import FILED, FILED_FIELDS, Ticket, TicketEvent, TicketEventPayload


class Sensitivity(StrEnum):
    """The sensitivity of a field of an event; erasure and sight go by it."""

    PLAIN = "plain"
    """Codes, instants, numbers, offices and places."""
    PERSON = "person"
    """Ids of people."""
    FREE_TEXT = "free_text"
    """Words somebody wrote."""


SERVICE = "service"
"""Under this name an event says by which service account another program did it, and what that was called then."""
UNNAMED = "anonymous"
"""Under this name an event says that the reporter did it who gave no name, and not the system."""
OF_ANY: Mapping[str, Sensitivity] = dict.fromkeys(("provisional", "fallback", SERVICE, UNNAMED), Sensitivity.PLAIN)
"""Fields any event may carry: by what program or without which name it was done, and remarks on new deadlines.

Those rest on unpublished days, or fell back to calendar time.
"""


class UndeclaredField(Exception):
    """A program error: an event was to carry a field that its type does not declare."""


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of ledger event: its name, the version of its format (from 1), and its declared fields."""

    name: str
    fields: Mapping[str, Sensitivity]
    version: int = 1

    def check(self, body: Mapping[str, Any]) -> None:
        """Raise UndeclaredField where a body has a field that is not declared."""
        undeclared = sorted(body.keys() - self.fields.keys() - OF_ANY.keys())
        if undeclared:
            raise UndeclaredField(f"An event {self.name} does not declare {undeclared}.")

    @property
    def free_text(self) -> frozenset[str]:
        """The fields in which somebody's words stand."""
        return frozenset(name for name, sort in self.fields.items() if sort is Sensitivity.FREE_TEXT)

    def sensitivity(self, field: str) -> Sensitivity:
        """Return how sensitive a declared field is."""
        return self.fields.get(field) or OF_ANY[field]


SALT_BYTES = 16
GENESIS = b""
"""The hash before the first event of a ticket."""
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
    """An event as it is stored: what its hash covers, the hash, and its payload unless that was erased.

    Where the key of its words was destroyed, the salt is gone and of the payload there is what stood in clear.
    """

    link: Link
    hash: bytes
    salt: bytes | None
    body: dict[str, Any] | None

    @property
    def is_forgotten(self) -> bool:
        """Whether its payload stands there and the key that opens it was destroyed."""
        return self.salt is None and self.body is not None


@dataclass(frozen=True, slots=True)
class Break:
    """The first place at which a chain does not hold."""

    sequence: int
    reason: str


def first_break(*, links: Sequence[StoredLink], count: int, head: bytes, is_restored: bool = False) -> Break | None:
    """Walk a ticket's chain in order up to its head (number of events, last hash); return where it first fails.

    What was restored may be older than an erasure, which destroyed the key of what it says.
    """
    previous = GENESIS
    erased = _sequences_erased(links)
    if is_restored:
        erased |= {stored.link.sequence for stored in links if stored.is_forgotten}
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


def filed_of(*, ticket: Ticket, place_id: UUID | None) -> dict[str, str]:
    """Return what a ticket says that never changes, and the place it was filed for, each as text."""
    fields = {field.name: field.attname for field in ticket._meta.concrete_fields}  # noqa: SLF001 - Django's own way
    said = {name: getattr(ticket, fields[name]) for name in FILED_FIELDS}
    return {name: _text_of(value) for name, value in {**said, "place": place_id}.items()}


def _text_of(value: Any) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else str(value)


META: Any = TicketEventPayload._meta  # noqa: SLF001 - Django's documented way to a model's fields
SALT, BODY = META.get_field("salt"), META.get_field("body")
EVENT_COLUMNS = (
    *("id", "ticket_id", "sequence", "kind", "version", "at"),
    *("actor_id", "commitment", "previous_hash", "hash"),
)
EVENTS = f"""
INSERT INTO workflow_ticketevent ({", ".join(EVENT_COLUMNS)})
SELECT * FROM unnest(
    %s::uuid[], %s::uuid[], %s::integer[], %s::varchar[], %s::integer[], %s::timestamptz[], %s::uuid[],
    %s::bytea[], %s::bytea[], %s::bytea[]
)
"""  # noqa: S608 - names of our own
PAYLOADS = """
INSERT INTO workflow_ticketeventpayload (event_id, salt, body)
SELECT * FROM unnest(%s::uuid[], %s::bytea[], %s::jsonb[])
"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event and its payload, chained to the ticket but not stored yet."""

    event: TicketEvent
    payload: TicketEventPayload


def event_chain(
    *,
    ticket: Ticket,
    event: EventType,
    at: datetime,
    actor_id: UUID | None,
    body: dict[str, Any],
    filed: dict[str, str] | None = None,
) -> Recorded:
    """Chain an event to a locked (or new) ticket and move the ticket's head; the caller stores both.

    It says a digest of what was `filed`, salted as all of the event is, so that nobody can guess it. Raises
    UndeclaredField where the body has a field that the event's type does not declare.
    """
    salt = secrets.token_bytes(SALT_BYTES)
    if filed:
        body = {**body, FILED: commitment_of(salt=salt, body=filed).hex()}
    event.check(body)
    commitment = commitment_of(salt=salt, body=body)
    sequence = ticket.event_count + 1
    previous = bytes(ticket.event_hash)
    link = Link(ticket.id, sequence, event.name, event.version, at, actor_id, commitment, previous)
    row = TicketEvent(
        ticket=ticket,
        sequence=sequence,
        kind=event.name,
        version=event.version,
        at=at,
        actor_id=actor_id,
        commitment=commitment,
        previous_hash=previous,
        hash=link.hash(),
    )
    ticket.event_count = sequence
    ticket.event_hash = row.hash
    payload = TicketEventPayload(event=row, salt=salt, body=body)
    payload.free_text = event.free_text
    return Recorded(row, payload)


def events_writes(recorded: Sequence[Recorded]) -> list[Write]:
    """Return what stores chained events with their payloads, whatever their number."""
    events, payloads = [row.event for row in recorded], [row.payload for row in recorded]
    columns = [
        [event.id for event in events],
        [SALT.stored(payload) for payload in payloads],
        [json.dumps(BODY.stored(payload)) for payload in payloads],
    ]
    return [
        Write(EVENTS, [[getattr(event, name) for event in events] for name in EVENT_COLUMNS]),
        Write(PAYLOADS, columns),
    ]

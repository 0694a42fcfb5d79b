"""Cursors of the feed of events: sealed, so that they tell nothing of what lies between two of them. Pure."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from struct import Struct
from typing import TYPE_CHECKING
from uuid import UUID

from backend.common.errors import CursorInvalid
from backend.common.later import Later
from backend.common.sealing import cipher_for
from backend.integrations.errors import EventsAnew
from backend.organisation.actors import Actor

if TYPE_CHECKING:
    from cryptography import fernet
else:
    fernet = Later("cryptography.fernet")

SEALED_FOR = "events"
GOOD_FOR = timedelta(days=30)
PACKED = Struct(">q8s8s")
NO_EVENT = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the feed up to which a reader has read, and the event that stands there."""

    position: int
    event_id: UUID

    @property
    def tag(self) -> bytes:
        """The part of the event's id by which a cursor knows it again."""
        return self.event_id.bytes[:8]


START = Place(0, NO_EVENT)


def cursor_of(*, actor: Actor, place: Place, now: datetime) -> str:
    """Return the cursor with which the reader goes on after a place."""
    packed = PACKED.pack(place.position, place.tag, _reader_tag(actor))
    return cipher_for(SEALED_FOR).encrypt_at_time(packed, int(now.timestamp())).decode()


def cursor_read(*, actor: Actor, cursor: str, now: datetime) -> tuple[int, bytes]:
    """Return the position and the tag of the event in a cursor; raise CursorInvalid or EventsAnew."""
    cipher, at = cipher_for(SEALED_FOR), int(now.timestamp())
    try:
        position, tag, reader = PACKED.unpack(cipher.decrypt(cursor.encode()))
        is_old = at - cipher.extract_timestamp(cursor.encode()) >= GOOD_FOR.total_seconds()
    except fernet.InvalidToken as error:
        raise CursorInvalid(pointer="/cursor") from error
    if is_old or reader != _reader_tag(actor):
        raise EventsAnew
    return position, tag


def _reader_tag(actor: Actor) -> bytes:
    """Return what stands for the reader with the posts that they hold: with others, they see other tickets."""
    posts = sorted(f"{post.role} {post.unit_id} {post.since}" for post in actor.posts)
    whole = [str(actor.person_id), str(actor.school_id), str(actor.through and actor.through.id), *posts]
    return hashlib.sha256("\n".join(whole).encode()).digest()[:8]

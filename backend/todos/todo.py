"""A to-do as a system shows it, in its reader's words. Pure."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from backend.todos.models import TICKET, PushedTodo

State = PushedTodo.State
HASHED = 5
"""The version of an id that is a hash."""


@dataclass(frozen=True, slots=True)
class Todo:
    """One person's to-do about one thing; a system shows it once, by its source id.

    `link` leads to its page. Of what is done or gone the words are those that may stay.
    """

    source_id: str
    known_as: str
    state: State
    title: str
    link: str
    due_at: datetime | None = None
    zone: str = "UTC"
    school: str = ""
    language: str = "zh-hans"

    @property
    def due_text(self) -> str | None:
        """By when, as the clock of the school shows it, with its distance from UTC."""
        return self.due_at.astimezone(ZoneInfo(self.zone)).isoformat(timespec="seconds") if self.due_at else None

    @property
    def due_milliseconds(self) -> int | None:
        """By when, in milliseconds since 1970."""
        return int(self.due_at.timestamp() * 1000) if self.due_at else None

    @property
    def digest(self) -> str:
        """The fingerprint of all that is sent; of what is not open any more only whose it is, and that it is so."""
        said = [self.state, self.known_as]
        if self.state is State.OPEN:
            said += [self.title, self.link, self.due_text or "", self.school]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def source_id_of(*, about: tuple[str, UUID], person_id: UUID) -> str:
    """Return the id that stays the same however often something is owed: of this person, about this thing.

    It tells neither of them to whoever reads it.
    """
    kind, one = about
    return str(uuid5(one, str(person_id) if kind == TICKET else f"{kind}:{person_id}"))


def is_source_id(text: str) -> bool:
    """Say whether an id can be one of ours: a list may hold what other programs put there."""
    try:
        return UUID(text).version == HASHED and str(UUID(text)) == text
    except ValueError:
        return False

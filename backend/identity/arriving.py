"""Somebody who comes back from another system, and its word that somebody's session ended, whichever way it says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

LONGEST_TEXT = 255
LONGEST_WORD = 4000


@dataclass(frozen=True, slots=True)
class Arrived:
    """Somebody as a provider names them: subject and session there, what else it said, and where one signs out.

    `access` opens what more the provider tells of them, where it tells more when asked.
    """

    subject: str
    session: str
    leave: str
    claims: Mapping[str, Any] = field(repr=False)
    access: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Ended:
    """The word of a provider that sessions of somebody, or all of them, ended there.

    What is said under a token's id is taken once; without one it names a session that nobody else could name.
    """

    token_id: str
    subject: str
    sessions: tuple[str, ...]


def text_told(value: Any) -> str:
    """Return something told that is a short text; anything else says nothing."""
    return value if isinstance(value, str) and len(value) <= LONGEST_TEXT and "\0" not in value else ""


def with_query(address: str, query: Mapping[str, str]) -> str:
    """Return an address with more in its query."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"

"""The request that a thread is answering, so that a change can be recorded with the account behind it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest

answering: ContextVar[HttpRequest | None] = ContextVar("answering", default=None)
"""The request this thread is answering; commands and workers answer none."""


@dataclass(frozen=True, slots=True)
class Acting:
    """The account for which a worker finishes what somebody began, or the name of the program that did."""

    user_id: int | None
    through: str = ""


finishing: ContextVar[Acting | None] = ContextVar("finishing", default=None)


@contextmanager
def acting_for(acting: Acting) -> Iterator[None]:
    """Let whatever is changed meanwhile be recorded as done by somebody who is not there any more."""
    noted = finishing.set(acting)
    try:
        yield
    finally:
        finishing.reset(noted)


def acting_user_id() -> int | None:
    """Return the account behind the present request, by session or by token; None for programs, commands and workers.

    The account is read as late as possible: a token is only checked after every middleware has passed.
    """
    if (acting := finishing.get()) is not None:
        return acting.user_id
    user = getattr(answering.get(), "user", None)
    return user.pk if user is not None and user.is_authenticated and isinstance(user.pk, int) else None


def acting_through() -> dict[str, str] | None:
    """Return the name of the program that acts on behalf of a school, as it stands in the record; None for people."""
    acting = finishing.get()
    return {"service": acting.through} if acting and acting.through else None

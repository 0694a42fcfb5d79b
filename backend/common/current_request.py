"""The request that a thread is answering, so that a change can be recorded with the account behind it."""

from contextvars import ContextVar

from django.http import HttpRequest

answering: ContextVar[HttpRequest | None] = ContextVar("answering", default=None)
"""The request this thread is answering; commands and workers answer none."""


def acting_user_id() -> int | None:
    """Return the account behind the present request, by session or by token; None for programs, commands and workers.

    The account is read as late as possible: a token is only checked after every middleware has passed.
    """
    user = getattr(answering.get(), "user", None)
    return user.pk if user is not None and user.is_authenticated and isinstance(user.pk, int) else None

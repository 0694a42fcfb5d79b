"""A token that a system gives for a while: fetched when it is first needed, and again once it is not taken any more."""

from collections.abc import Callable
from typing import TypeVar

from backend.todos.refusals import Away

T = TypeVar("T")


class TokenExpired(Exception):
    """The token was not taken."""


class Token:
    """The token of one system, kept as long as one worker talks to it."""

    def __init__(self, fetch: Callable[[], str]) -> None:
        self._fetch = fetch
        self._value = ""

    def use(self, ask: Callable[[str], T]) -> T:
        """Return what is answered with the token, with a new one where it has expired; raise Away."""
        for _number in range(2):
            self._value = self._value or self._fetch()
            try:
                return ask(self._value)
            except TokenExpired:
                self._value = ""
        raise Away("It does not take the token that it has just given.")

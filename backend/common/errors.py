"""Errors with a stable code that every layer may raise; the edge turns them into a problem document or a page."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 100


class DomainError(Exception):
    """A refusal a person can act on: a stable `code`, an HTTP status, a title, and a message in the reader's language.

    `pointer` is the JSON pointer of the field it is about; `retry_after` the whole seconds after which to try again.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    title: ClassVar[str | Promise] = _("This cannot be done.")
    retry_after: int | None = None

    def __init__(self, message: str | Promise | None = None, *, pointer: str | None = None) -> None:
        self.message = self.title if message is None else message
        self.pointer = pointer
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)


class Invalid(DomainError):
    """Something sent is not acceptable; the pointer says which field."""

    code = "invalid"
    title = _("Something you sent is not right. Please correct it and send it again.")


class PermissionDenied(DomainError):
    """The person is known and may see the thing, but may not do this to it."""

    code = "permission_denied"
    status = 403
    title = _("You may not do this. Ask the head of the office that answers for it.")


class NotFound(DomainError):
    """There is no such thing, or none that this person may know of."""

    code = "not_found"
    status = 404
    title = _("We could not find this. Check the address or the reference.")


class Conflict(DomainError):
    """The thing is in a state in which this cannot be done."""

    code = "conflict"
    status = 409
    title = _("This is not possible now, because something changed. Load it again and look.")


class DatabaseAway(DomainError):
    """The database does not answer; whether a change was stored before it fell silent is not known."""

    code = "database_away"
    status = 503
    title = _("The database cannot be reached at the moment. Please try again in a few seconds.")
    retry_after = 5


def pointer_part(name: object) -> str:
    """Return a name as it stands in a JSON pointer; of one that is longer than any of ours, the beginning."""
    return bounded(str(name), most=LONGEST_NAME).replace("~", "~0").replace("/", "~1")


def bounded(text: str, *, most: int) -> str:
    """Return a text, or its beginning: whoever sends ten thousand letters does not get them back."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


class CursorInvalid(DomainError):
    """The cursor was not made by this API for this list."""

    code = "invalid_cursor"
    title = _("This page address is not valid any more. Start again from the first page.")

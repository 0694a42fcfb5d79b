"""Refusals of reports without a name."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, DomainError, NotFound


class NotTaken(NotFound):
    """No school of this code is here, or it takes no reports without a name."""

    code = "anonymous_not_taken"
    title = _("This school takes no reports without a name here. Please tell somebody you trust.")


class StillSignedIn(Conflict):
    """The request says who is signed in, so that it would not be without a name."""

    code = "still_signed_in"
    title = _("You are signed in, so this would not be anonymous. Please sign out first.")


class KeyGuessable(DomainError):
    """The idempotency key is not random enough to make a tracking code of it."""

    code = "anonymous_key_invalid"
    title = _("Send a random UUID as Idempotency-Key: the tracking code is made from it.")


class TooManyReports(DomainError):
    """More reports without a name came in this hour than are taken."""

    code = "anonymous_too_many"
    status = 429
    title = _("Too many reports without a name came in this hour. If it is urgent, phone; else please try again later.")

    def __init__(self, *, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


class CodesBusy(DomainError):
    """As many tracking codes are being checked as the machine bears."""

    code = "anonymous_busy"
    status = 429
    title = _("Many people are here at this moment. Please try again in a few seconds.")
    retry_after = 3


class CodeUnreadable(DomainError):
    """The typed code has not sixteen digits."""

    code = "tracking_code_invalid"
    title = _("A tracking code has sixteen digits, for example 1234 5678 9012 3456.")


class CodeUnknown(NotFound):
    """No report has this tracking code."""

    code = "tracking_code_unknown"
    title = _("We know no report with this tracking code. Please compare every digit.")

"""Refusals of the HTTP layer itself, and which of them stands for which error of the REST framework."""

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions

from backend.common.errors import DomainError, NotFound, PermissionDenied


class MalformedJson(DomainError):
    """The body is not the JSON the API reads."""

    code = "malformed_json"
    title = _("The body must be one JSON object in UTF-8.")


class BodyTooLarge(DomainError):
    """The body is larger than the API accepts."""

    code = "body_too_large"
    status = 413
    title = _("This is too large to send at once. Make it smaller and send it again.")


class AuthenticationRequired(DomainError):
    """Nobody is signed in."""

    code = "authentication_required"
    status = 401
    title = _("Please sign in first.")


class MethodNotAllowed(DomainError):
    """The address exists, but not with this method."""

    code = "method_not_allowed"
    status = 405
    title = _("This address does not accept this method.")


class NotAcceptable(DomainError):
    """The client accepts no format the API can answer in."""

    code = "not_acceptable"
    status = 406
    title = _("The answer can only be sent as JSON.")


class UnsupportedMediaType(DomainError):
    """The body is not declared as JSON."""

    code = "unsupported_media_type"
    status = 415
    title = _("Send the body as application/json.")


class Throttled(DomainError):
    """Too many requests in too short a time."""

    code = "throttled"
    status = 429
    title = _("Too many requests. Please wait a moment and try again.")


class NotReady(DomainError):
    """The process runs, but the database is not yet in the shape it needs."""

    code = "not_ready"
    status = 503
    title = _("The service is starting. Please try again in a few seconds.")
    retry_after = 5


class ServerError(DomainError):
    """Something broke on our side."""

    code = "server_error"
    status = 500
    title = _(
        "Something went wrong on our side. If you sent something, we cannot tell whether it was saved. Please send it "
        "again, with the same Idempotency-Key where it had one."
    )


class Validation(DomainError):
    """One or more fields are not acceptable; `errors` says which and why."""

    code = "validation_error"
    title = _("Some fields need another look. Correct them and send it again.")


FRAMEWORK_ERRORS: dict[type[exceptions.APIException], type[DomainError]] = {
    exceptions.ParseError: MalformedJson,
    exceptions.NotAuthenticated: AuthenticationRequired,
    exceptions.PermissionDenied: PermissionDenied,
    exceptions.NotFound: NotFound,
    exceptions.MethodNotAllowed: MethodNotAllowed,
    exceptions.NotAcceptable: NotAcceptable,
    exceptions.UnsupportedMediaType: UnsupportedMediaType,
    exceptions.Throttled: Throttled,
}
"""Our refusal for each error the REST framework raises on its own."""

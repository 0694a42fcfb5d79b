"""Every error of the API as one document (RFC 9457): stable type and code, words in the reader's language, pointers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import islice
from math import ceil
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, JsonResponse
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings

from backend.common.away_answers import away_answer
from backend.common.database_away import is_database_away
from backend.common.errors import DatabaseAway, DomainError, Invalid, NotFound, PermissionDenied, bounded, pointer_part
from backend.common.http_errors import FRAMEWORK_ERRORS, BodyTooLarge, ServerError, Validation
from backend.common.request_ids import answered

MEDIA_TYPE = "application/problem+json"
MOST_FIELD_ERRORS = 100
LONGEST_DETAIL = 500
"""A detail may quote what was sent."""
AUTHENTICATION_SCHEME = "Token"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one part of the body; the pointer (RFC 6901) is empty for the body as a whole."""

    pointer: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Problem:
    """An error in the form in which it is answered."""

    status: int
    code: str
    title: str
    detail: str
    errors: tuple[FieldError, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the members of the document."""
        return {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "request_id": answered.get(),
            "errors": [{"pointer": e.pointer, "code": e.code, "detail": e.detail} for e in self.errors],
        }


def problem_of(error: BaseException) -> Problem:
    """Return the problem that stands for any error; one nobody foresaw is a `server_error` that gives nothing away."""
    if isinstance(error, exceptions.ValidationError):
        return _problem_of_domain(Validation(), errors=tuple(islice(field_errors(error.detail), MOST_FIELD_ERRORS)))
    if isinstance(error, exceptions.APIException):
        return _problem_of_framework(error)
    return _problem_of_domain(_domain_error(error))


def field_errors(detail: Any, pointer: str = "") -> Iterator[FieldError]:
    """Walk the REST framework's nested error details and yield one entry for each message."""
    if isinstance(detail, exceptions.ErrorDetail):
        yield FieldError(pointer, detail.code or "invalid", bounded(str(detail), most=LONGEST_DETAIL))
    elif isinstance(detail, dict):
        for name, inner in detail.items():
            is_whole = name == api_settings.NON_FIELD_ERRORS_KEY
            yield from field_errors(inner, pointer if is_whole else f"{pointer}/{pointer_part(name)}")
    else:
        for index, inner in enumerate(detail):
            is_message = isinstance(inner, exceptions.ErrorDetail)
            yield from field_errors(inner, pointer if is_message else f"{pointer}/{index}")


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer for an exception of an API view; in debug mode an unforeseen one is left to the debug page."""
    return ProblemHandler(error, context).run()  # type: ignore[arg-type]


class ProblemHandler(ExceptionHandler):
    """Writes our document; rolls back and reports as drf-standardized-errors does."""

    def run(self) -> Response | None:
        """Return the response; None hands the exception back to Django."""
        request = self.context["request"]
        problem = problem_of(away_answer(request) if request and is_database_away(self.exc) else self.exc)
        if problem.code == ServerError.code and settings.DEBUG:
            return None
        self.set_rollback()
        headers = {**problem.headers, **_authentication_header(self.exc)}
        response = Response(problem.document(), status=problem.status, headers=headers, content_type=MEDIA_TYPE)
        if problem.code == ServerError.code:
            self.report_exception(exceptions.APIException(), response)
        return response


def problem_response(error: BaseException) -> JsonResponse:
    """Answer with a problem document outside the REST framework."""
    problem = problem_of(error)
    return JsonResponse(
        problem.document(),
        status=problem.status,
        headers={"Cache-Control": "no-store", **problem.headers},
        content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


def _domain_error(error: BaseException) -> DomainError:
    if isinstance(error, DomainError):
        return error
    if isinstance(error, Http404):
        return NotFound()
    if isinstance(error, DjangoPermissionDenied):
        return PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return BodyTooLarge()
    if isinstance(error, SuspiciousOperation):
        return Invalid()
    return DatabaseAway() if is_database_away(error) else ServerError()


def _problem_of_domain(error: DomainError, errors: tuple[FieldError, ...] = ()) -> Problem:
    if error.pointer is not None:
        errors = (FieldError(error.pointer, error.code, str(error)), *errors)
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = AUTHENTICATION_SCHEME
    return Problem(error.status, error.code, str(error.title), str(error), errors, headers)


def _problem_of_framework(error: exceptions.APIException) -> Problem:
    ours = FRAMEWORK_ERRORS.get(type(error))
    if ours is None:
        code = getattr(error.detail, "code", None) or error.default_code
        return Problem(error.status_code, str(code), str(error.default_detail), str(error.detail))
    problem = _problem_of_domain(ours())
    wait: float | None = getattr(error, "wait", None)
    if wait is not None:
        problem.headers["Retry-After"] = str(max(1, ceil(wait)))
    return problem


def _authentication_header(error: Exception) -> dict[str, str]:
    header: str | None = getattr(error, "auth_header", None)
    return {"WWW-Authenticate": header} if header else {}

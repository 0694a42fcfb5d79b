"""What every answer carries, and what is answered when the database is away."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from backend.common.database_away import is_database_away
from backend.common.views import database_away

CONTENT_SECURITY_POLICY = "; ".join((
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
))  # fmt: skip


class ContentSecurityPolicyMiddleware:
    """Lets a page run only scripts and styles of our own; a view may set a policy of its own first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the policy to the answer."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        return response


class DatabaseAwayMiddleware:
    """Answers 503 with Retry-After when a view lost its database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for a lost database; leave every other exception alone."""
        return database_away(request) if is_database_away(exception) else None

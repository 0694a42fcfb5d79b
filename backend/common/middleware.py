"""Middleware: the security policy of every answer, and the answer while the database is away."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from backend.common.current_request import answering
from backend.common.database_away import is_database_away
from backend.common.views import database_away

ADMINISTRATION = "/admin/"

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

# Alpine.js, which the administration pages are built on, evaluates the expressions in its attributes, and htmx and
# the colour theme write styles into the page. Scripts still come from files of our own alone, none from the page.
ADMINISTRATION_POLICY = CONTENT_SECURITY_POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'").replace(
    "style-src 'self'", "style-src 'self' 'unsafe-inline'"
)


class ContentSecurityPolicyMiddleware:
    """Lets a page run only scripts and styles of our own; a view may set a policy of its own first.

    The administration pages, which nobody but administrators opens, may besides evaluate expressions and hold styles.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the policy to the answer."""
        response = self.get_response(request)
        policy = ADMINISTRATION_POLICY if request.path.startswith(ADMINISTRATION) else CONTENT_SECURITY_POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        return response


class ActingMiddleware:
    """Lets whatever a request changes be recorded with the account behind it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note the request for as long as it is answered."""
        noted = answering.set(request)
        try:
            return self.get_response(request)
        finally:
            answering.reset(noted)


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

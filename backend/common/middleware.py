"""Middleware: compressed pages, the security policy of answers, null characters refused, the database away."""

from collections.abc import Callable
from http import HTTPMethod

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from backend.common.current_request import answering
from backend.common.database_away import is_database_away
from backend.common.views import bad_request, database_away, not_found

ADMINISTRATION, PAGE = "/admin/", "text/html"

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


class PageCompressionMiddleware(GZipMiddleware):
    """Compresses pages alone: answers of the API keep their strong tags, files are compressed or cannot be.

    Each page ends at a random length, so that its size tells nothing of the secrets in it; a proxy would not see to it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress what is a page, for a browser that can read it."""
        if not response.headers.get("Content-Type", "").startswith(PAGE):
            return response
        return super().process_response(request, response)


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


NULL = "\0"
ESCAPED = "%00"
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


class NullCharactersMiddleware:
    """Answers 404 to a path with a null character, and 400 to a query, a cookie or a form field's name with one.

    What was typed into a form is kept without them: nobody sees one, and nobody shall lose a text over it. The words of
    a JSON body are looked at by its fields, which say which of them it is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer what cannot be meant; pass everything else on."""
        if NULL in request.path_info:
            return not_found(request, Http404())
        if ESCAPED in request.META.get("QUERY_STRING", "") or any(NULL in value for value in request.COOKIES.values()):
            return bad_request(request, BadRequest())
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Look at a form once it is known that a view will read it."""
        if request.method != HTTPMethod.POST or request.content_type not in FORMS:
            return None
        if any(NULL in name for name in request.POST):
            return bad_request(request, BadRequest())
        if any(NULL in value for _name, values in request.POST.lists() for value in values):
            request.POST = _without(request.POST)  # type: ignore[assignment] # Django's own setter takes it
        return None


def _without(form: QueryDict) -> QueryDict:
    clean = form.copy()
    for name, values in form.lists():
        clean.setlist(name, [value.replace(NULL, "") for value in values])
    return clean

"""Null characters, which PostgreSQL stores in no text, refused before a view asks the database for one."""

from collections.abc import Callable
from http import HTTPMethod

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from backend.common.views import bad_request, not_found

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
            request.POST = _without(request.POST)
        return None


def _without(form: QueryDict) -> QueryDict:
    clean = form.copy()
    for name, values in form.lists():
        clean.setlist(name, [value.replace(NULL, "") for value in values])
    return clean

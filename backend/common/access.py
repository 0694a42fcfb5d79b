"""The mark every view carries that says who may use it; a test looks for it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, cast

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

PUBLIC = "public"
"""For everybody, also without signing in."""
ACCOUNT = "account"
"""For whoever has signed in, whether they work here or not."""


class View(Protocol):
    """A view that says who may use it: `public`, `account`, or the name of a permission."""

    access: str

    def __call__(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Answer a request."""


def marked(view: Callable[..., HttpResponseBase], access: str) -> View:
    """Return the view with its mark."""
    checked = cast("View", view)
    checked.access = access
    return checked


def public(view: Callable[..., HttpResponseBase]) -> View:
    """Let anybody in, also people who are not signed in; the answer is never cached."""

    @wraps(view)
    @never_cache
    def opened(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return view(request, **kwargs)

    return marked(opened, PUBLIC)

"""Pages in the frame of a portal: which may be shown there, and cookies that the browser keeps for that frame alone."""

from collections.abc import Callable
from http.cookies import Morsel

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from backend.common.middleware import ADMINISTRATION

NOWHERE = "frame-ancestors 'none'"

# Python knows the attribute from 3.14 on. A browser that does not know it keeps the cookie as one without a frame.
Morsel._reserved.setdefault("partitioned", "Partitioned")  # type: ignore[attr-defined] # noqa: SLF001
Morsel._flags.add("partitioned")  # type: ignore[attr-defined] # noqa: SLF001


class FramingMiddleware:
    """Lets the portals that are listed show the pages in a frame, the administration pages excepted.

    Every cookie becomes one of the page around it (partitioned): who is signed in below a portal is not signed in
    beside it, and what another site frames or fetches comes without cookies.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.somewhere = f"frame-ancestors 'self' {' '.join(settings.FRAME_ANCESTORS)}"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Say so in the answer."""
        response = self.get_response(request)
        for cookie in response.cookies.values():
            cookie.update({"samesite": "None", "secure": "true", "partitioned": "true"})
        policy = response.headers.get("Content-Security-Policy", "")
        if NOWHERE in policy and not request.path.startswith(ADMINISTRATION):
            response.headers["Content-Security-Policy"] = policy.replace(NOWHERE, self.somewhere)
            del response.headers["X-Frame-Options"]
        return response

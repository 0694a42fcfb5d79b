"""The status page and the figures for Prometheus, open to monitors without signing in."""

from collections.abc import Callable
from functools import wraps
from threading import Lock

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from backend.common.access import public
from backend.common.clock import database_now
from backend.common.http_errors import Throttled
from backend.common.problems import problem_response
from backend.health.metrics import metrics_text
from backend.health.selectors import system_status

View = Callable[[HttpRequest], HttpResponse]


class Busy(Throttled):
    """Somebody else is being answered."""

    retry_after = 1


def one_at_a_time(view: View) -> View:
    """Let a process compose one such answer at once: it costs queries and a wait, and anybody may ask for it."""
    lock = Lock()

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not lock.acquire(blocking=False):
            return problem_response(Busy())
        try:
            return view(request)
        finally:
            lock.release()

    return guarded


@public
@require_safe
@one_at_a_time
def statusz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - given by the framework
    """Answer 200 with how the system is doing; `alarms` names what needs somebody to look."""
    return JsonResponse(system_status(now=database_now()))


@public
@require_safe
@one_at_a_time
def metrics(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - given by the framework
    """Answer 200 with the engine's and the outbox's figures in Prometheus' text format."""
    return HttpResponse(metrics_text(now=database_now()), content_type=CONTENT_TYPE_LATEST)

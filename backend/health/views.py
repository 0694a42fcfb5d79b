"""The status page and the figures for Prometheus, open to monitors without signing in."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from backend.common.access import public
from backend.common.clock import database_now
from backend.health.metrics import metrics_text
from backend.health.selectors import system_status


@public
@require_safe
def statusz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - given by the framework
    """Answer 200 with how the system is doing; `alarms` names what needs somebody to look."""
    return JsonResponse(system_status(now=database_now()))


@public
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - given by the framework
    """Answer 200 with the engine's and the outbox's figures in Prometheus' text format."""
    return HttpResponse(metrics_text(now=database_now()), content_type=CONTENT_TYPE_LATEST)

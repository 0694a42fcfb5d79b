"""The status page of operators."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from backend.common.access import public
from backend.common.clock import database_now
from backend.insights.selectors import system_status


@public
@require_safe
def statusz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - given by the framework
    """Answer 200 with how the system is doing; `alarms` names what needs somebody to look."""
    return JsonResponse(system_status(now=database_now()))

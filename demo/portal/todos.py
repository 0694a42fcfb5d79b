"""The to-do list of the portal: other systems put something on it for a person, and take it off again."""

import json
import secrets
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt

from demo.portal.folder import school
from demo.portal.models import Todo

OPEN = "0"
GOOD: dict[str, Any] = {"code": 0}


def waiting(number: str) -> list[Todo]:
    """Return what waits for somebody, by their staff number; what is due first at the top."""
    return list(Todo.objects.filter(person=number, is_done=False).order_by("due_at", "source_id"))


@login_required
def page(request: HttpRequest) -> HttpResponse:
    """Show somebody what waits for them."""
    return render(request, "portal/todos.html", {"todos": waiting(request.user.get_username())})


@login_required
def count(request: HttpRequest) -> JsonResponse:
    """Tell the badge how much waits for its reader."""
    return JsonResponse({"count": len(waiting(request.user.get_username()))})


@csrf_exempt
def listed(request: HttpRequest) -> JsonResponse:
    """Take a to-do (POST), or tell which are open for a person (GET). What is sent again changes nothing."""
    if not _is_known(request):
        return JsonResponse({"code": 401, "msg": "token"})
    if request.method == "POST":
        _take(json.loads(request.body))
        return JsonResponse(GOOD)
    open_ones = waiting(request.GET.get("user", ""))
    return JsonResponse({**GOOD, "data": [{"pid": todo.source_id} for todo in open_ones]})


@csrf_exempt
def one(request: HttpRequest, source_id: str) -> JsonResponse:
    """Take a to-do off the list; whether it stood there does not matter."""
    if not _is_known(request) or request.method != "DELETE":
        return JsonResponse({"code": 401, "msg": "token"})
    Todo.objects.filter(source_id=source_id).delete()
    return JsonResponse(GOOD)


def _is_known(request: HttpRequest) -> bool:
    sent = request.headers.get("Authorization", "")
    return secrets.compare_digest(sent.encode(), school()["todo_secret"].encode())


def _take(sent: dict[str, Any]) -> None:
    Todo.objects.update_or_create(
        source_id=sent["pid"],
        defaults={
            "person": sent["ptoUserId"],
            "title": sent["ptitle"],
            "link": sent["pcUrl"],
            "due_at": parse_datetime(sent["deadline"]) if sent["deadline"] else None,
            "is_done": sent["readed"] != OPEN,
        },
    )

"""The webhook inbox: signed messages that come in, and the copy of Allclear's tickets that they keep true."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from standardwebhooks import Webhook, WebhookVerificationError

from demo.portal import allclear
from demo.portal.folder import connection
from demo.portal.models import Message, Ticket
from demo.portal.sign_in import administrators_only
from demo.portal.words import said

SHOWN = 30
NOT_FOUND = 404


@csrf_exempt
@require_POST
def arrived(request: HttpRequest) -> HttpResponse:
    """Take a message in once its signature is found to be right.

    It is answered only after the copy follows it: where that fails the message comes again, under the same id.
    """
    known = connection()
    if known is None:
        return HttpResponse(status=503)
    try:
        event = Webhook(known.webhook_secret).verify(request.body, dict(request.headers))
    except WebhookVerificationError:
        return HttpResponse(status=401)
    data = event["data"]
    subject = data.get("subject") or {}
    if subject.get("kind") == "ticket":
        ticket_follow(subject["id"])
    Message.objects.get_or_create(
        id=request.headers["webhook-id"],
        defaults={
            "type": event["type"],
            "kind": data.get("kind") or "",
            "reference": data.get("reference") or "",
            "ticket": subject.get("id") or "",
        },
    )
    return HttpResponse(status=204)


def ticket_follow(ticket_id: str) -> None:
    """Copy a ticket as Allclear shows it now, or drop it where it shows nothing any more.

    The event says only that something happened; so it does not matter in which order events come.
    """
    if not Ticket.objects.exists():
        copy_anew()
    answer = allclear.get(f"tickets/{ticket_id}")
    if answer.status_code == NOT_FOUND:
        Ticket.objects.filter(id=ticket_id).delete()
        return
    answer.raise_for_status()
    _keep(answer.json())


def copy_anew() -> None:
    """Copy the whole list."""
    rows = allclear.items("tickets")
    for row in rows:
        _keep(row)
    Ticket.objects.exclude(id__in=[row["id"] for row in rows]).delete()


def differing() -> list[str]:
    """Return the references of all tickets that stand otherwise here than on Allclear's list."""
    there = {(row["id"], row["version"], row["state"]): row["reference"] for row in allclear.items("tickets")}
    here = {(row.id, row.version, row.state): row.reference for row in Ticket.objects.all()}
    return sorted({(there | here)[key] for key in there.keys() ^ here.keys()})


@administrators_only
def page(request: HttpRequest) -> HttpResponse:
    """Show the messages and the copy; on request compare the copy with the list, or make it anew."""
    context: dict[str, Any] = {}
    if "anew" in request.POST or not Ticket.objects.exists():
        copy_anew()
    if request.method == "POST":
        context = {"is_compared": True, "differing": differing()}
    context["shown"] = Message.objects.order_by("-arrived_at", "id")[:SHOWN]
    context["tickets"] = [(row, said(row.state)) for row in Ticket.objects.order_by("-reference")]
    return render(request, "portal/inbox.html", context)


def _keep(row: dict[str, Any]) -> None:
    seen = {name: row[name] for name in ("reference", "state", "version")}
    Ticket.objects.update_or_create(id=row["id"], defaults=seen)

"""Putting a page together: the frame that every page shares, and the page that shows a refusal."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from backend.common.errors import DomainError
from backend.notifications.selectors import unread_count
from backend.organisation.permissions import NotStaff, Permission
from backend.portal.device_key import device_key
from backend.portal.requests import StaffRequest
from backend.portal.selectors import works_on_tickets


def staff_page(
    request: StaffRequest,
    template: str,
    context: dict[str, Any],
    *,
    section: str = "",
    status: int = 200,
    unread: int | None = None,
) -> HttpResponse:
    """Show a page inside the frame for staff: navigation with the section marked, and the number of unread notices.

    The number is counted here, unless the page has counted already.
    """
    frame = {
        "actor": request.actor,
        "school": request.school,
        "section": section,
        "factor_due": request.factor_due,
        "unread": unread_count(actor=request.actor) if unread is None else unread,
        "may_read_board": request.actor.may(Permission.BOARD_READ),
        "may_read_figures": request.actor.may(Permission.FIGURES_READ),
        "may_read_meetings": request.actor.may(Permission.MEETINGS_READ),
        "works_on_tickets": works_on_tickets(actor=request.actor),
        "may_manage": request.actor.may(Permission.RECORD_READ),
        "may_set_up": request.actor.may(Permission.CONFIGURATION_WRITE),
        "device_key": device_key(person_id=request.actor.person_id),
        "has_worker": settings.SERVICE_WORKER,
    }
    return render(request, f"portal/{template}.html", {**frame, **context}, status=status)


def no_staff_page(request: HttpRequest, error: NotStaff, *, has_reports: bool = False) -> HttpResponse:
    """Tell somebody who does not work here (any more) what they can do: read their own reports, ask, or sign out."""
    context = {"error": error, "has_reports": has_reports}
    return render(request, "portal/not_staff.html", context, status=error.status)


def refusal_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Show why something was refused, with a way back; the words are those of the error."""
    return waiting(render(request, "portal/refused.html", {"error": error}, status=error.status), error)


def staff_refusal_page(request: StaffRequest, error: DomainError) -> HttpResponse:
    """Show the same to somebody who works here: inside their frame, so that the navigation stays."""
    context = {"error": error, "frame": "portal/staff.html"}
    return waiting(staff_page(request, "refused", context, status=error.status), error)


def pdf_file(content: bytes, *, name: str) -> HttpResponse:
    """Give a paper, which the browser shows, prints and saves under this name; no cache keeps it."""
    headers = {
        "Content-Disposition": f'inline; filename="{name}.pdf"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def proof_file(text: str, *, name: str) -> HttpResponse:
    """Give a receipt to save under this name; no cache keeps it."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.tlog-proof"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)


def waiting(response: HttpResponse, error: DomainError) -> HttpResponse:
    """Add to an answer after how many seconds to try again, where the refusal says so."""
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response

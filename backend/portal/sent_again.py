"""The page that keeps what was typed into a form whose sign-in was over, or another one, when it was sent."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

KEEPS = frozenset(
    {
        *("ticket_action", "tickets", "report_action", "report_amend", "report_withdraw", "duty_take_over"),
        *("round_answer", "round_excuse"),
    }
)
"""The addresses, by name, to which people send words of their own; reporting has a form that it fills in again."""
TYPED = ("note", "text", "words", "reason")


def is_kept(request: HttpRequest) -> bool:
    """Say whether a form was sent whose words are not to be lost."""
    match = request.resolver_match
    return request.method == "POST" and match is not None and match.url_name in KEEPS


def sent_again_page(request: HttpRequest) -> HttpResponse:
    """Show what was typed in a form that sends everything once more, with a way to sign in where that is needed."""
    sent = [(name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"]
    context = {
        "is_signed_in": request.user.is_authenticated,
        "typed": [(name, value) for name, value in sent if name in TYPED],
        "kept": [(name, value) for name, value in sent if name not in TYPED],
    }
    return render(request, "portal/sent_again.html", context, status=HTTPStatus.FORBIDDEN)

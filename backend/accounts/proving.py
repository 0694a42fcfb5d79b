"""Proving again who one is, with the password or a code, before something that gives power over people.

A form that is sent without a fresh proof is shown again as one question; everything typed goes along, and with the
right answer the form is carried out at once.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.accounts.opening import PROVED_AT
from backend.accounts.services.factors import factor_code_check
from backend.accounts.sign_in import credentials_check, factor_source
from backend.accounts.token_proof import PROOF_GOOD_FOR
from backend.common.clock import database_now
from backend.common.errors import DomainError, Invalid

PASSWORD, CODE = "prove_password", "prove_code"
OURS = frozenset({PASSWORD, CODE, "csrfmiddlewaretoken"})

Page = Callable[..., HttpResponseBase]


class ProofMissing(Invalid):
    """Neither a password nor a code was typed."""

    code = "proof_missing"
    title = _("Please type your password, or a code of your app.")


def is_proved(*, request: HttpRequest, now: datetime) -> bool:
    """Say whether the session's owner proved who they are within ten minutes."""
    proved_at: float = request.session.get(PROVED_AT, 0.0)
    return now.timestamp() - proved_at < PROOF_GOOD_FOR.total_seconds()


def proof_ask(request: HttpRequest) -> HttpResponse | None:
    """Return the page that asks for a proof; None where there is a fresh one, or it was just given."""
    now = database_now()
    if request.method != "POST" or is_proved(request=request, now=now):
        return None
    error: DomainError | None = None
    if PASSWORD in request.POST or CODE in request.POST:
        try:
            _prove(request, now)
        except DomainError as refusal:
            error = refusal
        else:
            request.session[PROVED_AT] = now.timestamp()
            return None
    return _page(request, error)


def proved(view: Page) -> Page:
    """Let a page change something only with a fresh proof."""

    @wraps(view)
    def asked(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        return proof_ask(request) or view(request, **kwargs)

    return asked


def _prove(request: HttpRequest, now: datetime) -> None:
    user = cast("User", request.user)
    password, code = request.POST.get(PASSWORD, ""), request.POST.get(CODE, "")
    if password:
        credentials_check(request=request, username=user.username, password=password[:256], now=now)
    elif code and user.second_factor_at is not None:
        factor_code_check(user=user, code=code[:40], source=factor_source(request, user), now=now)
    else:
        raise ProofMissing


def _page(request: HttpRequest, error: DomainError | None) -> HttpResponse:
    kept = [(name, value) for name, values in request.POST.lists() if name not in OURS for value in values]
    context = {
        "kept": kept,
        "error": error,
        "has_files": bool(request.FILES),
        "has_factor": cast("User", request.user).second_factor_at is not None,
    }
    # Asking is no refusal of what was sent, and no way of HTTP authentication either.
    response = render(request, "prove.html", context, status=403)
    if error is not None and error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response

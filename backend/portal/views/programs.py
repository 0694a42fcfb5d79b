"""The page of service accounts: made, given new secrets and revoked by whoever administers a school or bureau."""

import secrets
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.validators import MaxValueValidator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.accounts.proving import proved
from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.integrations.errors import EndOutOfRange
from backend.integrations.models import LONGEST_NAME
from backend.integrations.selectors import account_get, accounts_of, calls_of, last_calls
from backend.integrations.services.accounts import Made, ServiceDraft, service_make, service_revoke, service_rotate
from backend.organisation.permissions import Permission
from backend.organisation.scopes import Scope
from backend.portal.access import permitted
from backend.portal.forms import TOO_LONG, CleanLine
from backend.portal.listing import listing
from backend.portal.pages import staff_page
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest

A_YEAR = timedelta(days=365)
LAST_DAY = date(2100, 1, 1)
"""The calendar of computers ends with a day that has none after it."""


class ServiceForm(forms.Form):
    """The name of a service account, its scopes and its last day."""

    name = CleanLine(
        max_length=LONGEST_NAME,
        label=gettext_lazy("Name of the program"),
        error_messages={"required": gettext_lazy("Please give it a name."), **TOO_LONG},
    )
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices,
        label=gettext_lazy("What it may do"),
        error_messages={"required": gettext_lazy("Please choose at least one.")},
    )
    ends_at = forms.DateField(
        label=gettext_lazy("Works until"), validators=[MaxValueValidator(LAST_DAY, EndOutOfRange.title)]
    )

    def draft(self) -> ServiceDraft:
        """Return what was typed; it works until its last day is over."""
        given = self.cleaned_data
        scopes = tuple(Scope(name) for name in given["scopes"])
        over = datetime.combine(given["ends_at"] + timedelta(days=1), time.min)
        return ServiceDraft(given["name"], scopes, timezone.make_aware(over))


@permitted(Permission.SERVICES_MANAGE)
@proved
def services(request: StaffRequest) -> HttpResponse:
    """Show the service accounts, and make one; its secret is shown on the answer alone."""
    if request.method != "POST":
        first = {"ends_at": timezone.localdate(database_now() + A_YEAR)}
        return _page(request, ServiceForm(initial=first))
    form = ServiceForm(request.POST)
    if form.is_valid():
        try:
            made = service_make(actor=request.actor, draft=form.draft(), key=_key(), now=database_now())
            return _secret_page(request, made)
        except DomainError as error:
            add_refusal(form, error)
    return _page(request, form)


@permitted(Permission.SERVICES_MANAGE)
def service_detail(request: StaffRequest, account_id: UUID) -> HttpResponse:
    """Show what one asked for, the latest first."""
    account = account_get(actor=request.actor, account_id=account_id)
    found = listing(request, calls_of(account=account), ordering=("-last_at", "id"))
    context = {"account": account, "scopes": _labels(account.scopes), "listing": found, "now_at": database_now()}
    return staff_page(request, "service", context, section="manage")


@permitted(Permission.SERVICES_MANAGE)
@proved
def service_secret(request: StaffRequest, account_id: UUID) -> HttpResponse:
    """Give it a new secret, shown on the answer alone; the one before works for seven days more, or not."""
    if request.method != "POST":
        return redirect("portal:service", account_id=account_id)
    at_once = "at_once" in request.POST
    made = service_rotate(actor=request.actor, account_id=account_id, key=_key(), at_once=at_once, now=database_now())
    return _secret_page(request, made)


@permitted(Permission.SERVICES_MANAGE)
@proved
def service_end(request: StaffRequest, account_id: UUID) -> HttpResponse:
    """Revoke it."""
    if request.method == "POST":
        service_revoke(actor=request.actor, account_id=account_id, now=database_now())
        messages.success(request, _("It was revoked, and lets nobody in any more."))
    return redirect("portal:service", account_id=account_id)


def _key() -> str:
    return secrets.token_urlsafe(32)


def _labels(scopes: list[str]) -> list[str]:
    return [str(Scope(name).label) for name in scopes]


def _secret_page(request: StaffRequest, made: Made) -> HttpResponse:
    return staff_page(request, "service_secret", {"made": made}, section="manage")


def _page(request: StaffRequest, form: ServiceForm) -> HttpResponse:
    found = listing(request, accounts_of(actor=request.actor), ordering=("-made_at", "id"))
    last, now = last_calls(accounts=found.rows), database_now()
    cards = [
        {
            "account": row,
            "scopes": _labels(row.scopes),
            "last": last.get(row.id),
            "is_over": row.revoked_at is not None or row.ends_at <= now,
        }
        for row in found.rows
    ]
    context = {"cards": cards, "listing": found, "form": form, "choices": Scope.choices}
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return staff_page(request, "services", context, section="manage", status=status)

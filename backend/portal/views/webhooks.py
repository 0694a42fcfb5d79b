"""Webhooks on a page of their service account: made with what is typed, tried, switched and removed."""

import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.accounts.proving import proved
from backend.common.clock import database_now
from backend.common.errors import DomainError, NotFound
from backend.integrations.models import LONGEST_ADDRESS, ServiceAccount, Webhook
from backend.integrations.selectors import account_get
from backend.integrations.selectors.events import EventType
from backend.integrations.selectors.webhooks import deliveries_of, webhooks_of
from backend.integrations.services.webhooks import (
    WebhookMade,
    webhook_make,
    webhook_remove,
    webhook_rotate,
    webhook_switch,
    webhook_test,
)
from backend.organisation.permissions import Permission
from backend.portal.access import permitted
from backend.portal.forms import TOO_LONG, CleanLine
from backend.portal.pages import staff_page
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest

ALL_TYPES = (EventType.OPENED, EventType.CHANGED)
LATEST = 20


class WebhookForm(forms.Form):
    """The address to which events are sent."""

    address = CleanLine(
        max_length=LONGEST_ADDRESS,
        label=gettext_lazy("Address"),
        error_messages={"required": gettext_lazy("Please give the address."), **TOO_LONG},
    )


@permitted(Permission.SERVICES_MANAGE)
@proved
def service_webhooks(request: StaffRequest, account_id: UUID) -> HttpResponse:
    """Show the webhooks of a service account with what was sent last, and make one; its secret is shown here alone."""
    account = account_get(actor=request.actor, account_id=account_id)
    if request.method != "POST":
        return _page(request, account, WebhookForm())
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            address, now = form.cleaned_data["address"], database_now()
            made = webhook_make(account=account, address=address, types=ALL_TYPES, key=_key(), now=now)
            return _secret_page(request, made)
        except DomainError as error:
            add_refusal(form, error)
    return _page(request, account, form)


@permitted(Permission.SERVICES_MANAGE)
@proved
def service_webhook(request: StaffRequest, account_id: UUID, webhook_id: UUID) -> HttpResponse:
    """Do with one webhook what the button that was pressed says."""
    account = account_get(actor=request.actor, account_id=account_id)
    webhook = webhooks_of(account=account).filter(id=webhook_id).first()
    if webhook is None:
        raise NotFound
    step = request.POST.get("step", "")
    if request.method == "POST" and step == "rotate":
        return _secret_page(request, webhook_rotate(webhook=webhook, key=_key(), now=database_now()))
    if request.method == "POST":
        _take(request, webhook, step)
    return redirect("portal:service_webhooks", account_id=account_id)


def _take(request: StaffRequest, webhook: Webhook, step: str) -> None:
    try:
        if step == "test":
            webhook_test(webhook=webhook, now=database_now())
            messages.success(request, _("A message is on its way. Load this page again to see how it went."))
        elif step in {"on", "off"}:
            webhook_switch(webhook=webhook, is_on=step == "on")
        elif step == "remove":
            webhook_remove(webhook=webhook)
            messages.success(request, _("It was removed."))
    except DomainError as error:
        messages.error(request, str(error))


def _key() -> str:
    return secrets.token_urlsafe(32)


def _secret_page(request: StaffRequest, made: WebhookMade) -> HttpResponse:
    return staff_page(request, "webhook_secret", {"made": made}, section="manage")


def _page(request: StaffRequest, account: ServiceAccount, form: WebhookForm) -> HttpResponse:
    cards: list[Mapping[str, Any]] = [
        {"webhook": webhook, "deliveries": list(deliveries_of(webhook=webhook).order_by("-created_at", "id")[:LATEST])}
        for webhook in webhooks_of(account=account).order_by("-made_at", "id")
    ]
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    context = {"account": account, "cards": cards, "form": form}
    return staff_page(request, "service_webhooks", context, section="manage", status=status)

"""The pages on which an administrator sets up where else people sign in."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from backend.accounts.proving import proved
from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.identity.models import IdentityProvider
from backend.identity.selectors import provider_get, providers_of
from backend.identity.services.providers import provider_change, provider_make, provider_switch
from backend.organisation.permissions import Permission
from backend.portal.access import permitted
from backend.portal.pages import staff_page
from backend.portal.problems import add_refusal
from backend.portal.provider_forms import ProviderForm, ProviderNewForm
from backend.portal.requests import StaffRequest

CHANGEABLE = ("code", "name", "client_id", "staff_number_claim", "links_by_staff_number", "counts_as_factor")


@permitted(Permission.PROVIDERS_MANAGE)
@proved
def providers(request: StaffRequest) -> HttpResponse:
    """Show where else people of the school sign in, and set another one up."""
    form = ProviderNewForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            made = provider_make(
                actor=request.actor, kind=given["kind"], issuer=given["issuer"], draft=form.draft(), now=database_now()
            )
            return redirect("portal:provider", provider_id=made.id)
        except DomainError as error:
            add_refusal(form, error)
    rows = providers_of(actor=request.actor).order_by("name", "id")
    return _page(request, "providers", {"providers": rows, "form": form})


@permitted(Permission.PROVIDERS_MANAGE)
@proved
def provider(request: StaffRequest, provider_id: UUID) -> HttpResponse:
    """Show one of them with what has to be entered there, and change it."""
    row = provider_get(actor=request.actor, provider_id=provider_id)
    form = ProviderForm(
        request.POST if request.method == "POST" else None,
        initial={**{name: getattr(row, name) for name in CHANGEABLE}, "metadata": _metadata(row)},
        kind=row.kind,
    )
    if form.is_bound and form.is_valid():
        try:
            provider_change(actor=request.actor, provider_id=provider_id, draft=form.draft(), now=database_now())
            messages.success(request, _("Kept. It is off until you have tried it and switched it on."))
            return redirect("portal:provider", provider_id=provider_id)
        except DomainError as error:
            add_refusal(form, error)
    return _page(request, "provider", {"provider": row, "form": form, "addresses": _addresses(row)})


@permitted(Permission.PROVIDERS_MANAGE)
@proved
def provider_turn(request: StaffRequest, provider_id: UUID) -> HttpResponse:
    """Switch it on or off."""
    if request.method == "POST":
        is_on = request.POST.get("turn") == "on"
        provider_switch(actor=request.actor, provider_id=provider_id, is_on=is_on, now=database_now())
        words = _("People of the school can sign in there from now on.") if is_on else _("It is switched off.")
        messages.success(request, words)
    return redirect("portal:provider", provider_id=provider_id)


def _metadata(row: IdentityProvider) -> str:
    return row.saml.metadata if row.kind == IdentityProvider.Kind.SAML else ""


def _addresses(row: IdentityProvider) -> dict[str, str]:
    """Return the addresses of ours that are entered there, and the link for the portal's own pages."""
    paths = {name: reverse(f"portal:sign_in_{name}", args=[row.code]) for name in ("back", "ended", "with", "metadata")}
    return {name: f"{settings.PUBLIC_URL}{path}" for name, path in {**paths, "out": reverse("portal:sign_in")}.items()}


def _page(request: StaffRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    status = HTTPStatus.BAD_REQUEST if context["form"].errors else HTTPStatus.OK
    return staff_page(request, template, context, section="manage", status=status)

"""Changes of power over people that wait for a second person."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from backend.accounts.proving import proved
from backend.common.clock import database_now
from backend.common.lists_in_words import listed_in_words
from backend.common.mail_addresses import mail_address_shown
from backend.notifications.power_words import power_sentence
from backend.organisation.models import PendingPower
from backend.organisation.permissions import Permission
from backend.organisation.selectors.powers import confirmers_named, power_lock, powers_visible
from backend.organisation.services.powers import power_confirm, power_refuse, words_of
from backend.portal.access import permitted
from backend.portal.listing import listing
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest

MOST_NAMED = 5


@permitted(Permission.POWERS_CONFIRM)
def powers(request: StaffRequest) -> HttpResponse:
    """Show what waits, and what became of the rest, the latest first."""
    found = listing(request, powers_visible(actor=request.actor), ordering=("-asked_at", "id"))
    now = database_now()
    waiting = [row for row in found.rows if row.outcome == PendingPower.Outcome.WAITING]
    named = dict(zip((row.pk for row in waiting), confirmers_named(changes=waiting, now=now), strict=True))
    cards = [
        {
            "power": row,
            "sentence": power_sentence(words_of(pending=row)),
            "address": mail_address_shown(row.change.get("address", "")),
            "is_waiting": row.outcome == PendingPower.Outcome.WAITING,
            "is_own": request.actor.person_id in {row.person_id, row.asked_by_id},
            "confirmers": listed_in_words(named.get(row.pk, ()), most=MOST_NAMED),
        }
        for row in found.rows
    ]
    return staff_page(request, "powers", {"listing": found, "cards": cards}, section="account")


@permitted(Permission.POWERS_CONFIRM)
@proved
def power_decide(request: StaffRequest, power_id: UUID, decision: str) -> HttpResponse:
    """Confirm or refuse a change."""
    if request.method == "POST":
        decide = {"confirm": power_confirm, "refuse": power_refuse}[decision]
        with transaction.atomic():
            pending = power_lock(actor=request.actor, power_id=power_id)
            decide(actor=request.actor, pending=pending, now=database_now())
        messages.success(request, _("Saved. Thank you."))
    return redirect("portal:powers")

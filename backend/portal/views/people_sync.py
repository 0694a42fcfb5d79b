"""The staff as the school's portal keeps it: a bundle looked at and taken in, and the program that may bring it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from backend.accounts.proving import proof_ask, proved
from backend.common.clock import database_now
from backend.organisation.permissions import Permission
from backend.people.bundle.archive import MAXIMUM_BYTES
from backend.people.bundle.faults import BundleFaulty, BundleUnreadable
from backend.people.plan import Change, Sort
from backend.people.selectors import accounts_to_open, source_of, sync_access, sync_get, syncs_of
from backend.people.services.opening import source_close, source_open
from backend.people.services.syncing import Looked, bundle_look, sync_apply, sync_look_again
from backend.portal.access import permitted
from backend.portal.account_forms import StaffListForm
from backend.portal.faults import faults_joined
from backend.portal.listing import listing
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest

MOST_SHOWN = 100
TITLES = {
    Sort.LEAVES: gettext_lazy("Leave: account, posts and sessions end, open work goes to others"),
    Sort.COMES: gettext_lazy("Come"),
    Sort.KNOWN: gettext_lazy("Are here already, and belong to the portal from now on"),
    Sort.CHANGES: gettext_lazy("Change"),
    Sort.MOVES: gettext_lazy("Belong to other offices or classes"),
    Sort.KEPT: gettext_lazy("Hold a post with power: left as they are, please look yourself"),
    Sort.ADDRESS_TAKEN: gettext_lazy("Have an address that belongs to somebody else: it is left out"),
    Sort.UNIT_NEW: gettext_lazy("New offices and classes"),
    Sort.UNIT_CHANGED: gettext_lazy("Offices and classes with a new name"),
}
"""The groups of a preview, those that matter most first."""
STATES: Mapping[str, Any] = {
    "preview": gettext_lazy("Looked at, not taken in"),
    "waiting": gettext_lazy("Is being taken in"),
    "done": gettext_lazy("Taken in"),
    "outdated": gettext_lazy("Nothing was changed: the school had changed meanwhile, or nobody took it in"),
}


@permitted(Permission.STAFF_IMPORT)
def people_sync(request: StaffRequest) -> HttpResponse:
    """Show what was brought, and look at a bundle; nothing is changed by looking."""
    sync_access(actor=request.actor)
    if request.method != "POST":
        return _page(request, {"form": StaffListForm()})
    form = StaffListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, {"form": form}, HTTPStatus.BAD_REQUEST)
    try:
        content = form.cleaned_data["file"].read(MAXIMUM_BYTES + 1)
        looked = bundle_look(actor=request.actor, content=content, now=database_now())
    except BundleUnreadable as error:
        form.add_error("file", str(error))
        return _page(request, {"form": form}, HTTPStatus.BAD_REQUEST)
    except BundleFaulty as error:
        faults = faults_joined((one.file, one.line, one.column, one.message) for one in error.faults)
        context = {"form": form, "faults": faults[:MOST_SHOWN], "fault_count": len(error.faults)}
        return _page(request, context, HTTPStatus.BAD_REQUEST)
    if looked.sync is None:
        messages.info(request, _("Everybody is here as the portal has them; there is nothing to do."))
        return redirect("portal:people_sync")
    return redirect("portal:people_sync_one", sync_id=looked.sync.id)


@permitted(Permission.STAFF_IMPORT)
def people_sync_one(request: StaffRequest, sync_id: UUID) -> HttpResponse:
    """Show what one would change, and have it taken in; afterwards, what became of it."""
    sync = sync_get(actor=request.actor, sync_id=sync_id)
    sync_access(actor=request.actor)
    if request.method == "POST":
        return proof_ask(request) or _taken(request, sync_id)
    looked = None
    if sync.state == sync.State.PREVIEW:
        looked = sync_look_again(actor=request.actor, sync_id=sync_id, now=database_now())
    context = {"sync": sync, "said": STATES[sync.state], "looked": looked, "groups": _groups(looked)}
    return staff_page(request, "people_sync_one", context, section="manage")


@permitted(Permission.STAFF_IMPORT)
@require_POST
@proved
def people_sync_open(request: StaffRequest) -> HttpResponse:
    """Let one program bring the staff."""
    try:
        account_id = UUID(request.POST.get("account", ""))
    except ValueError:
        return redirect("portal:people_sync")
    source_open(actor=request.actor, account_id=account_id, now=database_now())
    messages.success(request, _("This program may bring the staff now."))
    return redirect("portal:people_sync")


@permitted(Permission.STAFF_IMPORT)
@require_POST
@proved
def people_sync_close(request: StaffRequest) -> HttpResponse:
    """Let no program bring the staff any more."""
    source_close(actor=request.actor, now=database_now())
    messages.success(request, _("No program may bring the staff any more. Everybody stays as they are."))
    return redirect("portal:people_sync")


def _taken(request: StaffRequest, sync_id: UUID) -> HttpResponse:
    despite_guard = "despite_guard" in request.POST
    sync_apply(actor=request.actor, sync_id=sync_id, despite_guard=despite_guard, now=database_now())
    messages.success(request, _("It is being taken in. Load this page again in a moment to see what became of it."))
    return redirect("portal:people_sync_one", sync_id=sync_id)


def _groups(looked: Looked | None) -> list[tuple[str, int, list[Change]]]:
    """Return what would happen by sort, the first hundred of each shown."""
    if looked is None:
        return []
    found = {sort: [change for change in looked.plan.changes if change.sort is sort] for sort in TITLES}
    return [(str(TITLES[sort]), len(changes), changes[:MOST_SHOWN]) for sort, changes in found.items() if changes]


def _page(request: StaffRequest, context: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    found = listing(request, syncs_of(actor=request.actor), ordering=("-made_at", "id"))
    rows = [(row, STATES[row.state]) for row in found.rows]
    shared = {
        "listing": found,
        "rows": rows,
        "source": source_of(school_id=request.actor.school_scope),
        "accounts": accounts_to_open(actor=request.actor, now=database_now()),
    }
    return staff_page(request, "people_sync", {**shared, **context}, section="manage", status=status)

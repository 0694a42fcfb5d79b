"""The page of leaving: everything that ends when somebody goes, looked at first, then done in one act."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.accounts.proving import proved
from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.organisation.permissions import Permission
from backend.organisation.selectors import people_visible
from backend.portal.access import permitted
from backend.portal.pages import staff_page
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest
from backend.setup.selectors.leaving import leaving_get
from backend.setup.services.leaving import Left, person_leave


class LeavingForm(forms.Form):
    """The colleague who takes over the duty."""

    taker = forms.UUIDField(
        required=False, error_messages={"invalid": gettext_lazy("Please choose somebody from the list.")}
    )


@permitted(Permission.PEOPLE_END)
@proved
def leaving(request: StaffRequest, person_id: UUID) -> HttpResponse:
    """Show what would end, or end it all."""
    now = database_now()
    found = leaving_get(actor=request.actor, person_id=person_id, now=now)
    form = LeavingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            left = person_leave(actor=request.actor, person_id=person_id, taker_id=form.cleaned_data["taker"], now=now)
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _done(found.person.name, left))
            return redirect("portal:leaving", person_id=person_id)
    colleagues = people_visible(actor=request.actor).exclude(id=person_id).order_by("staff_number", "id")
    context = {
        "leaving": found,
        "form": form,
        "colleagues": list(colleagues) if found.duties else [],
        "is_over": not (found.posts or found.tickets or found.has_account),
    }
    return staff_page(request, "leaving", context, section="account", status=422 if form.errors else 200)


def _done(name: str, left: Left) -> str:
    done = _("%(name)s has left: posts, account and sign-ins have ended.") % {"name": name}
    if not left.free:
        return done
    return _("%(done)s Duties that are free now: %(count)d. Please enter somebody.") % {
        "done": done,
        "count": left.free,
    }

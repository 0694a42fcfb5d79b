"""Setting a school up: where it stands, its people, the test message, the invitations, and going live."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from backend.accounts.proving import proof_ask
from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.notifications.selectors import channels_of
from backend.organisation.models import ContactChannel, School, Unit
from backend.organisation.permissions import NotAdministrator, Permission
from backend.organisation.selectors import units_visible
from backend.organisation.selectors.powers import posts_of_power
from backend.organisation.selectors.second_factor import people_without_second_factor
from backend.organisation.services import channel_code_send, channel_verify
from backend.organisation.services.invitations import people_invite
from backend.portal.access import permitted
from backend.portal.channels import CodeForm
from backend.portal.invitations import invitations_shown, invited_tell
from backend.portal.pages import staff_page
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest
from backend.portal.setup_forms import offices_chosen
from backend.portal.setup_steps import step_after, steps_of
from backend.rulebook.selectors import active_version_id, ruleset_get
from backend.rulebook.selectors.reaching import reach_table
from backend.setup.selectors.progress import code_trouble, progress_get
from backend.setup.selectors.startup_offices import startup_offices_empty
from backend.setup.services.going_live import school_go_live_checked
from backend.setup.services.mail_trial import mail_server_trouble
from backend.setup.services.startup_offices import startup_offices_settle

SECTION = "manage"


@permitted(Permission.CONFIGURATION_WRITE)
def overview(request: StaffRequest) -> HttpResponse:
    """Show every step, what is done, and which comes next."""
    return setup_page(request, "setup", {})


@permitted(Permission.CONFIGURATION_WRITE)
def people(request: StaffRequest) -> HttpResponse:
    """Show how many people, offices and places there are, and the ways to enter them.

    Offices that the school began with and has not used are offered to be taken away, for its own in their place.
    """
    school = school_of_administrator(request)
    if request.method == "POST":
        try:
            choices = offices_chosen(data=request.POST)
            startup_offices_settle(actor=request.actor, school=school, choices=choices)
            messages.success(request, _("Saved."))
        except DomainError as error:
            messages.error(request, str(error))
        return redirect("portal:setup_people")
    empty = list(startup_offices_empty(school=school))
    own = [row for row in units_visible(actor=request.actor).order_by("code") if row.kind == Unit.Kind.OFFICE]
    offices = [row for row in own if row not in empty]
    return setup_page(request, "setup_people", {"empty_offices": empty, "own_offices": offices}, step="people")


@permitted(Permission.CONFIGURATION_WRITE)
def mail(request: StaffRequest) -> HttpResponse:
    """Send a code to one's own address and take it back, which proves that messages arrive."""
    channel = channels_of(actor=request.actor).filter(kind=ContactChannel.Kind.EMAIL).order_by("id").first()
    form = CodeForm(request.POST if "code" in request.POST else None)
    if channel is None:
        return redirect("portal:channels")
    trouble = ""
    try:
        if form.is_valid():
            channel_verify(
                actor=request.actor, channel_id=channel.id, code=form.cleaned_data["code"], now=database_now()
            )
            messages.success(request, _("It arrived. From now on we reach you there."))
            return redirect("portal:setup_mail")
        if request.method == "POST" and not form.is_bound and not (trouble := mail_server_trouble()):
            channel_code_send(actor=request.actor, channel_id=channel.id, now=database_now())
            messages.success(request, _("A test message is on its way to %(address)s.") % {"address": channel.shown})
            return redirect("portal:setup_mail")
    except DomainError as error:
        add_refusal(form, error) if form.is_bound else messages.error(request, str(error))
    context = {"form": form, "channel": channel, "trouble": trouble or code_trouble(channel=channel)}
    return setup_page(request, "setup_mail", context, step="mail")


@permitted(Permission.STAFF_INVITE)
def invite(request: StaffRequest) -> HttpResponse:
    """Invite everybody who has an address and no account, or once more whoever has not accepted."""
    school = school_of_administrator(request)
    if request.method != "POST":
        return setup_page(request, "setup_invite", invitations_shown(actor=request.actor), step="invite")
    if school.live_at is not None and (asked := proof_ask(request)) is not None:
        return asked
    invited = people_invite(actor=request.actor, now=database_now(), again="again" in request.POST)
    invited_tell(request=request, invited=invited)
    return redirect("portal:setup_invite")


@permitted(Permission.CONFIGURATION_WRITE)
def live(request: StaffRequest) -> HttpResponse:
    """List who holds which power, and go live when that is confirmed."""
    school, now = school_of_administrator(request), database_now()
    refusal = None
    if request.method == "POST":
        try:
            school_go_live_checked(school=school, by=request.actor, now=now)
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("The school is live. Everybody with power over people has been told."))
            return redirect("portal:setup")
    context = {
        "held": posts_of_power(school=school, now=now),
        "lacking": [
            person.name
            for employer in (school, school.bureau)
            for person in people_without_second_factor(employer=employer, now=now)
        ],
        "refusal": refusal,
        **_ready(school, now),
    }
    return setup_page(request, "setup_live", context, step="live", status=refusal.status if refusal else 200)


def _ready(school: School, now: datetime) -> dict[str, Any]:
    """Return whether the school could go live, and who has to accept the invitation before that."""
    version_id = active_version_id(school_id=school.id)
    if school.live_at is not None or version_id is None:
        return {"can_go_live": False, "awaited": []}
    table = reach_table(school=school, ruleset=ruleset_get(version_id), since=now)
    awaited = [table.people[person] for person in table.awaited]
    return {"can_go_live": not awaited and not table.findings, "awaited": awaited}


def setup_page(
    request: StaffRequest, template: str, context: dict[str, Any], *, step: str = "", status: int = 200
) -> HttpResponse:
    """Show a page with the steps beside it; `step` is the one it belongs to."""
    school = school_of_administrator(request)
    progress = progress_get(actor=request.actor, school=school)
    steps = steps_of(progress)
    at = next((number for number, row in enumerate(steps, start=1) if row.key == step), 0)
    shared = {
        "progress": progress,
        "steps": steps,
        "step": step,
        "at": at,
        "is_step_done": at > 0 and steps[at - 1].is_done,
        "done": sum(row.is_done for row in steps),
        "onward": step_after(steps),
    }
    return staff_page(request, template, {**shared, **context}, section=SECTION, status=status)


def school_of_administrator(request: StaffRequest) -> School:
    """Return the school that is being set up; people of the bureau have none."""
    if request.school is None:
        raise NotAdministrator
    return request.school

"""The school's configuration as a file: downloaded, looked at before it is written, written when it is confirmed."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from backend.accounts.proving import proof_ask
from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.common.parsers import FILE_BYTES
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.portal.access import permitted
from backend.portal.account_forms import StaffListForm
from backend.portal.carried import packed, unpacked
from backend.portal.configurations import SALT, away_shown, faults_shown, sections_shown
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest
from backend.portal.views.setup import school_of_administrator
from backend.setup.configuration.applying import (
    ConfigurationOutdated,
    configuration_apply,
    configuration_preview,
)
from backend.setup.configuration.exporting import configuration_of
from backend.setup.configuration.files import ConfigurationUnreadable, configuration_read, configuration_write


@permitted(Permission.CONFIGURATION_IMPORT)
def configuration(request: StaffRequest) -> HttpResponse:
    """Take a file and show what it would do, then do that when it is confirmed; for administrators only."""
    school = school_of_administrator(request)
    if request.method != "POST":
        return _page(request, {"form": StaffListForm()})
    try:
        if "configuration" in request.POST:
            # While a school is being set up one person gives every post, and is asked nothing for an hour.
            asked = proof_ask(request) if school.live_at is not None else None
            return asked or _confirmed(
                request, school, unpacked(school=school, salt=SALT, text=request.POST["configuration"])
            )
        form = StaffListForm(request.POST, request.FILES)
        if not form.is_valid():
            return _page(request, {"form": form}, HTTPStatus.BAD_REQUEST)
        content = configuration_read(form.cleaned_data["file"].read(FILE_BYTES + 1), at_most=FILE_BYTES)
        return _preview(request, school, content)
    except ConfigurationUnreadable as error:
        wrong = {"form": StaffListForm(), "faults": faults_shown(error), "fault_count": len(error.faults)}
        return _page(request, wrong, HTTPStatus.BAD_REQUEST)
    except DomainError as error:
        form = StaffListForm({})
        form.add_error("file", str(error))
        return _page(request, {"form": form}, error.status)


@permitted(Permission.CONFIGURATION_WRITE)
@require_GET
def export(request: StaffRequest) -> HttpResponse:
    """Give the configuration of the school as YAML, or as JSON where that is asked for."""
    school, now = school_of_administrator(request), database_now()
    as_json = request.GET.get("format") == "json"
    text = configuration_write(configuration_of(school=school, now=now, is_administrators=True), as_json=as_json)
    kind, ending = ("application/json", "json") if as_json else ("application/yaml", "yaml")
    name = f"allclear-{school.code}-{now:%Y-%m-%d}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type=f"{kind}; charset=utf-8", headers=headers)


def _preview(
    request: StaffRequest, school: School, content: Mapping[str, Any], status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    done = configuration_preview(content=content, by=request.actor, now=database_now())
    context = {
        "done": done,
        "sections": sections_shown(done=done),
        "away": away_shown(done=done),
        "configuration": packed(school=school, salt=SALT, what=content),
        "is_outdated": status == HTTPStatus.CONFLICT,
        "has_bureau": "shifts" in content["bureau"],
    }
    return _page(request, context, status)


def _confirmed(request: StaffRequest, school: School, content: Mapping[str, Any]) -> HttpResponse:
    digest = request.POST.get("digest", "")
    try:
        done = configuration_apply(content=content, by=request.actor, digest=digest, now=database_now())
    except ConfigurationOutdated:
        return _preview(request, school, content, HTTPStatus.CONFLICT)
    messages.success(request, _("The configuration is in force."))
    if done.waiting:
        words = ngettext(
            "%(count)d change waits until a second person has confirmed it.",
            "%(count)d changes wait until a second person has confirmed them.",
            done.waiting,
        )
        messages.info(request, words % {"count": done.waiting})
    return redirect("portal:configuration")


def _page(request: StaffRequest, context: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    return staff_page(request, "configuration", context, section="manage", status=status)

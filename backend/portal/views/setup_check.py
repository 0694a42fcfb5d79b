"""The check's page of setting a school up: who is told of each category at every hour of four weeks, and the holes."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from backend.common.clock import database_now
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.portal.access import permitted
from backend.portal.holes import holes_said
from backend.portal.reach_rows import names_said, reach_rows
from backend.portal.requests import StaffRequest
from backend.portal.views.setup import school_of_administrator, setup_page
from backend.rulebook.selectors import active_version_id, ruleset_get
from backend.rulebook.selectors.reaching import reach_table
from backend.setup.selectors.nights import DAYS, nights_led
from backend.setup.services.checking import check_keep

MOST_SAID = 12


@permitted(Permission.CONFIGURATION_WRITE)
def check(request: StaffRequest) -> HttpResponse:
    """Show who will be told, the holes, and what to do about them; keep that it was looked at when it is confirmed."""
    school, now = school_of_administrator(request), database_now()
    version_id = active_version_id(school_id=school.id)
    if version_id is None:
        return redirect("portal:setup_rules")
    table = reach_table(school=school, ruleset=ruleset_get(version_id), since=now)
    if request.method == "POST" and not table.findings:
        check_keep(actor=request.actor, school=school, version_id=version_id, now=now)
        messages.success(request, _("Noted. It is checked again every night from now on."))
        return redirect("portal:setup_invite")
    is_boarding = school.kind == School.Kind.BOARDING
    context = {
        "is_boarding": is_boarding,
        "nights_led": nights_led(school=school, since=now) if is_boarding else 0,
        "nights": DAYS,
        "rows": reach_rows(table=table, zone=ZoneInfo(school.time_zone)),
        "holes": holes_said(table=table) if table.findings else [],
        "awaited": names_said(table.people[person] for person in table.awaited),
        "awaited_count": len(table.awaited),
        "findings": table.findings[:MOST_SAID],
        "warnings": table.warnings[:MOST_SAID],
    }
    return setup_page(request, "setup_check", context, step="check")

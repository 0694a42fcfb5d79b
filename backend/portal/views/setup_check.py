"""The check's page of setting a school up: who is told of each category at every hour of four weeks, and the holes."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from backend.common.clock import database_now
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.organisation.roles import Role
from backend.portal.access import permitted
from backend.portal.reach_rows import reach_rows
from backend.portal.requests import StaffRequest
from backend.portal.views.setup import school_of_administrator, setup_page
from backend.rulebook.selectors import active_version_id, ruleset_get
from backend.rulebook.selectors.reaching import reach_table
from backend.rulebook.services import rulebook_check_record
from backend.setup.selectors.nights import DAYS, nights_led

MOST_SAID = 12


@permitted(Permission.CONFIGURATION_WRITE)
def check(request: StaffRequest) -> HttpResponse:
    """Show who is told, the holes, and what to do about them; keep the outcome when it is confirmed."""
    school, now = school_of_administrator(request), database_now()
    version_id = active_version_id(school_id=school.id)
    if version_id is None:
        return redirect("portal:setup_rules")
    if request.method == "POST":
        found = rulebook_check_record(school=school, now=now)
        if not found.findings:
            messages.success(request, _("Kept. It is checked again every night from now on."))
            return redirect("portal:setup_invite")
    table = reach_table(school=school, ruleset=ruleset_get(version_id), since=now)
    is_boarding = school.kind == School.Kind.BOARDING
    context = {
        "is_boarding": is_boarding,
        "nights_led": nights_led(school=school, since=now) if is_boarding else 0,
        "nights": DAYS,
        "rows": reach_rows(table=table, zone=ZoneInfo(school.time_zone)),
        "findings": table.findings[:MOST_SAID],
        "warnings": table.warnings[:MOST_SAID],
        "stands_above": not {Role.BUREAU_OFFICER, Role.BOARD_CHAIR}.isdisjoint(table.missing.vacant),
        "vacant": [role.label for role in table.missing.vacant],
        "unreached": [table.people[person] for person in table.missing.unreached],
        "away": [table.people[person] for person in table.missing.away],
    }
    return setup_page(request, "setup_check", context, step="check")

"""Clocks and ladders of a school: read in words, and set within bounds once they were tried on last term."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from backend.accounts.proving import proof_ask
from backend.common.clock import database_now
from backend.common.errors import DomainError, NotFound
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.portal.access import permitted
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest, version_seen
from backend.portal.rule_clock_forms import ClockForm
from backend.portal.rule_clocks import EVERY, clock_groups, clock_line, limits_said, trial_said, trial_steps
from backend.portal.views.setup import SECTION, school_of_administrator
from backend.rulebook.clock_edits import ClockAt, ClockProposal, content_with_clock
from backend.rulebook.reading import ruleset_from_content
from backend.rulebook.ruleset import Clock, ClockName, Ruleset, Severity
from backend.rulebook.selectors import active_version_id, content_in_use, coverage_get, ruleset_get
from backend.rulebook.services import RulebookChanged
from backend.setup.selectors.clock_trial import clock_tried
from backend.setup.services.clock_changes import clock_change

MOST_SAID = 12


@permitted(Permission.RECORD_READ)
def clocks(request: StaffRequest) -> HttpResponse:
    """Show every clock with its ladder, by urgency."""
    _version_id, rules = _in_use(school_of_administrator(request))
    return staff_page(request, "rule_clocks", {"groups": clock_groups(rules)}, section=SECTION)


@permitted(Permission.CONFIGURATION_WRITE)
def clock(request: StaffRequest, severity: str, clock: str) -> HttpResponse:
    """Show one clock and take a change of it, which is tried first and then confirmed."""
    school, at = school_of_administrator(request), _at(severity, clock)
    version_id, rules = _in_use(school)
    stands = _clock(rules, at)
    form = ClockForm(request.POST if request.method == "POST" else None, clock=stands, limit=at.limit)
    context: dict[str, Any] = {}
    status = 200 if form.is_valid() or not form.is_bound else 400
    if form.is_valid():
        try:
            if request.POST.get("tried") == _mark(form.proposal(), version_id) and "confirmed" in request.POST:
                return _taken(request, school, at, form.proposal())
            context = _tried(request, school, at, form.proposal())
        except DomainError as error:
            form.add_error(form.field_of(error), str(error))
            status = error.status
    shown = {"form": form, "seen": version_id, "line": clock_line(at, stands), "severity": at.severity}
    return staff_page(
        request,
        "rule_clock",
        {**shown, "limits": limits_said(at.limit), **context},
        section=SECTION,
        status=status,
    )


def _taken(request: StaffRequest, school: School, at: ClockAt, proposal: ClockProposal) -> HttpResponse:
    if (asked := proof_ask(request)) is not None:
        return asked
    seen = version_seen(request)
    clock_change(actor=request.actor, school=school, at=at, proposal=proposal, seen=seen, now=database_now())
    messages.success(request, _("The rules are in use. What is open already keeps its times."))
    return redirect("portal:rule_clocks")


def _tried(request: StaffRequest, school: School, at: ClockAt, proposal: ClockProposal) -> dict[str, Any]:
    """Return what a change would do: to the reports of last term, and to whom is reached in the coming weeks."""
    now = database_now()
    version_id, before = _in_use(school)
    if version_seen(request) != version_id:
        raise RulebookChanged
    after = ruleset_from_content(content_with_clock(content_in_use(school_id=school.id) or {}, at, proposal))
    trial = clock_tried(school=school, before=before, after=after, at=at, now=now)
    findings = coverage_get(school=school, ruleset=after, since=now).findings
    return {
        "tried": _mark(proposal, version_id),
        "trial": trial,
        "trial_said": trial_said(trial),
        "trial_steps": list(trial_steps(trial, _clock(after, at))),
        "findings": findings[:MOST_SAID],
        "may_take": not findings or school.live_at is None,
    }


def _mark(proposal: ClockProposal, version_id: int) -> str:
    """Return a text that is another one for any other proposal, so that what is taken is what was tried."""
    rungs = ";".join(f"{rung.after}{rung.deputies}{','.join(rung.tell)}" for rung in proposal.rungs)
    return f"{version_id};{proposal.within};{proposal.repeat};{rungs}"


def _at(severity: str, clock: str) -> ClockAt:
    try:
        return ClockAt(None if severity == EVERY else Severity(severity), ClockName(clock))
    except ValueError as error:
        raise NotFound from error


def _in_use(school: School) -> tuple[int, Ruleset]:
    version_id = active_version_id(school_id=school.id)
    if version_id is None:
        raise NotFound
    return version_id, ruleset_get(version_id)


def _clock(rules: Ruleset, at: ClockAt) -> Clock:
    found = (rules.bounds if at.severity is None else rules.clocks[at.severity]).get(at.clock)
    if found is None:
        raise NotFound
    return found

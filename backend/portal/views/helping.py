"""Help for every colleague: one page that gathers it, and the school's rules in plain words."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from backend.common.errors import NotFound
from backend.organisation.permissions import Permission
from backend.portal.access import staff_only
from backend.portal.first_steps import first_steps
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest
from backend.portal.rules_in_words import rules_said
from backend.portal.selectors import names_by_code
from backend.retention.models import What
from backend.retention.periods import PERIODS
from backend.retention.registry import columns_by_period
from backend.retention.selectors import account_of, keeping_of
from backend.rulebook.selectors import active_version_id, ruleset_get
from backend.workflow.errors import NotAtASchool


@staff_only
@require_GET
def help_page(request: StaffRequest) -> HttpResponse:
    """Show the first steps, how a report goes, who sees what and the keys, and lead to numbers and rules."""
    has_rules = request.school is not None and active_version_id(school_id=request.school.id) is not None
    context = {"first_steps": first_steps(actor=request.actor), "has_rules": has_rules}
    return staff_page(request, "help", context, section="help")


@staff_only
@require_GET
def kept(request: StaffRequest) -> HttpResponse:
    """Show what is kept for how long and how it goes; to whoever reads the record, in which columns it lies."""
    columns = columns_by_period()
    keeping = keeping_of(actor=request.actor)
    rows = [(period, period.lasts_by(keeping), columns.get(period, ())) for period in PERIODS]
    account = [{**line, "what": What(line["what"]).label} for line in account_of(actor=request.actor)]
    return staff_page(
        request,
        "kept",
        {"rows": rows, "account": account, "may_hold": request.actor.may(Permission.EVIDENCE_HOLD)},
        section="help",
    )


@staff_only
@require_GET
def rules_in_words(request: StaffRequest) -> HttpResponse:
    """Show the rules of the reader's school: what can be reported, who answers by when, and who is told if not."""
    if request.school is None:
        raise NotAtASchool
    version_id = active_version_id(school_id=request.school.id)
    if version_id is None:
        raise NotFound
    said = rules_said(ruleset=ruleset_get(version_id), offices=names_by_code(school=request.school))
    return staff_page(request, "rules_in_words", {"rules": said}, section="help")

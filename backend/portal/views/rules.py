"""The school's rules in words: who is called when nobody answers a report of a category at a time of day."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse

from backend.common.clock import database_now
from backend.common.errors import NotFound
from backend.organisation.permissions import NotAdministrator, Permission
from backend.portal.access import permitted
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest
from backend.portal.rules import RuleForm, clocks_said, proof_said, questions_said, told_at_once
from backend.portal.selectors import names_by_code
from backend.rulebook.selectors import active_version_id, ruleset_get
from backend.rulebook.selectors.reaching import category_answer

USUAL = "22:00"


@permitted(Permission.RECORD_READ)
def rules(request: StaffRequest) -> HttpResponse:
    """Answer for the category and the time that were chosen, at first for the most urgent one at night."""
    school = request.school
    if school is None:
        raise NotAdministrator
    version_id = active_version_id(school_id=school.id)
    if version_id is None:
        raise NotFound
    ruleset, zone = ruleset_get(version_id), ZoneInfo(school.time_zone)
    categories = ruleset.categories.values()
    usual = {"category": min(categories, key=lambda row: row.severity).code, "at": USUAL}
    form = RuleForm(request.GET if "category" in request.GET else usual, categories=categories)
    if not form.is_valid():
        return staff_page(request, "rules", {"form": form}, section="manage", status=400)
    at = _next(database_now().astimezone(zone), form)
    answer = category_answer(school=school, ruleset=ruleset, code=form.cleaned_data["category"], at=at)
    context = {
        "form": form,
        "answer": answer,
        "at": at,
        "at_once": told_at_once(answer=answer),
        "questions": questions_said(category=answer.category, offices=names_by_code(school=school)),
        "proof": proof_said(proof=answer.category.proof),
        "clocks": clocks_said(answer=answer, ruleset=ruleset),
    }
    return staff_page(request, "rules", context, section="manage")


def _next(now: datetime, form: RuleForm) -> datetime:
    """Return the next instant with this time of day."""
    chosen = form.cleaned_data["at"]
    today = now.replace(hour=chosen.hour, minute=chosen.minute, second=0, microsecond=0)
    return today if today >= now else today + timedelta(days=1)

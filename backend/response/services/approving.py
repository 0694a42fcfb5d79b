"""Approving a response plan for a school, and confirming that one has read it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction

from backend.common.outbox import OutboxDraft, outbox_add
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.response.errors import LastDayWrong, NotApproved, NotYourPlan
from backend.response.models import ResponseApproval, ResponseReading
from backend.response.selectors.plans import (
    PlanStanding,
    approvals_of,
    day_at,
    digest_of,
    ground_load,
    plan_find,
    plan_standing,
    school_of_plans,
)
from backend.response.services.drafting import draft_take_up
from backend.rulebook.response_rules import ResponsePlan
from backend.rulebook.selectors import active_version_id

APPROVED = "response.approved"
MONTH = timedelta(days=31)


@transaction.atomic
def plan_approve(
    *,
    actor: Actor,
    code: str,
    last_day: Callable[[], date | None],
    now: datetime,
    of_draft: bool = False,
    seen: datetime | None = None,
) -> ResponseApproval:
    """Approve a plan as it is written, until a day; whoever it asks something of is asked to read it.

    `of_draft`: as its draft is written, by which the plan goes from now on; `seen` is when the draft that they read was
    kept. The day is read only once it is known that the plan is there, and theirs to approve.
    """
    plan = plan_find(actor=actor, code=code)
    actor.require(Permission.RESPONSES_APPROVE)
    school = School.objects.select_for_update(no_key=True).get(id=school_of_plans(actor=actor).id)
    if of_draft:
        draft_take_up(actor=actor, school=school, code=code, seen=seen, now=now)
        plan = plan_find(actor=actor, code=code)
    before = approvals_of(school_id=school.id).get(code)
    version_id = active_version_id(school_id=school.id)
    if version_id is None:
        raise NotApproved
    row = ResponseApproval.objects.create(
        school=school,
        plan=code,
        number=before.number + 1 if before else 1,
        rulebook_id=version_id,
        digest=digest_of(plan),
        by_id=actor.person_id,
        at=now,
        last_day=_last_day(plan, last_day(), day_at(school, now)),
    )
    _ask_to_read(school, plan, row, now)
    return row


@transaction.atomic
def plan_confirm(*, actor: Actor, code: str, now: datetime) -> PlanStanding:
    """Confirm that one has read a plan that asks something of one; once more is the same."""
    standing = plan_standing(actor=actor, code=code, now=now)
    if standing.approval is None or not standing.holds:
        raise NotApproved
    if actor.person_id not in {person.id for person in (*standing.read, *standing.unread)}:
        raise NotYourPlan
    ResponseReading.objects.get_or_create(approval=standing.approval, person_id=actor.person_id, defaults={"at": now})
    return plan_standing(actor=actor, code=code, now=now)


def _last_day(plan: ResponsePlan, wanted: date | None, today: date) -> date:
    latest = today + plan.valid_months * MONTH
    if wanted is None:
        return latest
    if not today < wanted <= latest:
        raise LastDayWrong(pointer="/last_day")
    return wanted


def _ask_to_read(school: School, plan: ResponsePlan, row: ResponseApproval, now: datetime) -> None:
    people = ground_load(school_id=school.id, now=now).holders_by(plan)
    if not people:
        return
    payload = {
        "school": str(school.id),
        "people": sorted(map(str, people)),
        "approval": str(row.id),
        "plan": {"zh": plan.name_zh, "en": plan.name_en},
        "path": f"/plans/{plan.code}",
    }
    outbox_add(drafts=[OutboxDraft(APPROVED, f"{APPROVED}:{row.id}", payload)], now=now)

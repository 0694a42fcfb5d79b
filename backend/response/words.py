"""The words of a started plan that its steps are told by. Pure."""

from collections.abc import Mapping

from backend.response.models import Response, ResponseTask
from backend.rulebook.response_rules import ResponsePlan
from backend.rulebook.selectors import ruleset_get


def plan_behind(row: Response) -> ResponsePlan:
    """Return the plan as it stood when it was started."""
    return ruleset_get(row.rulebook_id).response_plans[row.plan]


def named(row: Response) -> Mapping[str, str]:
    """Return the name of the plan in both languages."""
    plan = plan_behind(row)
    return {"zh": plan.name_zh, "en": plan.name_en}


def done_in(row: Response, task: ResponseTask) -> Mapping[str, str]:
    """Return what a step asks, in both languages."""
    step = plan_behind(row).step(task.step)
    return {"zh": step.do_zh, "en": step.do_en}

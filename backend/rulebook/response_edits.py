"""Changing the steps of a response plan in a rulebook's content, and what can be wrong with them. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Invalid, NotFound
from backend.organisation.roles import Role
from backend.rulebook.clock_edits import NothingChanged
from backend.rulebook.fitting import own_name
from backend.rulebook.response_checks import LATEST_STEP, MOST_STEPS, OF_SCHOOL
from backend.rulebook.response_fitting import RESPONSES
from backend.rulebook.ruleset import LEAD_GRADE, span_parse

HOUR, DAY = 60, 1440
LATEST = int(LATEST_STEP.total_seconds() // 60)
OWN_STEP = "own-"
"""The keys of steps that a school adds begin so, and end with a number."""


class StepsWrong(Invalid):
    """A plan would have no steps, too many, or none that is asked of anybody."""

    code = "plan_steps_wrong"
    title = _("A plan has one step to thirty, and asks somebody for at least one of them.")


class StepTimeWrong(Invalid):
    """A step would be due at no time that can be kept, or the same instant that it is asked."""

    code = "plan_step_time_wrong"
    title = _("A step is due within seven days. Whoever is asked needs a minute at least.")


class StepAskedWrong(Invalid):
    """A step would be asked of a role or office that the school does not have, or of two at once."""

    code = "plan_step_asked_wrong"
    title = _("Ask one role of the school, one of its offices, or the teacher of each class; or leave it open.")


@dataclass(frozen=True, slots=True)
class StepDraft:
    """A step as somebody writes it: by which minute, asked of whom, in which words; without a key it is a new one.

    Asked is a role, an office by its code, or each class; none of them stands for whoever is there first.
    """

    minutes: int
    do_zh: str
    do_en: str
    role: str = ""
    office: str = ""
    each_class: bool = False
    key: str = ""

    @property
    def is_asked(self) -> bool:
        """Whether somebody is asked by name."""
        return bool(self.role or self.office or self.each_class)


def content_with_steps(content: Mapping[str, Any], code: str, steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the content with these steps of one plan, as a rulebook writes them; raise NotFound, NothingChanged."""
    plans = content.get(RESPONSES, {"plans": {}})["plans"]
    plan = plans.get(code)
    if plan is None:
        raise NotFound
    if plan["steps"] == list(steps):
        raise NothingChanged
    section = {**content[RESPONSES], "plans": {**plans, code: {**plan, "steps": list(steps)}}}
    return {**content, "name": own_name(content["name"]), RESPONSES: section}


def steps_written(
    steps: Sequence[StepDraft], *, stand: Sequence[Mapping[str, Any]], offices: Collection[str]
) -> list[dict[str, Any]]:
    """Return steps as a rulebook writes them, in the order given; `stand` are those of now, `offices` the school's.

    Raise StepsWrong, StepTimeWrong or StepAskedWrong, with the place where it stands.
    """
    if not 1 <= len(steps) <= MOST_STEPS or not any(step.is_asked for step in steps):
        raise StepsWrong(pointer="/steps")
    before = {row["key"]: row for row in stand}
    found: list[dict[str, Any]] = []
    for number, step in enumerate(steps):
        _check(step, number, {*offices, *(row["office"] for row in stand if "office" in row), LEAD_GRADE})
        taken = {row["key"] for row in found} | {one.key for one in steps}
        key = step.key if step.key in before and step.key not in {row["key"] for row in found} else _own_key(taken)
        found.append(_written(step, key, before.get(key)))
    return found


def _check(step: StepDraft, number: int, offices: Collection[str]) -> None:
    if not 0 <= step.minutes <= LATEST or (step.is_asked and not step.minutes):
        raise StepTimeWrong(pointer=f"/steps/{number}/minutes")
    is_known = step.role in {"", *(role.value for role in OF_SCHOOL)} and step.office in {"", *offices}
    if not is_known or sum(map(bool, (step.role, step.office, step.each_class))) > 1:
        raise StepAskedWrong(pointer=f"/steps/{number}/asked")


def _written(step: StepDraft, key: str, stands: Mapping[str, Any] | None) -> dict[str, Any]:
    asked: dict[str, Any] = {"role": Role(step.role).value} if step.role else {}
    asked |= {"office": step.office} if step.office else {}
    asked |= {"each_class": True} if step.each_class else {}
    # What was not changed stays as it was written, `1d` as `24h`.
    is_same = stands is not None and span_parse(stands["at"]).length.total_seconds() == step.minutes * 60
    at = stands["at"] if stands is not None and is_same else _span(step.minutes)
    return {"key": key, "at": at, **asked, "do": {"zh": step.do_zh, "en": step.do_en}}


def _span(minutes: int) -> str:
    if minutes and minutes % DAY == 0:
        return f"{minutes // DAY}d"
    if minutes and minutes % HOUR == 0:
        return f"{minutes // HOUR}h"
    return f"{minutes}m"


def _own_key(taken: Collection[str]) -> str:
    return next(key for key in map(f"{OWN_STEP}{{}}".format, range(1, MOST_STEPS * 2 + 1)) if key not in taken)

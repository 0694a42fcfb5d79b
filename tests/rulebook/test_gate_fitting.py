"""Gate duty in the rules of one school: posts that its checklist can ask about, and plans that it had set before."""

from typing import Any

import pytest

from backend.organisation.roles import Role
from backend.rulebook.fitting import Fit, content_fitted, offices_asked
from backend.rulebook.validation import rulebook_errors
from backend.setup.selectors.presets import presets


@pytest.mark.parametrize("preset", ["cn-school", "international"])
def test_a_school_that_leaves_out_what_manned_leads_to_has_gate_duty_without_posts(preset: str) -> None:
    content = presets()[preset]
    offices = {code: code for code in offices_asked(content)}
    own = content_fitted(content, Fit(offices, Role.BUREAU_OFFICER, frozenset({"S05"})))
    assert rulebook_errors(own) == []
    plan = own["rounds"]["plans"]["GATE_ARRIVAL"]
    assert ("posts" in plan, "around" in plan) == (False, True)
    assert "posts" in content_fitted(content, Fit(offices, Role.BUREAU_OFFICER))["rounds"]["plans"]["GATE_ARRIVAL"]


@pytest.mark.parametrize(
    "set_before",
    [
        {"opens": "07:00", "due": "08:00"},
        {"opens": "07:00", "due": "07:15", "again": {"every": "60m", "until": "09:00"}},
    ],
)
def test_a_plan_set_before_that_can_have_no_posts_stays_as_it_stands(set_before: dict[str, Any]) -> None:
    content = presets()["cn-school"]
    usual = content["rounds"]["plans"]["GATE_ARRIVAL"]
    plan = {name: value for name, value in usual.items() if name not in {"posts", "around"}} | set_before
    offices = {code: code for code in offices_asked(content)}
    own = content_fitted(content, Fit(offices, Role.BUREAU_OFFICER, plans={"GATE_ARRIVAL": plan}))
    assert rulebook_errors(own) == []
    assert own["rounds"]["plans"]["GATE_ARRIVAL"] == plan

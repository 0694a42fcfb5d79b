"""From the checked section `response_plans` of a rulebook file to plans. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from backend.organisation.roles import Role
from backend.rulebook.response_rules import PlanKind, ResponsePlan, ResponsePlans, ResponseStep
from backend.rulebook.ruleset import Rung, span_parse

NO_RESPONSES: Mapping[str, Any] = {"rungs": [], "plans": {}}
"""The section of a rulebook without response plans."""


def response_plans_read(content: Mapping[str, Any], *, rung: Callable[[Mapping[str, Any]], Rung]) -> ResponsePlans:
    """Return the plans by code; `rung` reads a step of the ladder, which all of them climb."""
    rungs = tuple(rung(row) for row in content["rungs"])
    return {code: _plan(code, row, rungs) for code, row in content["plans"].items()}


def _plan(code: str, row: Mapping[str, Any], rungs: tuple[Rung, ...]) -> ResponsePlan:
    return ResponsePlan(
        code=code,
        name_zh=row["name"]["zh"],
        name_en=row["name"]["en"],
        categories=tuple(row["categories"]),
        valid_months=row["valid_months"],
        steps=tuple(step_read(step) for step in row["steps"]),
        stand_down_zh=row["stand_down"]["zh"],
        stand_down_en=row["stand_down"]["en"],
        rungs=rungs,
        kind=PlanKind(row.get("kind", PlanKind.EVENT)),
    )


def step_read(row: Mapping[str, Any]) -> ResponseStep:
    """Return a step as it is written."""
    return ResponseStep(
        key=row["key"],
        at=span_parse(row["at"]).length,
        do_zh=row["do"]["zh"],
        do_en=row["do"]["en"],
        role=Role(row["role"]) if "role" in row else None,
        office=row.get("office", ""),
        each_class=row.get("each_class", False),
    )

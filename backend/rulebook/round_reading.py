"""From the checked section `rounds` of a rulebook file to plans. Pure."""

from collections.abc import Callable, Mapping
from datetime import time
from typing import Any

from backend.organisation.roles import Role
from backend.rulebook.gate_rules import Around, Edge, Post
from backend.rulebook.recurring import comes_read
from backend.rulebook.round_rules import (
    Again,
    AnsweredBy,
    CheckItem,
    Checklist,
    ClusterRule,
    ClusterRules,
    ClusterScope,
    RoundKind,
    RoundPlan,
    RoundPlans,
    Target,
)
from backend.rulebook.ruleset import Rung, span_parse

NO_ROUNDS: Mapping[str, Any] = {"checklists": {}, "plans": {}}
"""The section of a rulebook without rounds."""


def round_plans_read(content: Mapping[str, Any], *, rung: Callable[[Mapping[str, Any]], Rung]) -> RoundPlans:
    """Return the plans by code; `rung` reads a step of a ladder."""
    checklists = {code: _checklist(code, row) for code, row in content["checklists"].items()}
    return {code: _plan(code, row, checklists, rung) for code, row in content["plans"].items()}


def cluster_rules_read(content: Mapping[str, Any]) -> ClusterRules:
    """Return the cluster rules by code."""
    return {
        code: ClusterRule(
            code=code,
            lines=tuple(row["lines"]),
            within=ClusterScope(row["within"]),
            cases=row["cases"],
            days=row["days"],
            category=row["category"],
        )
        for code, row in content.get("clusters", {}).items()
    }


def _plan(
    code: str,
    row: Mapping[str, Any],
    checklists: Mapping[str, Checklist],
    rung: Callable[[Mapping[str, Any]], Rung],
) -> RoundPlan:
    return RoundPlan(
        code=code,
        name_zh=row["name"]["zh"],
        name_en=row["name"]["en"],
        kind=RoundKind(row["kind"]),
        checklist=checklists[row["checklist"]],
        asked=Role(row["asked"]),
        target=Target(row["of"]),
        opens=time.fromisoformat(row["opens"]),
        due=time.fromisoformat(row["due"]),
        late_after=span_parse(row["late_after"]).length,
        rungs=tuple(rung(step) for step in row["rungs"]),
        is_off=row.get("switched_off", False),
        only=tuple(row.get("only", ())),
        again=again_read(row["again"]) if "again" in row else None,
        route=tuple(row.get("route", ())),
        comes=comes_read(row["comes"]) if "comes" in row else None,
        posts=tuple(Post(post["key"], post["name"]["zh"], post["name"]["en"]) for post in row.get("posts", ())),
        around=around_read(row["around"]) if "around" in row else None,
        has_fixed_times=row.get("fixed_times", False),
        every_day=row.get("every_day", False),
    )


def around_read(row: Mapping[str, Any]) -> Around:
    """Return the window around the beginning or end of school."""
    return Around(Edge(row["edge"]), span_parse(row["before"]).length, span_parse(row["after"]).length)


def again_read(row: Mapping[str, Any]) -> Again:
    """Return how often and until when a plan comes again within a day."""
    return Again(span_parse(row["every"]).length, time.fromisoformat(row["until"]))


def _checklist(code: str, row: Mapping[str, Any]) -> Checklist:
    return Checklist(code, row["name"]["zh"], row["name"]["en"], tuple(_item(item) for item in row["items"]))


def _item(row: Mapping[str, Any]) -> CheckItem:
    return CheckItem(
        key=row["key"],
        ask_zh=row["ask"]["zh"],
        ask_en=row["ask"]["en"],
        kind=AnsweredBy(row["kind"]),
        category=row.get("category", ""),
        is_starred=row.get("star", False),
        is_required=row.get("required", False),
        is_delicate=row.get("delicate", False),
    )

"""From the checked section `trainings` of a rulebook file to its rules. Pure."""

from collections.abc import Mapping
from typing import Any

from backend.organisation.roles import Role
from backend.rulebook.ruleset import span_parse
from backend.rulebook.training_rules import TrainingRule, TrainingRules


def training_rules_read(content: Mapping[str, Any]) -> TrainingRules:
    """Return the trainings by code, in the order of their codes."""
    return {code: _rule(code, content[code]) for code in sorted(content)}


def _rule(code: str, row: Mapping[str, Any]) -> TrainingRule:
    return TrainingRule(
        code=code,
        name_zh=row["name"]["zh"],
        name_en=row["name"]["en"],
        roles=tuple(Role(role) for role in row.get("posts", ())),
        office=row.get("office", ""),
        each_class=row.get("each_class", False),
        every=span_parse(row["every"]).length,
        first=span_parse(row["first"]).length,
        told=span_parse(row["told"]).length,
    )

"""From the checked section `periods` of a rulebook file to templates. Pure."""

from collections.abc import Callable, Mapping
from datetime import time, timedelta
from typing import Any

from backend.rulebook.period_rules import Measure, MeasureKind, PeriodTemplate, PeriodTemplates
from backend.rulebook.ruleset import Rung, span_parse


def period_templates_read(content: Mapping[str, Any], *, rung: Callable[[Mapping[str, Any]], Rung]) -> PeriodTemplates:
    """Return the templates by code; `rung` reads a step of a ladder."""
    return {
        code: PeriodTemplate(
            code=code,
            name_zh=row["name"]["zh"],
            name_en=row["name"]["en"],
            goals_zh=row["goals"]["zh"],
            goals_en=row["goals"]["en"],
            days=row["days"],
            review_before=span_parse(row["review"]["before"]).length,
            rungs=tuple(rung(step) for step in row["review"]["rungs"]),
            measures=tuple(measure_read(one) for one in row["measures"]),
        )
        for code, row in content.items()
    }


def measure_read(row: Mapping[str, Any]) -> Measure:
    """Return a measure as it is written."""
    every = span_parse(row["every"]).length // timedelta(minutes=1) if "every" in row else None
    return Measure(
        kind=MeasureKind(row["kind"]),
        plan=row.get("plan", ""),
        every=every,
        until=time.fromisoformat(row["until"]) if "until" in row else None,
        due=time.fromisoformat(row["due"]) if "due" in row else None,
        severities=tuple(row.get("severities", ())),
        percent=row.get("percent"),
        shift=row.get("shift", ""),
        people=row.get("people"),
    )

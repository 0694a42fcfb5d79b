"""From the checked content of a rulebook file to reports to somebody outside. Pure."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from backend.organisation.roles import Role
from backend.rulebook.marks import Mark
from backend.rulebook.outside_rules import (
    NO_OUTSIDE,
    OutsideClock,
    OutsideRules,
    OutsideTell,
    Recipient,
    ReportStep,
    Way,
)
from backend.rulebook.ruleset import Rung, Severity, span_parse


def outside_rules_read(content: Mapping[str, Any] | None, *, rung: Callable[[Mapping[str, Any]], Rung]) -> OutsideRules:
    """Return the recipients and the ladder; a rulebook without them has none."""
    if content is None:
        return NO_OUTSIDE
    recipients = {code: Recipient(code, row["zh"], row["en"]) for code, row in content["recipients"].items()}
    return OutsideRules(recipients, tuple(rung(row) for row in content["rungs"]))


def outside_clock_read(key: str, row: Mapping[str, Any]) -> OutsideClock:
    """Return one report to an authority with all of its steps."""
    return OutsideClock(
        key=key,
        trigger_zh=row["trigger"]["zh"],
        trigger_en=row["trigger"]["en"],
        to_zh=row["to"]["zh"],
        to_en=row["to"]["en"],
        within=span_parse(row["within"]) if "within" in row else None,
        deadline_zh=row["deadline"]["zh"],
        deadline_en=row["deadline"]["en"],
        source_zh=row["source"]["zh"],
        source_en=row["source"]["en"],
        mark=Mark(row["mark"]),
        checked_on=date.fromisoformat(row["checked_on"]),
        reminds=tuple(Role(role) for role in row["reminds"]),
        tells=tuple(_tell(tell) for tell in row.get("tell", ())),
    )


def _tell(row: Mapping[str, Any]) -> OutsideTell:
    return OutsideTell(
        key=row["key"],
        to=row["to"],
        way=Way(row["way"]),
        report=ReportStep(row["report"]),
        within=span_parse(row["within"]),
        law=span_parse(row["law"]) if "law" in row else None,
        is_judged=row.get("judged", False),
        severities=frozenset(Severity(severity) for severity in row.get("severities", ())),
        unless=row.get("unless", {}),
    )

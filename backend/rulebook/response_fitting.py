"""Fitting the response plans of a rulebook to one school: its own offices, categories and plans. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

RESPONSES = "response_plans"


def responses_fitted(
    section: Mapping[str, Any], *, offices: Mapping[str, str], kept: Collection[str], own: Mapping[str, Any]
) -> dict[str, Any]:
    """Return plans that ask the school's own offices, for the categories it keeps; its own stand as they are.

    A plan without a category left is for nothing that is reported there, and goes.
    """
    fitted = {code: _plan(row, offices, kept) for code, row in section["plans"].items()}
    plans = {code: row for code, row in fitted.items() if row["categories"]}
    return {**section, "plans": {**plans, **own}}


def responses_set(fitted: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plans of a school's own content that it set or added itself, which are not as they were fitted."""
    if RESPONSES not in own or RESPONSES not in fitted:
        return {}
    usual = fitted[RESPONSES]["plans"]
    return {code: row for code, row in own[RESPONSES]["plans"].items() if row != usual.get(code)}


def _plan(row: Mapping[str, Any], offices: Mapping[str, str], kept: Collection[str]) -> dict[str, Any]:
    steps = [
        {**step, "office": offices.get(step["office"], step["office"])} if "office" in step else step
        for step in row["steps"]
    ]
    return {**row, "steps": steps, "categories": [code for code in row["categories"] if code in kept]}

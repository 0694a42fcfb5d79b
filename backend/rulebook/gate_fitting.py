"""Plans of gate duty that a school set before they had posts, brought in step with the rules of now. Pure."""

from collections.abc import Mapping
from typing import Any

from backend.rulebook.gate_checks import asks_manned


def posts_taken_over(usual: Mapping[str, Any], own: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a school's own plan with the posts and the window that the rules now have, at the times it had set.

    One that stands for itself, or was set with posts, stays as it is: which of them it has is the school's to choose.
    """
    if "posts" not in usual or "posts" in own or own["checklist"] != usual["checklist"]:
        return own
    window = {"around": usual["around"], "fixed_times": True} if "around" in usual else {}
    return {**own, "posts": usual["posts"], **window}


def posts_that_fit(plan: Mapping[str, Any], checklist: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a plan without its posts where the school's checklist no longer asks whether a post is manned."""
    if "posts" not in plan or asks_manned(checklist["items"]):
        return plan
    return {name: value for name, value in plan.items() if name != "posts"}

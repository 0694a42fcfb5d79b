"""Plans of gate duty that a school set before they had posts, brought in step with the rules of now. Pure."""

from collections.abc import Mapping
from typing import Any

from backend.rulebook.gate_checks import asks_manned
from backend.rulebook.round_reading import around_read
from backend.rulebook.route_checks import window_length


def posts_taken_over(usual: Mapping[str, Any], own: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a school's own plan with the posts and the window that the rules now have, at the times it had set.

    One that stands for itself, or was set with posts, stays as it is: which of them it has is the school's to choose.
    So does one that comes again within a day, or is open for longer than the window lasts: neither can have them.
    """
    if "posts" not in usual or {"posts", "again"} & own.keys() or own["checklist"] != usual["checklist"]:
        return own
    if "around" not in usual:
        return {**own, "posts": usual["posts"]}
    if window_length(own["opens"], own["due"]) > around_read(usual["around"]).lasts:
        return own
    return {**own, "posts": usual["posts"], "around": usual["around"], "fixed_times": True}


def posts_that_fit(plan: Mapping[str, Any], checklist: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a plan without its posts where the school's checklist no longer asks whether a post is manned."""
    if "posts" not in plan or asks_manned(checklist["items"]):
        return plan
    return {name: value for name, value in plan.items() if name != "posts"}

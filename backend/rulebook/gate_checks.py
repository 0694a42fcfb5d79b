"""The faults of a plan of rounds with posts, or with a window around the hours of school. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from backend.common.file_faults import Fault, Place, fault
from backend.rulebook.gate_rules import MANNED
from backend.rulebook.round_reading import around_read
from backend.rulebook.round_rules import AnsweredBy, RoundKind
from backend.rulebook.route_checks import window_length

MOST_POSTS = 6
LONGEST = timedelta(hours=3)


def gate_faults(place: Place, plan: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Yield what is wrong with posts and window of a plan, each with the place where it stands."""
    is_gate = plan["kind"] == RoundKind.GATE.value
    if not is_gate and plan.keys() & {"posts", "around"}:
        yield fault(place, _("only duty at the gate has posts and a window around the hours of school."))
    if "around" in plan:
        around = around_read(plan["around"])
        if not window_length(plan["opens"], plan["due"]) <= around.lasts <= LONGEST:
            yield fault((*place, "around"), _("the window lasts until it is due at least, and three hours at most."))
    if "posts" in plan:
        yield from _post_faults((*place, "posts"), plan, items)


def asks_manned(items: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether a checklist has the line by which somebody says that a post is manned."""
    return any(item["key"] == MANNED and item["kind"] == AnsweredBy.YES_NO.value for item in items)


def _post_faults(place: Place, plan: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    keys = [post["key"] for post in plan["posts"]]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield fault(place, _("%(code)s stands twice; every code is used once."), code=key)
    if "again" in plan:
        yield fault(place, _("posts are asked once in a window; write another plan for another window."))
    if not asks_manned(items):
        words = _("the checklist has a line %(key)s, by which somebody says that the post is manned.")
        yield fault(place, words, key=MANNED)

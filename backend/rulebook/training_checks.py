"""The section `trainings` of a rulebook file: its shape, what makes no sense in it, and how it fits a school. Pure."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from backend.common.file_faults import Fault, fault
from backend.common.file_shapes import NAME, closed
from backend.organisation.roles import UNIT_ROLES
from backend.rulebook.round_checks import PLAN_CODE
from backend.rulebook.ruleset import span_parse

TRAININGS = "trainings"
MOST_TRAININGS = 40
DAYS = {"type": "string", "pattern": r"^[1-9]\d{0,3}d$"}


def trainings_shape(*, roles: Mapping[str, Any], unit_code: Mapping[str, Any]) -> dict[str, Any]:
    """Return the shape of trainings, whose posts and offices are written as given."""
    times = {"every": DAYS, "first": DAYS, "told": DAYS}
    training = closed(
        {"name": NAME, "posts": roles, "office": unit_code, "each_class": {"const": True}, **times},
        optional=("posts", "office", "each_class"),
    )
    return {
        "type": "object",
        "maxProperties": MOST_TRAININGS,
        "propertyNames": {"pattern": PLAN_CODE},
        "additionalProperties": training,
    }


def training_faults(content: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the trainings of a rulebook, each with the place where it stands."""
    for code, row in content.get(TRAININGS, {}).items():
        place = (TRAININGS, code)
        if ("posts" in row) is ("each_class" in row):
            yield fault(place, _("a training is asked either of posts or of each class."))
        if "office" in row and not UNIT_ROLES.issuperset(row.get("posts", [""])):
            yield fault((*place, "office"), _("within one office there are only heads, handlers and members of staff."))
        if span_parse(row["told"]).length >= span_parse(row["every"]).length:
            yield fault((*place, "told"), _("people are told later than the last one was held."))


def trainings_fitted(
    section: Mapping[str, Any], *, offices: Mapping[str, str], own: Mapping[str, Any], ended: Collection[str]
) -> dict[str, Any]:
    """Return the trainings with the school's own offices in place of the rulebook's, and those it set or added.

    One of an office that the school lacks goes, and so does one that it ended.
    """
    kept = {code: row for code, row in section.items() if row.get("office") in {None, *offices}}
    fitted = {
        code: {**row, "office": offices[row["office"]]} if "office" in row else dict(row) for code, row in kept.items()
    }
    return {code: row for code, row in {**fitted, **own}.items() if code not in ended}


def trainings_ended(preset: Mapping[str, Any], own: Mapping[str, Any]) -> frozenset[str]:
    """Return the trainings of a rulebook that a school's own content, which has any, does without."""
    return frozenset(preset.get(TRAININGS, {}).keys() - own[TRAININGS].keys()) if TRAININGS in own else frozenset()


def offices_of_trainings(preset: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, str]:
    """Return the offices that stand in a school's trainings in place of the rulebook's; they may answer for nothing."""
    asked, stands = preset.get(TRAININGS, {}), own.get(TRAININGS, {})
    both = [(asked[code], stands[code]) for code in asked if code in stands]
    return {row["office"]: theirs["office"] for row, theirs in both if "office" in row and "office" in theirs}

"""The checks of a bureau's or a school's file, its rosters with it, before it can be laid out. Pure."""

from backend.common.file_shapes import closed, shape_errors
from backend.duty.roster_validation import ROSTERS, rosters_errors
from backend.organisation import validation as organisation

BUREAU_SCHEMA = closed({**organisation.BUREAU, "rosters": ROSTERS}, optional=("rosters",))
SCHOOL_SCHEMA = closed({**organisation.SCHOOL, "rosters": ROSTERS}, optional=("rosters",))


def bureau_errors(content: object) -> list[str]:
    """Return what is wrong with a bureau's file, each with the place where it stands; an empty list is a good file."""
    errors = shape_errors(BUREAU_SCHEMA, content)
    if errors or not isinstance(content, dict):
        return errors
    numbers = [row["staff_number"] for row in content["people"]]
    return [
        *organisation.bureau_errors(content),
        *rosters_errors(content.get("rosters", []), places=(), people=numbers),
    ]


def school_errors(content: object) -> list[str]:
    """Return what is wrong with a school's file, each with the place where it stands; an empty list is a good file."""
    errors = shape_errors(SCHOOL_SCHEMA, content)
    if errors or not isinstance(content, dict):
        return errors
    return [
        *organisation.school_errors(content),
        *rosters_errors(
            content.get("rosters", []),
            places=[row["code"] for row in content["places"]],
            people=[row["staff_number"] for row in content["people"]],
        ),
    ]

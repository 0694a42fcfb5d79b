"""The cast's school with a rulebook of the categories its own offices answer for."""

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.duty.models import Absence
from backend.organisation.models import Person, School
from backend.rulebook.models import RulebookVersion
from backend.rulebook.outside_fitting import reports_fitted
from backend.rulebook.services import rulebook_activate, rulebook_load
from tests.world import OFFICES, World, rulebook_content

CODES = {code for code, *_names in OFFICES}


def small_content(**changes: Any) -> dict[str, Any]:
    """Return the shipped rulebook with only the categories, and the support, of the cast's six offices.

    The lines of checklists that lead to another category are left out with it, and plans without any line left.
    """
    content = deepcopy(rulebook_content())
    rows = [row for row in content["categories"] if row["lead"] in CODES]
    content["categories"] = [
        {**row, "support": [code for code in row.get("support", ()) if code in CODES]} for row in rows
    ]
    kept = {None, *(row["code"] for row in rows)}
    for checklist in content["rounds"]["checklists"].values():
        checklist["items"] = [item for item in checklist["items"] if item.get("category") in kept]
    rounds = content["rounds"]
    rounds["checklists"] = {code: row for code, row in rounds["checklists"].items() if row["items"]}
    rounds["plans"] = {code: row for code, row in rounds["plans"].items() if row["checklist"] in rounds["checklists"]}
    section = content["response_plans"]
    section["plans"] = {code: row for code, row in section["plans"].items() if kept.issuperset(row["categories"])}
    content["outside_clocks"] = reports_fitted(content, content["categories"])
    return {**content, **changes}


def load(content: dict[str, Any], now: datetime) -> RulebookVersion:
    """Store a content as a version."""
    version, _created = rulebook_load(content=content, now=now)
    return version


def away(person: Person, since: datetime, hours: float) -> None:
    """Let somebody be away for some hours."""
    Absence.objects.create(person=person, starts_at=since, ends_at=since + timedelta(hours=hours))


def everybody(school: School) -> list[Person]:
    """Return the people of a school and of its bureau."""
    return [*Person.objects.filter(school=school), *Person.objects.filter(bureau=school.bureau)]


@pytest.fixture
def small_world(world: World) -> World:
    """The cast with the small rulebook in use at home."""
    rulebook_activate(school=world.school, version=load(small_content(), world.now), now=world.now)
    return world

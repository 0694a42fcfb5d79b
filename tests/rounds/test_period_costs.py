"""The check before a special period is approved: what is asked besides reaches somebody, at the same cost for all."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.duty.models import DutyShift
from backend.organisation.models import ContactChannel, Unit
from backend.organisation.roles import Role
from backend.rounds.services.making import rounds_make
from backend.rulebook.models import SchoolRulebook
from backend.rulebook.services import rulebook_activate, rulebook_load
from tests.rounds.test_periods import HALF, WALK, WHY, draw_up
from tests.rulebook.conftest import away
from tests.world import World, member_add

pytestmark = pytest.mark.django_db
MOST = 65
"""Statements of an approval, with its check, one stretch of stricter rules and the rounds of ten days."""
BESIDES: dict[str, Any] = {"measures": [{"kind": "round", "plan": "NOON_CHECK"}, WALK, HALF]}
"""Checks of a class whose teacher is asked for nothing else."""


@pytest.fixture
def world(live_world: World) -> World:
    """A school of two classes, one of which has no morning check."""
    for code in ("1-1", "1-2"):
        Unit.objects.create(school=live_world.school, kind=Unit.Kind.CLASS, code=code, name_zh=code, name_en=code)
    content = deepcopy(SchoolRulebook.objects.get(school=live_world.school).version.content)
    content["rounds"]["plans"]["MORNING_CHECK"]["only"] = ["1-1"]
    version, _new = rulebook_load(content=content, now=live_world.now)
    rulebook_activate(school=live_world.school, version=version, now=live_world.now)
    return live_world


def approval(world: World, **drawn: Any) -> tuple[Any, list[str]]:
    """Draw a period of some weeks up and approve it; return the answer and the statements."""
    path = f"periods/{draw_up(world, first=1, last=20, **drawn).data['id']}"
    with CaptureQueriesContext(connection) as asked:
        said = world.dan.client.post(f"{path}/approve", WHY)
    found = [query["sql"] for query in asked]
    world.dan.client.post(f"{path}/call-off", WHY)
    return said, found


def registers(statements: list[str]) -> int:
    """Return how often posts, shifts and absences were read."""
    return sum("FROM duty_absence AS" in sql for sql in statements)


def test_it_costs_as_many_statements_for_any_number_of_people_shifts_and_days_off(world: World) -> None:
    rounds_make(now=world.now)
    said, few = approval(world, **BESIDES)
    assert (said.status_code, registers(few)) == (200, 2), "for what is asked besides, and to tell whom it concerns"
    for number in range(10):
        member_add(world, f"guard{number}", [(Role.HANDLER, "security", False)], site=world.home)
        start = world.now + timedelta(days=number + 1)
        away(world.bob.person, start, 8)
        DutyShift.objects.create(school=world.school, kind="night", starts_at=start, ends_at=start + timedelta(hours=9))
    said, many = approval(world, **BESIDES)
    assert (said.status_code, registers(many)) == (200, 2)
    assert len(many) <= len(few) <= MOST


def test_it_is_refused_for_what_is_asked_besides_alone(world: World) -> None:
    ContactChannel.objects.update(verified_at=None)
    said, _asked = approval(world, **BESIDES)
    assert (said.status_code, said.data["code"]) == (409, "rulebook_reaches_nobody"), said.data
    said, asked = approval(world, measures=[HALF])
    assert (said.status_code, registers(asked)) == (200, 1), "shorter deadlines ask nobody else"

"""Importing a changed file: what differs changes, what was there stays, and it takes few statements."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from backend.common.clock import database_now
from backend.duty.files import school_read
from backend.duty.services import school_lay_out
from backend.organisation.models import Appointment, Person, Place, School, Unit
from tests.organisation.conftest import DEMO

STATEMENTS = 40


def move(content: dict[str, Any]) -> None:
    content["people"][0]["name"] = "林晓"
    content["units"][0]["name"] = {"zh": "办公室", "en": "Office"}
    content["places"][1] |= {"owner": "facilities", "parent": "campus"}
    content["people"][1]["posts"] = [{"role": "handler", "unit": "academic"}]


@pytest.mark.parametrize("change", [None, move])
def test_importing_takes_few_statements(
    demo_schools: list[School],
    django_assert_max_num_queries: DjangoAssertNumQueries,
    change: Callable[[dict[str, Any]], None] | None,
) -> None:
    school, content = demo_schools[0], school_read(DEMO / "qinghe.yaml")
    appointments = Appointment.objects.count()
    if change:
        change(content)
    with django_assert_max_num_queries(STATEMENTS):
        school_lay_out(content=content, bureau=school.bureau, now=database_now() + timedelta(days=1))
    assert Person.objects.filter(school=school, name="林晓").exists() is bool(change)
    assert Unit.objects.filter(school=school, name_en="Office").exists() is bool(change)
    gate = Place.objects.get(school=school, code="main-gate")
    assert gate.owner.code == ("facilities" if change else "security")
    assert Appointment.objects.count() == appointments + bool(change)

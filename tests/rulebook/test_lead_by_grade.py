"""A category led by a grade group goes to that of the place, else of whoever reports it."""

import pytest

from backend.organisation.models import Place, Unit
from backend.organisation.roles import Role
from backend.workflow.models import Ticket
from backend.workflow.services import tickets_route
from tests.world import World, appoint

SCENES = {
    "the place's own grade": ("classroom", True, "grade-7"),
    "the grade around the place": ("desk", True, "grade-7"),
    "the reporter's, where the place has none": ("stairwell", True, "grade-8"),
    "the reporter's, without a place": (None, True, "grade-8"),
    "nobody's, so it stays at intake": ("stairwell", False, "safety-office"),
}


@pytest.fixture
def graded(world: World) -> World:
    """Two grades; a classroom of one with a desk in it, and a class of the other."""
    school = world.school
    for code in ("grade-7", "grade-8"):
        world.home.units[code] = Unit.objects.create(
            school=school, kind=Unit.Kind.GRADE, code=code, name_zh=code, name_en=code
        )
    world.home.units["class-8-1"] = Unit.objects.create(
        school=school,
        kind=Unit.Kind.CLASS,
        code="class-8-1",
        name_zh="8.1",
        name_en="8.1",
        parent=world.home.units["grade-8"],
    )
    parent = world.home.places["teaching-building"]
    for code, owner in (("classroom", "grade-7"), ("desk", "facilities")):
        parent = Place.objects.create(
            school=school, parent=parent, owner=world.home.units[owner], code=code, name_zh=code, name_en=code
        )
        world.home.places[code] = parent
    return world


@pytest.mark.parametrize("scene", SCENES)
def test_the_grade_that_answers_is_found(graded: World, scene: str) -> None:
    place, in_a_class, expected = SCENES[scene]
    if in_a_class:
        appoint(graded.alice.person, Role.REPORTER, graded.home.units["class-8-1"], graded.now)
    body = graded.report_body(category="S04", place=str(graded.home.places[place].id) if place else None)
    filed = graded.alice.client.post("reports", body)
    assert filed.status_code == 201, filed.data
    ticket = Ticket.objects.get()
    tickets_route(ticket_ids=[ticket.id], now=ticket.filed_at)
    ticket.refresh_from_db()
    assert (ticket.owner.code, ticket.state) == (expected, "routed")

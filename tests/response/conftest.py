"""A school with a class, its teacher and a leader on duty, in which a fire is reported."""

import pytest

from backend.common.clock import database_now
from backend.organisation.models import Unit
from backend.organisation.roles import Role
from backend.workflow.models import Ticket
from backend.workflow.services import tickets_route
from tests.world import World, member_add


@pytest.fixture
def fire(world: World) -> Ticket:
    """A fire in the teaching building; the school has a class with a teacher and a leader on duty."""
    unit = Unit.objects.create(school=world.school, kind=Unit.Kind.CLASS, code="c-1", name_zh="一班", name_en="Class 1")
    world.home.units["c-1"] = unit
    member_add(world, "tina", [(Role.OFFICE_HEAD, "c-1", False)], site=world.home)
    member_add(world, "lena", [(Role.DUTY_LEADER, None, False)], site=world.home)
    place = str(world.home.places["stairwell"].id)
    filed = world.alice.client.post("reports", world.report_body(category="F01", place=place))
    tickets_route(ticket_ids=[filed.data["ticket"]], now=database_now())
    return Ticket.objects.get(reference=filed.data["reference"])

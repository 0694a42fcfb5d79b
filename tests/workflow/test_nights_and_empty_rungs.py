"""The people whom a rung reaches at night, and the fate of a rung that reaches nobody at all."""

from io import StringIO

import pytest
from django.core.management import call_command

from backend.deadlines.services import fire_due
from backend.duty.models import Absence
from backend.organisation.models import Appointment, ContactChannel, School
from backend.organisation.roles import Role
from backend.workflow.models import Ticket
from tests.workflow.steps import DAY, MINUTE, URGENT, escalations, file_ticket, fire_after
from tests.workflow.test_escalation import named
from tests.workflow.test_working_clocks import filed_at, local
from tests.world import World, member_add


@pytest.mark.parametrize(
    ("filed", "zone", "reached"),
    [
        ("2026-03-06T23:00", "Asia/Shanghai", "dora"),
        ("2026-03-06T06:44", "Asia/Shanghai", "dora"),
        ("2026-03-06T06:45", "Asia/Shanghai", "vera"),
        ("2026-03-06T12:00", "Asia/Shanghai", "vera"),
        ("2026-03-06T12:00", "America/New_York", "dora"),
    ],
)
def test_at_night_by_the_schools_clock_the_leader_on_duty_stands_in(
    world: World, filed: str, zone: str, reached: str
) -> None:
    member_add(world, "dora", [(Role.DUTY_LEADER, None, False)], site=world.home)
    Appointment.objects.update(starts_at=local("2026-01-01T00:00"))
    ContactChannel.objects.update(verified_at=local("2026-01-01T00:00"))
    School.objects.filter(id=world.school.id).update(time_zone=zone)
    ticket_id = filed_at(world, filed, URGENT)
    fire_due(now=local(filed) + 15 * MINUTE)
    said = [body for body in escalations(ticket_id) if body["clock"] == "act"]
    assert named(world, said[0]["reached"]) == {reached}


def test_a_rung_that_reaches_nobody_is_passed_over_at_once_and_that_is_recorded(world: World) -> None:
    for name in ("bob", "ben", "vera", "dan", "olga"):
        Absence.objects.create(person=world.members[name].person, starts_at=world.now - DAY, ends_at=world.now + DAY)
    ticket_id = file_ticket(world, category=URGENT, routed=True)
    fire_after(ticket_id, 5 * MINUTE)
    (said,) = escalations(ticket_id)
    assert (said["rung"], said["asked_rung"], named(world, said["paged"])) == (1, 2, {"cleo"})
    assert {"bob", "dan", "olga"} <= named(world, [skip["person"] for skip in said["passed_over"]])
    assert Ticket.objects.get(id=ticket_id).level == 1
    call_command("tickets_audit", stdout=StringIO())


def test_a_rung_that_reaches_somebody_says_nothing_of_others(world: World) -> None:
    ticket_id = file_ticket(world, category=URGENT, routed=True)
    fire_after(ticket_id, 5 * MINUTE)
    assert "asked_rung" not in escalations(ticket_id)[0]

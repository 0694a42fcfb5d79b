"""Kept promises by office and month: in steps of five, never by person, and on every door that tells figures."""

from datetime import date, timedelta

import pytest

from backend.common.clock import database_now
from backend.insights.selectors.extents import reach_of
from backend.insights.selectors.promises import promises_within
from backend.insights.services.counting import all_count
from backend.insights.shapes import Narrowing, Period
from backend.workflow.models import PromisedDate, PromiseStep, Ticket, TicketPart
from tests.browser import SignIn
from tests.insights.conftest import counted
from tests.insights.test_exports import ask, content
from tests.portal.test_month_report import month_now
from tests.roles import as_owner
from tests.workflow.steps import MINUTE, STRICT, file_ticket
from tests.world import World

NUMBERS = ("promised", "kept", "late", "changed", "broken")


def promised(world: World, ticket: Ticket, *, ended: int | None, times: int = 1, count: int = 1) -> None:
    """Keep promises made a minute ago for half a minute ago, ended so many seconds from then (None: they are open)."""
    made = database_now() - MINUTE
    due = made + MINUTE / 2
    parts = [
        TicketPart(
            ticket=ticket,
            kind="promise",
            asked_at=made,
            due_at=due,
            outcome="" if ended is None else "done",
            ended_at=None if ended is None else due + timedelta(seconds=ended),
        )
        for _promise in range(count)
    ]
    TicketPart.objects.bulk_create(parts)
    named = {"named_by": world.bob.person, "named_at": made, "step": PromiseStep.OFFICE, "due_at": due}
    PromisedDate.objects.bulk_create(PromisedDate(part=part, **named) for part in parts for _time in range(times))


@pytest.fixture
def world_of_promises(world: World) -> World:
    """Twelve promises of security: five kept, five kept late (all changed once), two broken; and five sealed ones."""
    ticket = Ticket.objects.get(id=file_ticket(world, routed=True))
    promised(world, ticket, ended=-1, count=5)
    promised(world, ticket, ended=1, times=2, count=5)
    promised(world, ticket, ended=None, count=2)
    sealed = Ticket.objects.get(id=file_ticket(world, category=STRICT, routed=True))
    promised(world, sealed, ended=-1, count=5)
    all_count(now=database_now())
    return world


def test_they_are_told_by_office_and_month_in_steps_of_five(world_of_promises: World) -> None:
    world = world_of_promises
    expected = {"promised": 10, "kept": 5, "late": 5, "changed": 5, "broken": None}
    for member in (world.bob, world.dan, world.olga):
        (row,) = member.client.get("insights/promises").data
        assert {name: row[name] for name in NUMBERS} == expected
        unit = world.school if member is world.olga else world.home.units["security"]
        assert (row["of"]["key"], row["month"]) == (str(unit.id), f"{month_now(world)['month']}-01")
    assert world.carol.client.get("insights/promises").data == []
    assert world.mallory.client.get("insights/promises").data == []
    assert world.alice.client.get("insights/promises").status_code == 403
    assert world.mallory.client.get("insights/promises", school=str(world.school.id)).status_code == 404
    long_ago = {"first_day": "2020-01-01", "last_day": "2020-01-31"}
    assert world.dan.client.get("insights/promises", **long_ago).data == []


def test_the_month_is_that_in_which_it_was_promised_by_the_schools_own_clock(world: World) -> None:
    ticket = Ticket.objects.get(id=file_ticket(world, routed=True))
    promised(world, ticket, ended=-1, count=5)
    with as_owner():
        TicketPart.objects.update(asked_at="2026-10-31T16:30Z")
    counted()
    (row,) = promises_within(
        reach=reach_of(actor=world.dan.actor),
        period=Period(date(2026, 11, 5), date(2026, 11, 6)),
        narrowing=Narrowing(),
        now=database_now(),
    )
    assert row.month.isoformat() == "2026-11-01"


def test_page_month_and_file_tell_the_same(world_of_promises: World, signed_in: SignIn) -> None:
    world = world_of_promises
    client = signed_in(world.dan)
    for page in (client.get("/figures"), client.get("/figures/month", month_now(world))):
        words = page.content.decode()
        assert "Kept promises" in words
        assert "10 or more" in words
    lines = content(world.dan, ask(world.dan, kind="figures")).decode("utf-8-sig").splitlines()
    heading = next(number for number, line in enumerate(lines) if line.startswith("Of,Month from,Promised"))
    assert lines[heading + 1].split(",")[2:] == ["10 or more", "5 or more", "5 or more", "5 or more", "not shown"]

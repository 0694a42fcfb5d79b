"""Time in hand: how long each office had a ticket, on its page, over HTTP and in the figures."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime

from backend.common.clock import database_now
from backend.insights.services.counting import changes_count
from backend.workflow.models import Ticket
from tests.browser import SignIn
from tests.insights.conftest import counted, filed
from tests.workflow.steps import HOUR, act_at
from tests.workflow.test_handing import office
from tests.world import World

FACILITIES, SECURITY = "Facilities office", "Security office"


def handed(world: World) -> tuple[UUID, datetime]:
    """File something ten hours ago; three hours later facilities take it, and solve it after two more."""
    ticket = filed(world, "F02", ago=10 * HOUR)
    at = ticket.filed_at + 3 * HOUR
    act_at(world.bob, ticket.id, "offer", at, office=UUID(office(world)))
    act_at(world.carol, ticket.id, "accept-offer", at)
    for action in ("acknowledge", "record-interim-control", "start"):
        act_at(world.carol, ticket.id, action, at)
    act_at(world.carol, ticket.id, "resolve", at + 2 * HOUR)
    act_at(world.cleo, ticket.id, "verify", at + 2 * HOUR)
    return ticket.id, ticket.filed_at


def test_each_office_has_its_own_time_and_none_while_it_is_over(world: World, signed_in: SignIn) -> None:
    ticket_id, filed_at = handed(world)
    had = [(row["office"]["name"], row["seconds"], row["until"]) for row in hands(world, ticket_id)]
    assert had == [
        (SECURITY, 3 * 3600, filed_at + 3 * HOUR),
        (FACILITIES, 2 * 3600, filed_at + 5 * HOUR),
    ]
    act_at(world.cleo, ticket_id, "reopen", filed_at + 9 * HOUR)
    last = hands(world, ticket_id)[-1]
    assert (last["office"]["name"], last["since"], last["until"]) == (
        FACILITIES,
        filed_at + 9 * HOUR,
        None,
    )
    assert world.bob.client.get(f"tickets/{ticket_id}/hands").status_code == 404
    page = signed_in(world.carol).get(f"/tickets/{ticket_id}").content.decode()
    assert (
        "Security office · 3 h 0 min<br>Facilities office · 2 h 0 min<br>Facilities office · 1 h 0 min · has it now"
        in page
    )


def hands(world: World, ticket_id: UUID) -> list[dict[str, Any]]:
    """Return what the API answers, instants as such."""
    rows = world.cleo.client.get(f"tickets/{ticket_id}/hands").data
    return [{**row, **{name: row[name] and parse_datetime(row[name]) for name in ("since", "until")}} for row in rows]


def test_the_figures_count_what_an_office_has_no_more(world: World) -> None:
    ticket_id, filed_at = handed(world)
    filed(world, "F02", ago=HOUR)
    counted()
    assert figures(world) == {SECURITY: (1, 3 * 3600), FACILITIES: (1, 2 * 3600)}
    act_at(world.cleo, ticket_id, "reopen", filed_at + 9 * HOUR)
    changes_count(now=database_now() + timedelta(days=2))
    assert figures(world) == {SECURITY: (1, 3 * 3600)}, "facilities have it again"
    assert {row["of"]["name_en"] for row in world.carol.client.get("insights/figures").data["hands"]} == set()
    assert Ticket.objects.get(id=ticket_id).owner.name_en == FACILITIES


def figures(world: World) -> dict[str, tuple[int, int]]:
    found = world.dan.client.get("insights/figures").data["hands"]
    return {row["of"]["name_en"]: (row["times"]["count"], row["times"]["median"]) for row in found}

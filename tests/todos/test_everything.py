"""One list of all that somebody owes: tickets, rounds, steps of started plans and reports to somebody outside."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from backend.deadlines.services import fire_due
from backend.duty.selectors import actors_of
from backend.organisation.models import Appointment, School
from backend.outside.owed import duties_owed
from backend.outside.selectors.duties import duties_due
from backend.response.owed import steps_owed
from backend.response.selectors.boards import tasks_mine
from backend.rounds.models import Round
from backend.rounds.owed import OWED_FOR, rounds_owed
from backend.rounds.selectors.showing import rounds_to_answer
from backend.rounds.services.making import rounds_make
from backend.workflow.models import Ticket
from backend.workflow.owing import Owed, Sought
from tests.integrations.programs import program
from tests.roles import as_owner
from tests.rounds.conftest import at, opened, round_of
from tests.rounds.test_answering import WELL, say
from tests.rounds.test_inspections import ask as inspect
from tests.rounds.test_round_pages import browser_of
from tests.rounds.test_sweeps import ask as sweep
from tests.todos.steps import act
from tests.workflow.steps import file_ticket
from tests.world import Member, World

WAITING = Sought(waiting=True)


@pytest.fixture
def live_world(world: World) -> World:
    """The cast, whose schools work with the system."""
    School.objects.update(live_at=world.now)
    return world


def listed(member: Member, *kinds: str) -> list[dict[str, Any]]:
    """Return what waits for somebody by the API, of some kinds; it is what the page says, each thing once, by time."""
    answer = member.client.get("todo/all")
    assert answer.status_code == 200, answer.data
    items: list[dict[str, Any]] = list(answer.data["items"])
    page = browser_of(member).get("/todo")
    links = [line.split('"')[1] for line in page.content.decode().split("<h3><a href=")[1:]]
    assert [item["link"].split(":8000")[1] for item in items] == links
    times = [item["due_at"] for item in items if item["due_at"]]
    assert times == sorted(times)
    assert len({(item["kind"], item["id"]) for item in items}) == len(items)
    return [item for item in items if item["kind"] in kinds] if kinds else items


def owed_by(found: list[Owed], world: World) -> dict[str, set[Any]]:
    """Return by name which of these things somebody owes."""
    people = {member.person.id: name for name, member in world.members.items()}
    names: dict[str, set[Any]] = {}
    for owed in found:
        for person_id in owed.owed_by:
            names.setdefault(people[person_id], set()).add(owed.id)
    return names


def everybody(world: World) -> list[Any]:
    """Return the whole cast as they act now."""
    return list(actors_of(person_ids=[member.person.id for member in world.members.values()]).values())


def test_rounds_and_tickets_stand_in_one_list_until_they_are_done(live_world: World) -> None:
    world = live_world
    row = opened(world)
    ticket_id = file_ticket(world, routed=True)
    assert [item["kind"] for item in listed(world.bob)] == ["ticket", "round"]
    (item,) = listed(world.ben, "round")
    assert (item["what"], item["about"], item["link"].endswith(f"/rounds/{row.id}")) == (
        "Say how it is",
        "Daily report · Security office",
        True,
    )
    assert listed(world.alice) == listed(world.mallory, "ticket") == []
    act(world, "bob", ticket_id, "acknowledge")
    say(world.ben.client, row, WELL)
    assert listed(world.bob, "round") == listed(world.ben, "round") == [], "another one of the office said it"
    other = round_of(world, "facilities")
    assert [item["id"] for item in listed(world.carol, "round")] == [str(other.id)]
    world.dan.client.post(f"rounds/{other.id}/excuse", {"reason": "They moved house."})
    assert listed(world.carol, "round") == []


def test_it_agrees_with_what_everybody_is_asked_by_the_list_of_rounds(live_world: World) -> None:
    world = live_world
    opened(world)
    ticket_id = file_ticket(world, routed=True)
    sweep(world, Ticket.objects.get(id=ticket_id))
    assert inspect(world).status_code == 201
    fire_due(now=world.now + timedelta(minutes=1))
    with as_owner():
        Appointment.objects.filter(person=world.bob.person).update(ends_at=database_now())
    now = at(world, "23:50")
    fire_due(now=now)
    actors = everybody(world)
    with CaptureQueriesContext(connection) as asked:
        found = rounds_owed(actors=actors, sought=WAITING, now=now)
    assert len(asked) == 1
    people = {actor.person_id: actor for actor in actors}
    expected = {
        name: {row.id for row in rounds_to_answer(actor=people[member.person.id], now=now)}
        for name, member in world.members.items()
    }
    assert owed_by(found, world) == {name: ids for name, ids in expected.items() if ids}
    assert {"ben", "carol"} <= expected.keys()
    assert not expected["bob"], "he moved on"
    assert {owed.action for owed in found} == {"answer-round", "look-over-places"}
    late = rounds_owed(actors=actors, sought=WAITING, now=at(world, "23:51", days=1 + OWED_FOR.days))
    assert not {owed.id for owed in found} & {owed.id for owed in late}, "nobody is asked for ever"
    for actor in actors:
        own = rounds_owed(actors=[actor], sought=WAITING, now=now)
        assert {owed.id for owed in own if owed.owed_by} == {row.id for row in rounds_to_answer(actor=actor, now=now)}


def test_the_list_costs_the_same_however_much_waits(live_world: World) -> None:
    world = live_world
    rounds_make(now=at(world, "08:00"))

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert world.dan.client.get("todo/all").status_code == 200
        return len(asked)

    file_ticket(world, category="F01")
    first = cost()
    fire_due(now=at(world, "23:50"))
    for _number in range(3):
        file_ticket(world, category="F01")
    assert Round.objects.filter(state="missed").exists()
    assert cost() == first


def test_steps_of_a_started_plan_stand_there_until_they_are_done_or_it_is_over(world: World) -> None:
    ticket_id = file_ticket(world, category="F01", routed=True)
    begun = world.dan.client.post(f"tickets/{ticket_id}/response", {"plan": "RP-FIRE"}).data
    path, actors = f"responses/{begun['id']}", everybody(world)
    listed(world.carol)  # from here on the rulebook is at hand
    with CaptureQueriesContext(connection) as asked:
        found = steps_owed(actors=actors, sought=WAITING, now=world.now)
    assert len(asked) == 1
    mine = {name: {row.id for row in tasks_mine(actor=member.actor)} for name, member in world.members.items()}
    assert owed_by(found, world) == {name: ids for name, ids in mine.items() if ids}
    (step, *_others) = listed(world.carol, "step")
    assert (step["what"], "· Fire" in step["about"], step["link"].endswith(path)) == (
        "Do your step of the plan",
        True,
        True,
    )
    world.carol.client.post(f"{path}/steps/{step['id']}/there")
    assert step in listed(world.carol, "step"), "being there is not having done it"
    world.carol.client.post(f"{path}/steps/{step['id']}/done", {"words": "Off."})
    assert step["id"] not in {item["id"] for item in listed(world.carol, "step")}
    world.dan.client.post(f"{path}/end", {"words": "Over."})
    assert [listed(member, "step") for member in (world.carol, world.vera, world.mallory)] == [[], [], []]


def test_reports_outside_stand_there_for_those_who_answer_and_a_program_learns_nothing_sealed(world: World) -> None:
    fire, case = file_ticket(world, category="F01"), file_ticket(world, category="C01")
    found = duties_owed(actors=everybody(world), sought=WAITING, now=database_now())
    mine = {
        name: {row.duty.id for row in duties_due(actor=member.actor)}
        for name, member in world.members.items()
        if member.person.school_id
    }
    assert owed_by(found, world) == {name: ids for name, ids in mine.items() if ids}
    assert {name for name, ids in owed_by(found, world).items() if ids} == {"cleo", "dan", "vera", "erin"}
    (police, *_others) = [item for item in listed(world.erin, "outside") if "Police" in item["about"]]
    assert str(case) in police["link"]
    reader = program(world, "todo.read")
    for who in ("erin", "dan"):
        told = str(reader.for_(who).get("todo/all").data["items"])
        assert (str(case) in told, str(fire) in told) == (False, who == "dan")
    done = world.erin.client.post(f"tickets/{case}/outside-duties/{police['id']}/tell", {"whom": "Desk"})
    assert done.status_code == 200
    assert police["id"] not in {item["id"] for item in listed(world.erin, "outside")}

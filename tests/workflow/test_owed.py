"""The owner of an obligation: the database and the reader of one ticket agree, for everybody and in every state."""

from uuid import UUID

import pytest

from backend.common.clock import database_now
from backend.workflow.facts import Situation
from backend.workflow.models import Ticket, TicketPart
from backend.workflow.obligations import obligations_of
from backend.workflow.owed import is_owed_by, tickets_owed_by
from backend.workflow.policy import relations_of
from backend.workflow.selectors import tickets_visible
from backend.workflow.states import State
from tests.workflow.steps import CLOSER, STRICT, URGENT, act_at, file_ticket, ticket_in
from tests.world import Member, World


def owed_one_by_one(member: Member) -> set[UUID]:
    """Return the tickets on which somebody owes something, asked for each ticket they may know of."""
    actor, now = member.actor, database_now()
    return {
        ticket.id
        for ticket in tickets_visible(actor=actor)
        for relations in [relations_of(actor=actor, ticket=ticket)]
        for row in obligations_of(Situation(ticket=ticket, now=now))
        if is_owed_by(actor=actor, obligation=row, relations=relations)
    }


def owed(member: Member) -> set[UUID]:
    """Return the same as the database answers it."""
    return set(tickets_owed_by(actor=member.actor).values_list("id", flat=True))


@pytest.fixture
def everything(world: World) -> dict[str, UUID]:
    """Tickets in every state, of every class, in several hands."""
    found = {str(state): ticket_in(world, state) for state in State}
    for name, category in (("fire", URGENT), ("fight", CLOSER), ("sealed", STRICT)):
        found[name] = file_ticket(world, category=category, routed=True)
    found["of his own"] = file_ticket(world, by="bob", routed=True)
    for name, proposer in (("to decline", "bob"), ("declined by her", "cleo")):
        found[name] = file_ticket(world, routed=True)
        world.members[proposer].client.act(found[name], "propose-decline", note="Nothing there.")
    found["sealed, to decline"] = file_ticket(world, category=STRICT, routed=True)
    world.dan.client.act(found["sealed, to decline"], "propose-decline", note="Nothing there.")
    for name, proposer in (("to lower", "dan"), ("lowered by her", "erin")):
        found[name] = file_ticket(world, category=STRICT, routed=True)
        proposed = world.members[proposer].client.act(found[name], "propose-lowering", category="B06", note="No case.")
        assert proposed.status_code == 200, proposed.data
    found["sealed, in hand"] = file_ticket(world, category=STRICT, routed=True)
    for action in ("acknowledge", "start", "resolve"):
        act_at(world.erin, found["sealed, in hand"], action, database_now())
    found["given to Ben"] = file_ticket(world, routed=True)
    world.bob.client.act(found["given to Ben"], "assign", assignee=str(world.ben.person.id))
    found["she worked on"] = file_ticket(world, category="N03", routed=True)
    for action in ("acknowledge", "start", "resolve"):
        act_at(world.ben, found["she worked on"], action, database_now())
    Ticket.objects.filter(id=found["she worked on"]).update(workers=[world.cleo.person.id])
    return found


def test_both_readers_agree_about_everybody(world: World, everything: dict[str, UUID]) -> None:
    for name, member in world.members.items():
        assert owed(member) == owed_one_by_one(member), name


def test_each_owes_what_is_theirs_and_nothing_else(world: World, everything: dict[str, UUID]) -> None:
    def names(member: Member) -> set[str]:
        return {name for name, ticket_id in everything.items() if ticket_id in owed(member)}

    assert names(world.cleo) == {"received", "resolved", "to decline"}
    assert names(world.dan) == {"sealed, in hand", "lowered by her"}
    assert names(world.erin) == {"sealed", "sealed, to decline", "to lower", "lowered by her"}
    assert names(world.ben) >= {"routed", "fire", "given to Ben", "waiting"}
    assert names(world.ben).isdisjoint({"acknowledged", "in_progress"}), "they are in Bob's hands"
    assert names(world.bob) >= {"routed", "acknowledged", "in_progress", "waiting", "of his own"}
    for nothing in (world.alice, world.vera, world.olga, world.mallory, world.carol):
        assert names(nothing) == set()


def test_whom_a_ticket_concerns_owes_nothing_on_it(world: World) -> None:
    ticket_id = file_ticket(world, routed=True, persons_concerned=[str(world.bob.person.id)])
    assert owed(world.ben) == {ticket_id}
    assert owed(world.bob) == set()


def test_what_is_asked_of_the_bureau_is_owed_by_its_officer_for_both_readers(world: World) -> None:
    """The database looked for it at the officer's own school, and an officer has none."""
    ticket_id = file_ticket(world, routed=True)
    Ticket.objects.filter(id=ticket_id).update(level=1, part_count=1)
    TicketPart.objects.create(
        ticket_id=ticket_id, kind="decision", role="bureau_officer", asked_at=world.now, due_at=world.now
    )
    assert owed(world.olga) == owed_one_by_one(world.olga) == {ticket_id}


def test_an_assigned_sealed_case_is_owed_by_whoever_has_it_from_the_first_step_on(world: World) -> None:
    ticket_id = file_ticket(world, category=STRICT, routed=True)
    Ticket.objects.filter(id=ticket_id).update(assignee=world.dan.person)
    assert owed(world.dan) == owed_one_by_one(world.dan) == {ticket_id}
    assert owed(world.erin) == owed_one_by_one(world.erin) == set()

"""Passing a ticket on by correcting its category: an offer like any other, or a decision of those above."""

from typing import Any
from uuid import UUID

import pytest

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.organisation.roles import Role
from backend.workflow.actions.offer import OFFER
from backend.workflow.handing import OFFERED
from backend.workflow.models import Ticket, TicketPart
from backend.workflow.services import tickets_route
from backend.workflow.states import State
from tests.browser import SignIn
from tests.workflow.steps import ticket_in
from tests.workflow.test_handing import WHY, clocks, offered, office
from tests.workflow.test_orders import audited
from tests.world import World, member_add

THEIRS, OURS = "B02", "F02"
"""Categories of the facilities office and of the security office."""


def corrected(world: World, who: str, ticket_id: UUID, category: str = THEIRS) -> Any:
    return world.members[who].client.act(ticket_id, "reclassify", note=WHY, category=category)


def owner(ticket_id: UUID) -> str:
    return Ticket.objects.select_related("owner").get(id=ticket_id).owner.code


def test_a_correction_by_the_office_is_an_offer_and_the_giver_answers_until_it_is_accepted(world: World) -> None:
    """It gave the ticket away at once, without a word of the other office, and silence began anew."""
    ticket_id = ticket_in(world, State.ACKNOWLEDGED)
    before = Ticket.objects.get(id=ticket_id)
    silence = [row for row in clocks(ticket_id) if row[0] == "silence"]
    shown = corrected(world, "bob", ticket_id)
    assert shown.status_code == 200, shown.data
    (part,) = shown.data["parts"]
    assert (part["kind"], part["outcome"], part["words"], part["office"]["id"]) == ("offer", "", WHY, office(world))
    after = Ticket.objects.get(id=ticket_id)
    assert (after.category, after.owner, after.assignee) == (THEIRS, before.owner, before.assignee)
    assert after.silent_from == before.silent_from
    assert [row for row in clocks(ticket_id) if row[0] == "silence"] == silence
    told = OutboxMessage.objects.get(topic="ticket.changed:notices", payload__kind="offer")
    assert told.payload["people"] == [str(world.carol.person.id)]
    events = world.cleo.client.get(f"tickets/{ticket_id}/timeline").data
    assert [event["kind"] for event in events][-2:] == ["offer", "reclassify"]
    assert OFFER.event == OFFERED, "both are told alike"
    audited()
    assert world.carol.client.act(ticket_id, "accept-offer").data["owner"]["id"] == office(world)
    assert TicketPart.objects.get().outcome == "done"
    audited()


@pytest.mark.parametrize("how", ["refused", "decided", "offered elsewhere"])
def test_it_is_refused_where_an_offer_would_be_and_nothing_is_changed(world: World, how: str) -> None:
    """After two refusals another heading gave it to the very office that had refused it."""
    ticket_id, code, who = ticket_in(world, State.ACKNOWLEDGED), "handover_decided", "bob"
    if how == "refused":
        for _ in range(2):
            assert offered(world, ticket_id).status_code == 200
            assert world.carol.client.act(ticket_id, "refuse-offer", note="No.").status_code == 200
    elif how == "decided":
        assert corrected(world, "cleo", ticket_id).status_code == 200
        who = "carol"
    else:
        member_add(world, "sid", [(Role.OFFICE_HEAD, "student-affairs", False)], site=world.home)
        assert offered(world, ticket_id, to="student-affairs").status_code == 200
        code = "offer_open"
    before = Ticket.objects.values().get(id=ticket_id)
    refused = corrected(world, who, ticket_id, OURS if who == "carol" else THEIRS)
    assert (refused.status_code, refused.data["code"]) == (409, code)
    assert Ticket.objects.values().get(id=ticket_id) == before
    if how == "refused":
        assert world.dan.client.act(ticket_id, "lift-decision", note="It moved.").status_code == 200
        assert corrected(world, "bob", ticket_id).status_code == 200
        assert (owner(ticket_id), TicketPart.objects.filter(outcome="").count()) == ("security", 1)


def test_by_those_above_it_is_decided_at_once_and_the_third_office_lifts_it(world: World) -> None:
    """It went to and fro eight times, and nobody above ever heard."""
    ticket_id = ticket_in(world, State.ACKNOWLEDGED)
    for who, category, name in (
        ("cleo", THEIRS, "facilities"),
        ("vera", OURS, "security"),
        ("cleo", THEIRS, "facilities"),
    ):
        assert not Ticket.objects.get(id=ticket_id).level
        given = corrected(world, who, ticket_id, category)
        assert (given.status_code, owner(ticket_id)) == (200, name), given.data
    last = world.cleo.client.get(f"tickets/{ticket_id}/timeline").data[-1]["details"]
    assert last["level"] == given.data["level"] > 0
    assert str(world.vera.person.id) in last["reached"]
    assert set(TicketPart.objects.values_list("outcome", flat=True)) == {"decided"}
    audited()


@pytest.mark.parametrize("state", [State.RESOLVED, State.CLOSED])
def test_what_is_solved_stays_with_the_office_that_solved_it(world: World, state: State) -> None:
    """A fix that nobody had looked at yet became another office's to answer for."""
    ticket_id = ticket_in(world, state)
    assert corrected(world, "bob", ticket_id).status_code == 200
    assert (owner(ticket_id), Ticket.objects.get(id=ticket_id).category) == ("security", THEIRS)
    assert not TicketPart.objects.exists()
    audited()


def test_a_contested_declining_leaves_it_with_the_office_that_it_was_given_to(world: World) -> None:
    """Routing gave it back to the office from which it had been taken by a decision."""
    ticket_id = ticket_in(world, State.ACKNOWLEDGED)
    given = world.cleo.client.act(ticket_id, "assign-office", office=office(world), note=WHY)
    assert given.status_code == 200
    assert world.carol.client.act(ticket_id, "propose-decline", note="Nothing.").status_code == 200
    assert world.cleo.client.act(ticket_id, "confirm-decline").status_code == 200
    contested = world.alice.client.act(ticket_id, "contest-decline", note="It is there.")
    assert contested.status_code == 200, contested.data
    tickets_route(ticket_ids=[ticket_id], now=database_now())
    assert (owner(ticket_id), Ticket.objects.get(id=ticket_id).state) == ("facilities", State.ROUTED)
    audited()


def test_the_page_says_beforehand_that_another_office_is_asked(world: World, signed_in: SignIn) -> None:
    ticket_id = ticket_in(world, State.ACKNOWLEDGED)
    for language, words in (("en", "it is offered to that office"), ("zh-hans", "会先征求该处室同意")):
        form = signed_in(world.bob, language).get(f"/tickets/{ticket_id}", {"form": "reclassify"})
        assert words in form.content.decode()

"""Splitting and linking: a second problem is a ticket of its own, and links are seen only with both tickets."""

from typing import Any
from uuid import UUID

import pytest

from backend.common.clock import database_now
from backend.workflow.models import Ticket, TicketLink
from backend.workflow.services import tickets_route
from backend.workflow.states import State
from tests.browser import SignIn
from tests.workflow.steps import STRICT, file_ticket, ticket_in
from tests.workflow.test_orders import audited
from tests.world import World

LAMP = "The lamp above the door is broken as well."


def linked(world: World, who: str, ticket_id: UUID) -> list[str]:
    """Return the references of the linked tickets that somebody is shown."""
    return [row["reference"] for row in world.members[who].client.get(f"tickets/{ticket_id}").data["linked"]]


def test_a_second_problem_is_a_ticket_of_its_own_for_the_same_reporter(world: World) -> None:
    concerned = [str(world.ben.person.id)]
    ticket_id = file_ticket(world, routed=True, persons_concerned=concerned)
    done = world.bob.client.act(ticket_id, "split", note=LAMP, category="B06")
    assert (done.status_code, done.data["state"]) == (200, "routed"), done.data
    first, second = Ticket.objects.get(id=ticket_id), Ticket.objects.exclude(id=ticket_id).get()
    assert (second.description, second.category, second.state) == (LAMP, "B06", "received")
    assert (second.reporter_id, second.place_id, second.occurred_at) == (
        first.reporter_id,
        first.place_id,
        first.occurred_at,
    )
    tickets_route(ticket_ids=[second.id], now=database_now())
    assert linked(world, "cleo", first.id) == [second.reference]
    (row,) = world.alice.client.get(f"tickets/{second.id}").data["linked"]
    assert (row["reference"], row["kind"], row["is_followed"]) == (first.reference, "follows", False)
    assert world.ben.client.get(f"tickets/{second.id}").status_code == 404, "it concerns the same people"
    last = world.bob.client.get(f"tickets/{ticket_id}/timeline").data[-1]
    assert (last["kind"], set(last["details"])) == ("split", {"note"})
    audited()


def test_what_is_strictly_confidential_is_neither_split_off_nor_linked(world: World) -> None:
    ticket_id, sealed = file_ticket(world, routed=True), file_ticket(world, category=STRICT, routed=True)
    refused = world.bob.client.act(ticket_id, "split", note=LAMP, category=STRICT)
    assert (refused.status_code, refused.data["code"]) == (409, "split_into_confidential")
    assert Ticket.objects.count() == 2
    apart = world.dan.client.act(ticket_id, "link", other=str(sealed), link_as="related")
    assert (apart.status_code, apart.data["code"]) == (409, "cannot_be_linked")
    own = world.erin.client.act(sealed, "split", note=LAMP)
    assert own.status_code == 200, own.data
    assert set(Ticket.objects.exclude(id=ticket_id).values_list("confidentiality", flat=True)) == {"K2"}
    audited()


def test_a_link_is_seen_from_both_sides_by_whoever_may_know_of_both_and_undone(world: World) -> None:
    mine, other = ticket_in(world, State.ACKNOWLEDGED), file_ticket(world, category="B06", routed=True)
    names = {row.id: row.reference for row in Ticket.objects.all()}
    assert world.cleo.client.act(mine, "link", other=names[other], link_as="related").status_code == 200
    again = world.cleo.client.act(other, "link", other=str(mine), link_as="follows")
    assert (again.status_code, again.data["code"]) == (409, "linked_already")
    assert (linked(world, "cleo", mine), linked(world, "cleo", other)) == ([names[other]], [names[mine]])
    assert linked(world, "bob", mine) == [], "he may not know of the other one"
    assert "unlink" not in world.cleo.client.get(f"tickets/{file_ticket(world)}").data["available_actions"]
    undone = world.cleo.client.act(other, "unlink", linked=names[mine])
    assert (undone.status_code, undone.data["linked"], linked(world, "cleo", mine)) == (200, [], [])
    assert TicketLink.objects.get().ended_by == world.cleo.person
    audited()


@pytest.mark.parametrize(
    ("who", "said", "answer"),
    [
        ("bob", {"other": "self"}, (400, "linked_to_itself")),
        ("bob", {"other": "unseen"}, (400, "unknown_ticket")),
        ("bob", {"other": "7K2-NONE"}, (400, "unknown_ticket")),
        ("bob", {}, (400, "required")),
        ("alice", {"other": "unseen"}, (403, "action_not_allowed")),
        ("mallory", {"other": "unseen"}, (404, "not_found")),
    ],
)
def test_what_cannot_be_linked(world: World, who: str, said: dict[str, Any], answer: tuple[int, str]) -> None:
    ticket_id, unseen = file_ticket(world, routed=True), file_ticket(world, by="dan", category="B06", routed=True)
    named = {name: {"self": str(ticket_id), "unseen": str(unseen)}.get(value, value) for name, value in said.items()}
    refused = world.members[who].client.act(ticket_id, "link", link_as="related", **named)
    code = refused.data["errors"][0]["code"] if refused.data.get("errors") else refused.data["code"]
    assert (refused.status_code, code) == answer


def test_the_page_offers_it_and_names_the_other_one(world: World, signed_in: SignIn) -> None:
    mine, other = file_ticket(world, routed=True), file_ticket(world, routed=True)
    page, version = f"/tickets/{mine}", Ticket.objects.get(id=mine).version
    reference = Ticket.objects.get(id=other).reference
    bob = signed_in(world.bob)
    said = {"note": "", "other": reference.lower(), "link_as": "follows", "version": version, "token": "a" * 32}
    assert bob.post(f"{page}/actions/link", said).status_code == 302
    shown = bob.get(page).content.decode()
    assert all(words in shown for words in ("Linked tickets", reference, "This one follows from it", "Undo a link"))
    assert "It follows from this one" in bob.get(f"/tickets/{other}").content.decode()

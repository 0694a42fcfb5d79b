"""Affected parties: whoever has to be told is informed or waived with a reason before a ticket is closed."""

from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.workflow.models import AffectedParty, Ticket, TicketEvent
from backend.workflow.services.erasing import event_payloads_erase
from backend.workflow.states import State
from tests.browser import SignIn
from tests.roles import as_owner
from tests.workflow.steps import STRICT, file_ticket, ticket_in
from tests.world import Member, World


def add(member: Member, ticket_id: UUID, affected: str = "parents", **words: str) -> Response:
    return member.client.act(ticket_id, "add-affected", match=None, affected=affected, **words)


def offered(member: Member, ticket_id: UUID) -> list[str]:
    actions: list[str] = member.client.get(f"tickets/{ticket_id}").data["available_actions"]
    return actions


def test_nobody_closes_it_while_somebody_affected_is_untold(world: World, signed_in: SignIn) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    assert add(world.bob, ticket_id, who="Classes 3A and 3B").status_code == 200
    assert add(world.cleo, ticket_id, "canteen").status_code == 200
    resolved = world.bob.client.act(ticket_id, "resolve", note="Cleared.")
    owed = {row["action"]: row["person"] for row in resolved.data["obligations"]}
    assert owed["inform-affected"] == str(world.bob.person.id)
    for member, action in ((world.cleo, "verify"), (world.alice, "confirm"), (world.alice, "verify")):
        assert action not in offered(member, ticket_id)
        refused = member.client.act(ticket_id, action, note="It is free.")
        assert (refused.status_code, refused.data["code"]) == (409, "somebody_untold"), action
    page = signed_in(world.cleo).get(f"/tickets/{ticket_id}").content.decode()
    assert "Not everybody affected has been told." in page
    assert "Parents: Classes 3A and 3B" in page
    parents, canteen = AffectedParty.objects.order_by("added_at").values_list("id", flat=True)
    unsaid = world.bob.client.act(ticket_id, "inform-affected", note="A message to the group.")
    assert (unsaid.status_code, unsaid.data["errors"][0]["pointer"]) == (400, "/party")
    told = world.bob.client.act(ticket_id, "inform-affected", note="A message to the group.", party=str(parents))
    assert told.status_code == 200, told.data
    waived = world.ben.client.act(ticket_id, "waive-affected", note="It was shut all day.", party=str(canteen))
    assert waived.status_code == 200, waived.data
    reporter, first, second = waived.data["affected"]
    assert (reporter["kind"], reporter["outcome"], reporter["settled_by"]) == ("reporter", "informed", None)
    assert (first["outcome"], first["words"], first["settled_by"]["name"]) == (
        "informed",
        "A message to the group.",
        "Bob",
    )
    assert (second["outcome"], second["words"], second["settled_by"]["name"]) == (
        "waived",
        "It was shut all day.",
        "Ben",
    )
    assert world.cleo.client.act(ticket_id, "verify", note="It is free.").status_code == 200
    call_command("tickets_audit")
    call_command("ledger_verify")


@pytest.mark.parametrize(
    ("who", "words", "status", "pointer"),
    [
        ("bob", {"affected": ""}, 400, "/affected"),
        ("bob", {"affected": "pupils"}, 400, "/affected"),
        ("bob", {"affected": "other"}, 400, "/who"),
        ("bob", {"affected": "other", "who": "x" * 121}, 400, "/who"),
        ("alice", {"affected": "parents"}, 403, None),
        ("carol", {"affected": "parents"}, 404, None),
        ("mallory", {"affected": "parents"}, 404, None),
    ],
)
def test_what_is_added_says_whom_and_by_whom(
    world: World, who: str, words: dict[str, str], status: int, pointer: str | None
) -> None:
    ticket_id = ticket_in(world, State.ACKNOWLEDGED)
    refused = add(world.members[who], ticket_id, **words)
    found = refused.data["errors"][0]["pointer"] if refused.data.get("errors") else None
    assert (refused.status_code, found) == (status, pointer)
    assert not AffectedParty.objects.exists()


def test_a_case_tells_its_own_and_what_was_settled_stays(world: World) -> None:
    ticket_id = file_ticket(world, category=STRICT, routed=True)
    assert add(world.cleo, ticket_id).status_code == 404
    added = add(world.erin, ticket_id)
    assert added.status_code == 200
    (owed,) = [row for row in added.data["obligations"] if row["action"] == "inform-affected"]
    assert owed["role"] == "protection_lead"
    told = world.erin.client.act(ticket_id, "inform-affected", note="By telephone.")
    assert told.status_code == 200
    again = world.erin.client.act(ticket_id, "inform-affected", note="By telephone.")
    assert (again.status_code, again.data["code"]) == (409, "action_unavailable")


def test_neither_declining_nor_merging_leaves_them_untold(world: World) -> None:
    earlier, ticket_id = (file_ticket(world, routed=True) for _ in range(2))
    add(world.bob, ticket_id)
    assert world.bob.client.act(ticket_id, "merge", into=str(earlier)).data["code"] == "somebody_untold"
    assert world.bob.client.act(ticket_id, "propose-decline", note="Nothing there.").status_code == 200
    assert world.cleo.client.act(ticket_id, "confirm-decline").data["code"] == "somebody_untold"
    Ticket.objects.filter(id=ticket_id).update(untold_count=0)
    with pytest.raises(CommandError, match="broken"):
        call_command("tickets_audit")


def test_words_about_them_are_erased_with_their_events(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    add(world.bob, ticket_id, who="The parents of class 3A")
    world.bob.client.act(ticket_id, "inform-affected", note="By telephone.")
    events = TicketEvent.objects.filter(ticket=ticket_id, kind__in=("add-affected", "inform-affected"))
    sequences = list(events.values_list("sequence", flat=True))
    reference = Ticket.objects.get(id=ticket_id).reference
    with as_owner():
        event_payloads_erase(reference=reference, sequences=sequences, now=database_now())
    assert AffectedParty.objects.values_list("who", "words").get() == ("", "")

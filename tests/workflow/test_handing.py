"""Handing a ticket to another office: an offer, its answer, and what is decided above."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.common.clock import database_now
from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.organisation.roles import Role
from backend.workflow.models import Ticket, TicketPart
from backend.workflow.services import tickets_route
from backend.workflow.states import State
from tests.browser import SignIn
from tests.workflow.steps import STRICT, escalations, file_ticket, ticket_in
from tests.workflow.test_orders import audited
from tests.world import Member, World, member_add

WHY = "The door is part of the building."


def office(world: World, code: str = "facilities") -> str:
    return str(world.home.units[code].id)


def offered(world: World, ticket_id: UUID, *, by: Member | None = None, to: str = "facilities") -> Any:
    return (by or world.bob).client.act(ticket_id, "offer", office=office(world, to), note=WHY)


def clocks(ticket_id: UUID) -> list[tuple[str, list[datetime]]]:
    own = Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id, target="", stopped_at=None)
    return sorted(own.values_list("clock", "ladder"))


def test_it_is_the_givers_until_the_other_accepts_and_its_clocks_run_on(world: World) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    before = clocks(ticket_id)
    assert world.carol.client.get(f"tickets/{ticket_id}").status_code == 404
    shown = offered(world, ticket_id).data
    (part,) = shown["parts"]
    assert (shown["owner"]["id"], part["kind"], part["words"]) == (office(world, "security"), "offer", WHY)
    owed = next(row for row in shown["obligations"] if row["action"] == "accept-offer")
    assert (owed["part"], owed["office"]) == (part["id"], office(world))
    seen = world.carol.client.get(f"tickets/{ticket_id}").data
    assert {"accept-offer", "refuse-offer"} <= set(seen["available_actions"])
    assert str(ticket_id) in {row["id"] for row in world.carol.client.get("tickets").data["items"]}
    assert offered(world, ticket_id).data["code"] == "offer_open"
    audited()
    taken = world.carol.client.act(ticket_id, "accept-offer")
    assert (taken.status_code, taken.data["owner"]["id"], taken.data["assignee"]) == (200, office(world), None)
    assert (taken.data["state"], taken.data["parts"][0]["outcome"]) == ("in_progress", "done")
    assert clocks(ticket_id) == before
    assert world.bob.client.get(f"tickets/{ticket_id}").status_code == 404
    audited()


def test_what_is_refused_twice_only_those_above_decide_and_it_binds(world: World) -> None:
    ticket_id = ticket_in(world, State.ACKNOWLEDGED)
    began = database_now()
    for _ in range(2):
        assert offered(world, ticket_id).status_code == 200
        refused = world.carol.client.act(ticket_id, "refuse-offer", note="It is a matter of locking up.")
        assert refused.status_code == 200, refused.data
        assert world.carol.client.get(f"tickets/{ticket_id}").status_code == 404
    gone = world.carol.client.get("tickets", updated_since=began.isoformat()).data["gone"]
    assert [str(row) for row in gone] == [str(ticket_id)]
    third = offered(world, ticket_id)
    assert (third.status_code, third.data["code"]) == (409, "handover_decided")
    page = world.bob.client.get(f"tickets/{ticket_id}").data
    assert "offer" not in page["available_actions"]
    assert [(part["ended_by"]["id"], part["answer"]) for part in page["parts"]] == [
        (str(world.carol.person.id), "It is a matter of locking up.")
    ] * 2
    decided = world.cleo.client.act(ticket_id, "assign-office", office=office(world), note="The door is theirs.")
    assert (decided.status_code, decided.data["owner"]["id"]) == (200, office(world))
    bound = offered(world, ticket_id, by=world.carol, to="security")
    assert (bound.status_code, bound.data["code"]) == (409, "handover_decided")
    renamed = world.carol.client.act(ticket_id, "reclassify", category="F03", note="It is a matter of locking up.")
    assert (renamed.status_code, renamed.data["code"]) == (409, "handover_decided"), "another heading gave it back"
    assert world.carol.client.act(ticket_id, "lift-decision", note="It moved.").status_code == 403
    assert world.vera.client.act(ticket_id, "lift-decision", note="The lock is theirs now.").status_code == 200
    assert world.vera.client.act(ticket_id, "lift-decision", note="Again.").data["code"] == "action_unavailable"
    assert offered(world, ticket_id, by=world.carol, to="security").status_code == 200
    audited()


def test_the_third_office_lifts_it_to_the_vice_principal(world: World) -> None:
    ticket_id = ticket_in(world, State.ACKNOWLEDGED)
    for code in ("facilities", "security", "facilities"):
        given = world.cleo.client.act(ticket_id, "assign-office", office=office(world, code), note="Theirs.")
        assert given.status_code == 200, given.data
    last = world.cleo.client.get(f"tickets/{ticket_id}/timeline").data[-1]
    assert last["details"]["level"] == given.data["level"] > 0
    assert str(world.vera.person.id) in last["details"]["reached"]
    assert Ticket.objects.get(id=ticket_id).part_count == 3
    audited()


def test_one_that_nobody_answers_goes_to_the_coordinator(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    part_id = offered(world, ticket_id).data["parts"][0]["id"]
    timer = Timer.objects.get(target=part_id)
    assert timer.due_at > Timer.objects.get(subject_id=ticket_id, clock="acknowledge").due_at
    fire_due(now=timer.due_at + timedelta(seconds=1))
    (fired,) = [row for row in escalations(ticket_id) if row["clock"] == "offer"]
    assert fired["reached"] == [str(world.cleo.person.id)]
    assert world.cleo.client.act(ticket_id, "assign-office", office=office(world), note="Theirs.").status_code == 200
    assert not TicketPart.objects.filter(ended_at=None).exists()
    audited()


@pytest.mark.parametrize(
    ("who", "changes", "answer"),
    [
        ("bob", {"note": ""}, (400, "required")),
        ("bob", {"office": ""}, (400, "required")),
        ("bob", {"office": "security"}, (400, "unknown_office")),
        ("bob", {"office": "elsewhere"}, (400, "unknown_office")),
        ("alice", {}, (403, "action_not_allowed")),
        ("carol", {}, (404, "not_found")),
        ("mallory", {}, (404, "not_found")),
    ],
)
def test_only_the_office_offers_and_to_another_of_its_school(
    world: World, who: str, changes: dict[str, Any], answer: tuple[int, str]
) -> None:
    ids: dict[str, Any] = {
        "security": office(world, "security"),
        "elsewhere": str(world.elsewhere.units["facilities"].id),
        "": None,
    }
    said: dict[str, Any] = {"note": WHY, "office": office(world), **changes}
    said["office"] = ids.get(said["office"], said["office"])
    ticket_id = file_ticket(world, routed=True)
    refused = world.members[who].client.act(ticket_id, "offer", **said)
    code = refused.data["errors"][0]["code"] if refused.data.get("errors") else refused.data["code"]
    assert (refused.status_code, code) == answer
    assert not TicketPart.objects.exists()


def test_the_pages_offer_it_and_show_what_is_asked_until_it_is_refused(world: World, signed_in: SignIn) -> None:
    ticket_id = file_ticket(world, routed=True)
    page = f"/tickets/{ticket_id}"
    form = signed_in(world.bob).get(page, {"form": "offer"}).content.decode()
    assert f'value="{office(world)}"' in form
    assert f'value="{office(world, "security")}"' not in form
    offered(world, ticket_id)
    carol = signed_in(world.carol)
    shown = carol.get(page).content.decode()
    assert all(words in shown for words in ("Take it over", "Refuse the hand-over", WHY, "Hand-over · "))
    version = Ticket.objects.get(id=ticket_id).version
    said = {"note": "Not ours.", "version": version, "token": "a" * 32}
    refused = carol.post(f"{page}/actions/refuse-offer", said, follow=True)
    assert (refused.status_code, refused.request["PATH_INFO"]) == (200, "/tickets")
    assert TicketPart.objects.get().answer == "Not ours."
    assert "Not ours." in signed_in(world.bob).get(page).content.decode()


def test_it_can_be_withdrawn_and_a_confidential_one_stays_with_the_team(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    offered(world, ticket_id)
    assert world.bob.client.act(ticket_id, "withdraw-offer").data["parts"][0]["outcome"] == "withdrawn"
    assert world.carol.client.get(f"tickets/{ticket_id}").status_code == 404
    member_add(world, "hana", [(Role.HANDLER, "student-protection", False)], site=world.home)
    sealed = file_ticket(world, category=STRICT, routed=True)
    assert "assign-office" not in world.dan.client.get(f"tickets/{sealed}").data["available_actions"]
    kept = world.dan.client.act(sealed, "assign-office", office=office(world), note=WHY)
    assert (kept.status_code, kept.data["code"]) == (409, "stays_with_the_team")


def test_what_the_office_before_proposed_is_over_with_its_ticket(world: World) -> None:
    """The coordinator could still decline it by a word of those who had it no more."""
    ticket_id = file_ticket(world, routed=True)
    assert world.bob.client.act(ticket_id, "propose-decline", note="Nothing there.").status_code == 200
    offered(world, ticket_id)
    assert world.carol.client.act(ticket_id, "accept-offer").data["decline"] is None
    assert world.cleo.client.act(ticket_id, "confirm-decline").status_code == 409
    audited()


def test_an_offer_is_over_where_the_ticket_goes_to_the_case_team(world: World) -> None:
    ticket_id = ticket_in(world, State.ACKNOWLEDGED)
    offered(world, ticket_id)
    assert world.bob.client.act(ticket_id, "reclassify", note="A pupil was hurt.", category=STRICT).status_code == 200
    part = TicketPart.objects.get()
    assert (part.outcome, Timer.objects.filter(target=str(part.id), stopped_at=None).exists()) == ("withdrawn", False)
    assert world.carol.client.act(ticket_id, "accept-offer").status_code == 404
    audited()


def test_an_offer_made_before_routing_is_over_where_the_rules_name_another_office(world: World) -> None:
    """It stayed open after routing, and could be taken from the office that answers for it without its word."""
    ticket_id = file_ticket(world)
    assert world.cleo.client.act(ticket_id, "acknowledge").status_code == 200
    assert offered(world, ticket_id, by=world.cleo).status_code == 200
    tickets_route(ticket_ids=[ticket_id], now=database_now())
    assert Ticket.objects.get(id=ticket_id).owner == world.home.units["security"]
    assert TicketPart.objects.get().outcome == "withdrawn"
    assert world.carol.client.act(ticket_id, "accept-offer").status_code == 404
    audited()


@pytest.mark.parametrize("action", ["accept-offer", "assign-office"])
def test_what_people_handed_over_before_it_was_routed_stays_there(world: World, action: str) -> None:
    """Routing took it away again from the office that had accepted it, or to which it was assigned from above."""
    ticket_id = file_ticket(world)
    world.cleo.client.act(ticket_id, "acknowledge")
    if action == "accept-offer":
        offered(world, ticket_id, by=world.cleo)
        done = world.carol.client.act(ticket_id, action)
    else:
        done = world.dan.client.act(ticket_id, action, office=office(world), note=WHY)
    assert done.status_code == 200, done.data
    tickets_route(ticket_ids=[ticket_id], now=database_now())
    assert Ticket.objects.get(id=ticket_id).owner == world.home.units["facilities"]
    audited()

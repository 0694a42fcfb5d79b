"""Correcting severity, category, class or place: who may, who owns it then, who sees it, and what its clocks do."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command

from backend.common.models import OutboxMessage
from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.states import State
from tests.roles import as_owner
from tests.workflow.steps import CLOSER, HOUR, MINUTE, STRICT, URGENT, escalations, file_ticket, ticket_in
from tests.workflow.test_declining import told
from tests.world import World


def reclassify(world: World, name: str, ticket_id: UUID, **changes: Any) -> Any:
    """Correct a ticket over HTTP."""
    return world.members[name].client.act(ticket_id, "reclassify", note="I was there.", **changes)


def ladders(ticket_id: UUID) -> dict[str, timedelta]:
    """Return how long after filing each running clock is due."""
    filed_at = Ticket.objects.get(id=ticket_id).filed_at
    running = Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id, stopped_at=None)
    return {row.clock: row.ladder[0] - filed_at for row in running}


def sees(world: World, name: str, ticket_id: UUID) -> bool:
    """Say whether somebody can open a ticket."""
    return bool(world.members[name].client.get(f"tickets/{ticket_id}").status_code == 200)


def test_a_higher_severity_counts_from_filing_and_pages_once(world: World) -> None:
    ticket_id = file_ticket(world, category=CLOSER, routed=True)
    with as_owner():
        Ticket.objects.filter(id=ticket_id).update(filed_at=world.now - 12 * MINUTE)
    done = reclassify(world, "bob" if sees(world, "bob", ticket_id) else "cleo", ticket_id, severity="P1")
    assert (done.status_code, done.data["severity"]) == (200, "P1")
    found = ladders(ticket_id)
    # The bounds are timed as before, so they go on as they were.
    assert found.keys() == {"acknowledge", "act", "contain", "resolve", "answer", "result"}
    assert {name: found[name] for name in found.keys() - {"answer", "result"}} == {
        "acknowledge": 5 * MINUTE,
        "act": 15 * MINUTE,
        "contain": 4 * HOUR,
        "resolve": 24 * HOUR,
    }
    said = TicketEvent.objects.get(ticket=ticket_id, kind="reclassify").payload.body
    assert said["changes"] == {"severity": {"from": "P2", "to": "P1"}}
    assert {"dan", "vera"} <= told(world, ticket_id, "reclassify")
    call_command("deadlines_audit")
    fired = fire_due(now=Ticket.objects.get(id=ticket_id).updated_at + MINUTE)
    assert (fired.fired, [body["rung"] for body in escalations(ticket_id)]) == (2, [1, 2])
    rows = OutboxMessage.objects.filter(topic="ticket.changed:notices", payload__kind="escalated")
    assert rows.count() == 1
    call_command("tickets_audit")


def test_the_bounds_that_stay_the_same_are_not_armed_again(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    reclassify(world, "bob", ticket_id, severity="P1")
    epochs = dict(
        Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id, stopped_at=None).values_list("clock", "epoch")
    )
    assert (epochs["answer"], epochs["result"], epochs["acknowledge"]) == (1, 1, 2)


@pytest.mark.parametrize(("who", "status"), [("ben", 403), ("cleo", 403), ("bob", 200), ("vera", 200), ("dan", 200)])
def test_only_the_head_or_above_makes_it_less_urgent(world: World, who: str, status: int) -> None:
    with as_owner():
        world.ben.person.appointments.filter(post__role="office_head").delete()
    ticket_id = file_ticket(world, routed=True)
    assert reclassify(world, who, ticket_id, severity="P3").status_code == status
    raised = reclassify(world, who, ticket_id, severity="P1")
    assert raised.status_code == 200


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({}, "nothing_to_correct", None),
        ({"severity": "P2", "category": "F02"}, "nothing_to_correct", None),
        ({"category": "ZZZ"}, "unknown_category", "/category"),
        ({"place": "00000000-0000-0000-0000-000000000007"}, "unknown_place", "/place"),
        ({"category": STRICT, "confidentiality": "K0"}, "class_too_open", "/confidentiality"),
        ({"severity": "P9"}, None, "/severity"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(
    world: World, changes: dict[str, str], code: str | None, pointer: str | None
) -> None:
    ticket_id = file_ticket(world, routed=True)
    before = Ticket.objects.values().get(id=ticket_id)
    refused = reclassify(world, "bob", ticket_id, **changes)
    assert refused.status_code == 400, refused.data
    if code:
        assert refused.data["code"] == code or refused.data["errors"][0]["code"] == code
    if pointer:
        assert refused.data["errors"][0]["pointer"] == pointer
    assert Ticket.objects.values().get(id=ticket_id) == before


def test_a_correction_needs_a_reason(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    refused = world.bob.client.act(ticket_id, "reclassify", severity="P1")
    assert (refused.status_code, refused.data["errors"][0]["pointer"]) == (400, "/note")


def test_another_category_goes_to_its_office_at_once_by_those_above(world: World) -> None:
    ticket_id = ticket_in(world, State.ACKNOWLEDGED)
    assert Ticket.objects.get(id=ticket_id).assignee_id == world.bob.person.id
    assert reclassify(world, "cleo", ticket_id, category="B02").status_code == 200
    ticket = Ticket.objects.select_related("owner").get(id=ticket_id)
    assert (ticket.owner.code, ticket.assignee_id, ticket.kind, ticket.severity) == ("facilities", None, "hazard", "P2")
    assert (sees(world, "bob", ticket_id), sees(world, "carol", ticket_id)) == (False, True)
    assert "carol" in told(world, ticket_id, "reclassify")
    assert "act" in ladders(ticket_id)
    call_command("tickets_audit")


def test_before_routing_another_category_is_left_to_routing(world: World) -> None:
    ticket_id = file_ticket(world)
    assert reclassify(world, "cleo", ticket_id, category="B02").status_code == 200
    assert Ticket.objects.select_related("owner").get(id=ticket_id).owner.code == "safety-office"


@pytest.mark.parametrize("state", [State.RECEIVED, State.IN_PROGRESS, State.CLOSED])
def test_a_sealed_class_takes_it_out_of_sight_and_tells_nobody_who_lost_it(world: World, state: State) -> None:
    ticket_id = ticket_in(world, state)
    assert reclassify(world, "cleo", ticket_id, category=STRICT).status_code == 200
    ticket = Ticket.objects.select_related("owner").get(id=ticket_id)
    assert (ticket.owner.code, ticket.confidentiality) == ("student-protection", "K2")
    assert {name for name in world.members if sees(world, name, ticket_id)} == {"erin", "dan"}
    expected = set() if state is State.CLOSED else {"erin"}
    assert told(world, ticket_id, "reclassify") == expected
    call_command("tickets_audit")
    call_command("ledger_verify")


def test_a_class_alone_can_be_made_stricter_by_one_and_more_open_only_by_two(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    assert reclassify(world, "ben", ticket_id, confidentiality="K2").status_code == 200
    assert not sees(world, "bob", ticket_id)
    alone = reclassify(world, "erin", ticket_id, confidentiality="K0")
    assert (alone.status_code, alone.data["code"]) == (409, "second_person_needed")
    proposed = world.erin.client.act(ticket_id, "propose-lowering", note="It was a game.", confidentiality="K0")
    assert (proposed.status_code, sees(world, "bob", ticket_id)) == (200, False)
    assert world.dan.client.act(ticket_id, "confirm-lowering").status_code == 200
    assert Ticket.objects.select_related("owner").get(id=ticket_id).owner.code == "security"
    assert sees(world, "bob", ticket_id)


def test_a_corrected_place_moves_no_clock(world: World) -> None:
    ticket_id = file_ticket(world, category=URGENT, routed=True)
    before = set(
        Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id).values_list("id", "epoch", "stopped_at")
    )
    place = str(world.home.places["teaching-building"].id)
    assert reclassify(world, "ben", ticket_id, place=place).data["place"]["id"] == place
    assert (
        set(Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id).values_list("id", "epoch", "stopped_at"))
        == before
    )
    elsewhere = str(world.elsewhere.places["stairwell"].id)
    assert reclassify(world, "ben", ticket_id, place=elsewhere).status_code == 400

"""Evidence is kept: a ticket under a hold is erased by nobody until the hold ends; both are events with a reason."""

import pytest
from django.core.management import CommandError, call_command

from backend.workflow.holding import EvidenceHeld
from backend.workflow.models import EvidenceHold, Ticket
from tests.roles import as_owner
from tests.workflow.steps import STRICT, file_ticket
from tests.world import World

WHY = "The court asked for it."


def erase(reference: str) -> None:
    """Erase what the ticket's first event says, as the owner."""
    with as_owner():
        call_command("ledger_erase", ticket=reference, event=[1])


def test_principal_and_protection_lead_keep_evidence_and_end_it_with_a_reason(world: World) -> None:
    ticket_id = file_ticket(world, category=STRICT, routed=True)
    reference = Ticket.objects.values_list("reference", flat=True).get(id=ticket_id)
    assert world.dan.client.act(ticket_id, "hold-evidence").status_code == 400
    assert world.mallory.client.act(ticket_id, "hold-evidence", note=WHY).status_code == 404
    assert world.dan.client.act(ticket_id, "hold-evidence", note=WHY).status_code == 200
    assert world.erin.client.act(ticket_id, "hold-evidence", note=WHY).data["code"] == "action_unavailable"
    with pytest.raises(CommandError, match="kept as evidence"):
        erase(reference)
    timeline = world.erin.client.get(f"tickets/{ticket_id}/timeline").data
    assert [row["kind"] for row in timeline][-1:] == ["hold-evidence"]
    assert WHY in str(timeline)
    assert world.erin.client.act(ticket_id, "end-hold", note="It is over.").status_code == 200
    assert not EvidenceHold.objects.filter(ended_at=None).exists()
    erase(reference)


def test_nobody_else_holds_and_what_was_merged_into_evidence_is_kept_too(world: World) -> None:
    ticket_id, other_id = (file_ticket(world, routed=True) for _report in range(2))
    for who in ("alice", "bob"):
        assert world.members[who].client.act(ticket_id, "hold-evidence", note=WHY).status_code == 403, who
    assert world.dan.client.act(ticket_id, "hold-evidence", note=WHY).status_code == 200
    assert world.bob.client.act(other_id, "merge", note="The same.", into=str(ticket_id)).status_code == 200
    assert EvidenceHeld.code == "evidence_held"
    for reference in Ticket.objects.values_list("reference", flat=True):
        with pytest.raises(CommandError, match="kept as evidence"):
            erase(reference)


def test_where_a_held_ticket_goes_on_is_kept_too_and_its_hold_can_be_ended(world: World) -> None:
    into_id, ticket_id = (file_ticket(world, routed=True) for _report in range(2))
    assert world.dan.client.act(ticket_id, "hold-evidence", note=WHY).status_code == 200
    assert world.bob.client.act(ticket_id, "merge", note="The same.", into=str(into_id)).status_code == 200
    reference = Ticket.objects.values_list("reference", flat=True).get(id=into_id)
    with pytest.raises(CommandError, match="kept as evidence"):
        erase(reference)
    assert world.bob.client.act(ticket_id, "end-hold", note="It is over.").status_code == 403
    assert world.dan.client.act(ticket_id, "end-hold", note="It is over.").status_code == 200
    erase(reference)

"""A name that was given in confidence is disclosed by the protection lead and the principal together, to them alone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from backend.organisation.roles import Role
from backend.workflow.disclosing import CONSENT_HOLDS
from backend.workflow.errors import ActionUnavailable
from backend.workflow.models import TicketEvent
from backend.workflow.services.erasing import event_payloads_erase
from tests.browser import SignIn
from tests.notifications.hands import work
from tests.roles import as_owner
from tests.workflow.steps import CLOSER, STRICT, TOLD, act_at, file_ticket
from tests.world import World, appoint, member_add

WHY = "The police ask for a witness."


@pytest.fixture
def cast(world: World) -> World:
    """The cast, with a chair of the board to whom it was opened."""
    member_add(world, "chi", [(Role.BOARD_CHAIR, None, False)], site=world.home)
    return world


def act(world: World, who: str, ticket_id: UUID, action: str) -> Any:
    """Have somebody take one of the two acts."""
    return world.members[who].client.act(ticket_id, action, note=WHY)


def reporter_for(world: World, who: str, ticket_id: UUID) -> Any:
    """Return the reporter as the API shows somebody, with whoever opened it in the timeline."""
    client = world.members[who].client
    opened = client.get(f"tickets/{ticket_id}/timeline").data[0]
    return (client.get(f"tickets/{ticket_id}").data["reporter"] or {}).get("name"), opened["actor"]


def offered(world: World, who: str, ticket_id: UUID) -> set[str]:
    """Return which of the two acts somebody is offered."""
    acts = world.members[who].client.get(f"tickets/{ticket_id}").data["available_actions"]
    return {"propose-disclosure", "disclose-name"} & set(acts)


def test_two_disclose_a_name_to_themselves_and_the_reporter_is_told(cast: World, signed_in: SignIn) -> None:
    ticket_id, hidden = file_ticket(cast, category=STRICT, routed=True), (None, None)
    assert (offered(cast, "dan", ticket_id), offered(cast, "erin", ticket_id)) == (({"propose-disclosure"},) * 2)
    assert act(cast, "erin", ticket_id, "disclose-name").data["code"] == "action_unavailable"
    assert cast.erin.client.act(ticket_id, "propose-disclosure").status_code == 400
    assert act(cast, "erin", ticket_id, "propose-disclosure").status_code == 200
    work(TOLD)
    assert "propose-disclosure" in str(cast.dan.client.get("notices").data)
    for name in ("erin", "dan"):
        assert reporter_for(cast, name, ticket_id) == hidden
        assert "Alice" not in signed_in(cast.members[name]).get(f"/tickets/{ticket_id}").content.decode()
    assert (offered(cast, "dan", ticket_id), offered(cast, "erin", ticket_id)) == ({"disclose-name"}, set())
    assert act(cast, "erin", ticket_id, "disclose-name").data["code"] == "other_half_needed"

    assert act(cast, "dan", ticket_id, "disclose-name").status_code == 200
    work(TOLD)
    told = {name for name in cast.members if "disclose-name" in str(cast.members[name].client.get("notices").data)}
    assert told == {"alice", "erin"}
    for name in ("erin", "dan"):
        assert reporter_for(cast, name, ticket_id) == ("Alice", str(cast.alice.person.id))
        assert "Alice" in signed_in(cast.members[name]).get(f"/tickets/{ticket_id}").content.decode()
    assert (offered(cast, "dan", ticket_id), offered(cast, "erin", ticket_id)) == (set(), set())


def test_nobody_else_learns_it_by_that(cast: World) -> None:
    ticket_id = file_ticket(cast, category=STRICT, routed=True)
    assert cast.dan.client.act(ticket_id, "propose-lowering", category="B06", note="No case.").status_code == 200
    assert cast.chi.client.get(f"tickets/{ticket_id}").status_code == 200
    for who, action in (("dan", "propose-disclosure"), ("erin", "disclose-name")):
        assert act(cast, who, ticket_id, action).status_code == 200
    for who in ("alice", "bob", "cleo", "vera", "mallory"):
        assert act(cast, who, ticket_id, "propose-disclosure").status_code == 404, who
    assert reporter_for(cast, "chi", ticket_id) == (None, None)


def test_half_a_consent_is_over_after_three_days_and_can_be_asked_for_anew(cast: World) -> None:
    ticket_id, now = file_ticket(cast, category=STRICT, routed=True), database_now()
    act_at(cast.erin, ticket_id, "propose-disclosure", now)
    late = now + CONSENT_HOLDS + timedelta(seconds=1)
    with pytest.raises(ActionUnavailable):
        act_at(cast.dan, ticket_id, "disclose-name", late)
    act_at(cast.dan, ticket_id, "propose-disclosure", late)
    act_at(cast.erin, ticket_id, "disclose-name", late + CONSENT_HOLDS)
    assert reporter_for(cast, "erin", ticket_id)[0] == "Alice"


def test_one_person_in_both_posts_is_one_and_two_in_one_post_are_half(cast: World) -> None:
    ticket_id = file_ticket(cast, category=STRICT, routed=True)
    assert act(cast, "dan", ticket_id, "propose-disclosure").status_code == 200
    member_add(cast, "pia", [(Role.PRINCIPAL, None, True)], site=cast.home)
    assert act(cast, "pia", ticket_id, "disclose-name").data["code"] == "other_half_needed"
    appoint(cast.dan.person, Role.PROTECTION_LEAD, None, cast.now - timedelta(days=1))
    assert act(cast, "dan", ticket_id, "disclose-name").data["code"] == "other_half_needed"


def test_neither_who_reported_it_nor_whom_it_concerns_decides_and_an_open_name_is_not_asked_for(cast: World) -> None:
    own = file_ticket(cast, by="dan", category=STRICT, routed=True)
    assert act(cast, "erin", own, "propose-disclosure").status_code == 200
    assert act(cast, "dan", own, "disclose-name").data["code"] == "party_cannot_disclose"
    about = file_ticket(cast, category=STRICT, routed=True, persons_concerned=[str(cast.dan.person.id)])
    assert act(cast, "erin", about, "propose-disclosure").status_code == 200
    assert act(cast, "dan", about, "disclose-name").status_code == 404
    named = file_ticket(cast, category=STRICT, routed=True, reporter_mode="named")
    assert act(cast, "erin", named, "propose-disclosure").data["code"] == "action_unavailable"
    ordinary = file_ticket(cast, category=CLOSER, routed=True, reporter_mode="confidential")
    assert act(cast, "dan", ordinary, "propose-disclosure").status_code == 403


def test_a_list_of_sealed_tickets_asks_nothing_of_each_for_it(cast: World) -> None:
    counted = []
    for _more in range(2):
        file_ticket(cast, category=STRICT, routed=True)
        with CaptureQueriesContext(connection) as asked:
            assert cast.erin.client.get("tickets").status_code == 200
        counted.append(len(asked))
    assert counted[0] == counted[1]


def test_half_a_consent_whose_reason_was_erased_is_asked_for_anew(cast: World) -> None:
    ticket_id = file_ticket(cast, category=STRICT, routed=True)
    assert act(cast, "erin", ticket_id, "propose-disclosure").status_code == 200
    asked = TicketEvent.objects.get(ticket=ticket_id, kind="propose-disclosure")
    with as_owner():
        event_payloads_erase(reference=asked.ticket.reference, sequences=[asked.sequence], now=database_now())
    assert act(cast, "dan", ticket_id, "disclose-name").data["code"] == "action_unavailable"
    assert offered(cast, "dan", ticket_id) == {"propose-disclosure"}

"""Opening a confidential ticket is written down, once an hour, and read by the student protection lead."""

from typing import Any
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backend.organisation.roles import Role
from backend.workflow.models import TicketOpening
from tests.browser import SignIn
from tests.roles import as_owner
from tests.workflow.steps import CLOSER, OPEN, STRICT, file_ticket
from tests.world import World, member_add


@pytest.fixture
def cast(world: World) -> World:
    """The cast, with a head of student affairs."""
    member_add(world, "sam", [(Role.OFFICE_HEAD, "student-affairs", False)], site=world.home)
    return world


def log(world: World, name: str = "erin", **query: str) -> list[tuple[str, str]]:
    """Return who opened which ticket, as a member reads it, the first first."""
    answer = world.members[name].client.get("access-log", **query)
    assert answer.status_code == 200, answer.data
    rows: list[dict[str, Any]] = answer.data["items"]
    return [(row["person"]["name"], str(row["ticket"])) for row in reversed(rows)]


@pytest.mark.parametrize(("category", "reader"), [(STRICT, "dan"), (CLOSER, "sam")])
def test_every_door_of_a_confidential_ticket_writes_it_down_once_an_hour(
    cast: World, signed_in: SignIn, category: str, reader: str
) -> None:
    member = cast.members[reader]
    doors = (
        lambda ticket_id: member.client.get(f"tickets/{ticket_id}"),
        lambda ticket_id: member.client.get(f"tickets/{ticket_id}/timeline"),
        lambda ticket_id: member.client.get(f"tickets/{ticket_id}/reports"),
        lambda ticket_id: member.client.act(ticket_id, "comment", note="Hm."),
        lambda ticket_id: signed_in(member).get(f"/tickets/{ticket_id}"),
    )
    for door in doors:
        ticket_id = file_ticket(cast, category=category, routed=True)
        for _ in range(2):
            assert door(ticket_id).status_code == 200
        assert log(cast, ticket=str(ticket_id)) == [(reader.title(), str(ticket_id))]


def test_what_was_merged_into_a_ticket_is_opened_with_it(cast: World, signed_in: SignIn) -> None:
    """Only the ticket that was asked for was written down, and not the confidential words that were read with it."""
    target, ticket_id = (file_ticket(cast, category=CLOSER, routed=True) for _report in range(2))
    member_add(cast, "hal", [(Role.HANDLER, "student-affairs", False)], site=cast.home)
    assert cast.sam.client.act(ticket_id, "merge", into=str(target)).status_code == 200
    for name, door in (("vera", "merged"), ("dan", "reports"), ("cleo", "files")):
        assert cast.members[name].client.get(f"tickets/{target}/{door}").status_code == 200
    for page in (f"/tickets/{target}", f"/tickets/{target}/paper.pdf"):
        assert signed_in(cast.hal).get(page).status_code == 200
    readers = ["Cleo", "Dan", "Hal", "Hal", "Sam", "Vera"]
    assert sorted(name for name, _ticket in log(cast, ticket=str(ticket_id))) == readers


def test_lists_refusals_and_open_tickets_write_nothing(cast: World) -> None:
    strict, opened = (file_ticket(cast, category=category, routed=True) for category in (STRICT, OPEN))
    for address in ("tickets", f"tickets/{opened}"):
        assert cast.dan.client.get(address).status_code == 200
    assert cast.bob.client.get(f"tickets/{strict}").status_code == 404
    assert log(cast) == []


def test_an_open_ticket_costs_no_statement_for_it(cast: World) -> None:
    costs = []
    for category in (OPEN, CLOSER):
        ticket_id = file_ticket(cast, category=category, routed=True)
        with CaptureQueriesContext(connection) as captured:
            cast.dan.client.get(f"tickets/{ticket_id}")
        costs.append(len(captured))
    assert costs[1] - costs[0] == 1


def test_only_the_protection_lead_reads_it_and_not_what_concerns_them(cast: World) -> None:
    ticket_id = file_ticket(cast, category=STRICT, routed=True, persons_concerned=[str(cast.erin.person.id)])
    assert cast.dan.client.get(f"tickets/{ticket_id}").status_code == 200
    assert log(cast) == []
    assert log(cast, "mallory") == []
    for name in ("alice", "bob", "cleo", "dan", "olga"):
        refused = cast.members[name].client.get("access-log")
        assert (refused.status_code, refused.data["code"]) == (403, "not_access_log_reader"), name
    assert cast.erin.client.get("access-log", person="x").status_code == 400


def test_nobody_edits_it(cast: World) -> None:
    ticket_id: UUID = file_ticket(cast, category=STRICT, routed=True)
    cast.dan.client.get(f"tickets/{ticket_id}")
    for change in ("DELETE FROM workflow_ticketopening", "UPDATE workflow_ticketopening SET opened_at = now()"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(change)
        with pytest.raises(ProgrammingError, match="refused"), transaction.atomic(), as_owner():
            connection.cursor().execute(change)
    assert TicketOpening.objects.count() == 1


def test_the_lead_reads_it_on_a_page_and_nobody_else_does(cast: World, signed_in: SignIn) -> None:
    ticket_id = file_ticket(cast, category=STRICT, routed=True)
    concerned = file_ticket(cast, category=STRICT, routed=True, persons_concerned=[str(cast.erin.person.id)])
    for opened in (ticket_id, concerned):
        assert cast.dan.client.get(f"tickets/{opened}").status_code == 200
    reader = signed_in(cast.erin)
    assert f"/access-log/{ticket_id}" in reader.get(f"/tickets/{ticket_id}").content.decode()
    for page, readers in (("/access-log", {"Dan", "Erin"}), (f"/access-log/{ticket_id}", {"Dan", "Erin"})):
        content = reader.get(page).content.decode()
        assert [name for name in sorted(readers) if f"<h2>{name}</h2>" not in content] == []
        assert str(concerned) not in content
    assert "<h2>" not in reader.get(f"/access-log/{concerned}").content.decode()
    assert "<h2>" not in signed_in(cast.mallory).get(f"/access-log/{ticket_id}").content.decode()
    for name in ("dan", "sam", "alice"):
        assert signed_in(cast.members[name]).get("/access-log").status_code == 403, name

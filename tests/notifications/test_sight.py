"""Notices and deliveries follow the ticket: a notice or a delivery about a ticket outside one's sight is not there."""

import pytest

from backend.organisation.roles import Role
from tests.browser import SignIn
from tests.notifications.hands import work
from tests.workflow.steps import CLOSER, STRICT, TOLD, file_ticket
from tests.world import World, member_add


@pytest.fixture
def cast(world: World) -> World:
    """The cast with an administrator and a head of student affairs."""
    member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    member_add(world, "sam", [(Role.OFFICE_HEAD, "student-affairs", False)], site=world.home)
    return world


def test_deliveries_about_a_sealed_ticket_are_left_out_and_not_blanked(cast: World) -> None:
    strict, closer = (file_ticket(cast, category=category, routed=True) for category in (STRICT, CLOSER))
    assert cast.erin.client.act(strict, "acknowledge").status_code == 200
    work(TOLD, "notice.deliver")
    rows = cast.cleo.client.get("deliveries", status="sent").data["items"]
    assert {(row["person"]["name"], row["ticket"]) for row in rows} == {("Sam", closer)}
    for word in ("Erin", "Alice", str(strict)):
        assert word not in str(rows)
    assert cast.ada.client.get("deliveries", status="sent").data["items"] == []
    assert cast.bob.client.get("deliveries", status="sent").status_code == 403


def test_notices_about_a_ticket_that_was_raised_are_gone(cast: World, signed_in: SignIn) -> None:
    ticket_id = file_ticket(cast, routed=True)
    assert cast.bob.client.act(ticket_id, "acknowledge").status_code == 200
    work(TOLD, "notice.deliver")
    (before,) = cast.bob.client.get("notices").data["items"]
    assert (before["ticket"], before["kind"]) == (ticket_id, "route")
    assert "1" in signed_in(cast.bob).get("/tickets").content.decode()

    assert cast.bob.client.act(ticket_id, "reclassify", note="A child.", category=STRICT).status_code == 200
    work(TOLD, "notice.deliver")
    for member in (cast.bob, cast.ben):
        assert member.client.get("notices").data["items"] == []
        assert member.client.get(f"notices/{before['id']}").status_code == 404
        assert str(ticket_id) not in signed_in(member).get("/notices").content.decode()
    assert [row["ticket"] for row in cast.erin.client.get("notices").data["items"]] == [ticket_id]
    own = cast.alice.client.get("notices").data["items"]
    assert {row["ticket"] for row in own} == {None}
    assert str(ticket_id) not in cast.alice.client.get("notices").content.decode()


def test_a_handler_who_reported_it_is_led_to_the_report_and_no_longer_to_the_ticket(
    cast: World, signed_in: SignIn
) -> None:
    ticket_id = file_ticket(cast, by="ben", routed=True)
    work(TOLD)
    page = signed_in(cast.ben)
    assert f"/tickets/{ticket_id}" in page.get("/notices").content.decode()
    assert cast.bob.client.act(ticket_id, "reclassify", note="A child.", category=STRICT).status_code == 200
    (notice,) = cast.ben.client.get("notices").data["items"]
    assert notice["ticket"] is None
    text = page.get("/notices").content.decode()
    assert str(ticket_id) not in text
    (report,) = cast.ben.client.get("reports").data["items"]
    assert f"/reports/{report['id']}" in text

"""Notices and deliveries follow the ticket: a notice or a delivery about a ticket outside one's sight is not there."""

import pytest

from backend.accounts.models import User
from backend.common.clock import database_now
from backend.notifications.models import Delivery, Notice
from backend.organisation.models import Appointment
from backend.organisation.roles import Role
from tests.browser import SignIn
from tests.notifications.hands import time_passes, work
from tests.notifications.peers import MailServer
from tests.workflow.steps import CLOSER, STRICT, TOLD, file_ticket
from tests.world import World, member_add

WAITING = "notice.deliver"
BUSY = "451 try again"


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


def test_deliveries_to_a_hidden_reporter_are_left_out_where_they_tell_who_reported(cast: World) -> None:
    hidden, named = (
        file_ticket(cast, by=name, routed=True, reporter_mode=mode)
        for name, mode in (("ben", "confidential"), ("alice", "named"))
    )
    for ticket_id in (hidden, named):
        assert cast.bob.client.act(ticket_id, "acknowledge").status_code == 200
    news = cast.cleo.client.post("reports", cast.report_body(reporter_mode="confidential")).data["ticket"]
    assert cast.dan.client.act(news, "acknowledge").status_code == 200
    work(TOLD, "notice.deliver")
    rows = cast.cleo.client.get("deliveries", status="sent").data["items"]
    told = {(row["person"]["name"], row["kind"], str(row["ticket"])) for row in rows if row["kind"] != "route"}
    assert told == {("Alice", "acknowledge", str(named)), ("Cleo", "acknowledge", news)}
    assert ("Ben", "route", hidden) in {(row["person"]["name"], row["kind"], row["ticket"]) for row in rows}


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
    assert cast.ben.client.get("notices").data["items"] == []
    assert cast.erin.client.act(ticket_id, "acknowledge").status_code == 200
    work(TOLD)
    (notice,) = cast.ben.client.get("notices").data["items"]
    assert (notice["ticket"], notice["kind"]) == (None, "acknowledge")
    text = page.get("/notices").content.decode()
    assert str(ticket_id) not in text
    (report,) = cast.ben.client.get("reports").data["items"]
    assert f"/reports/{report['id']}" in text


def test_what_was_raised_before_it_was_sent_reaches_nobody_who_lost_it(cast: World, post: MailServer) -> None:
    ticket_id, other = file_ticket(cast, routed=True), file_ticket(cast, routed=True)
    work(TOLD)
    assert cast.dan.client.act(ticket_id, "reclassify", note="A child.", category=STRICT).status_code == 200
    work(TOLD, WAITING)
    assert {name for name in cast.members if post.to(name)} == {"bob", "ben", "erin"}
    (mail,) = post.to("bob")
    assert (str(other) in mail.get_content(), str(ticket_id) in mail.get_content()) == (True, False)
    rows = Delivery.objects.filter(notice__person=cast.bob.person).values_list("notice__ticket", "status")
    assert set(rows) == {(ticket_id, "skipped"), (other, "sent")}


def test_a_retry_leaves_out_what_was_raised_meanwhile(cast: World, post: MailServer) -> None:
    post.refuse["bob@school.example"] = BUSY
    ticket_id = file_ticket(cast, routed=True)
    work(TOLD, WAITING)
    assert Delivery.objects.get(notice__person=cast.bob.person).attempts == 1
    assert cast.dan.client.act(ticket_id, "reclassify", note="A child.", category=STRICT).status_code == 200
    post.refuse.clear()
    time_passes()
    work(WAITING)
    assert post.to("bob") == []
    assert Delivery.objects.get(notice__person=cast.bob.person).status == "skipped"


@pytest.mark.parametrize("gone", ["withdrawn", "read", "post ended", "account closed"])
def test_a_message_without_a_reason_or_a_reader_is_not_sent(cast: World, post: MailServer, gone: str) -> None:
    file_ticket(cast, routed=True)
    work(TOLD)
    if gone == "withdrawn":
        (report,) = cast.alice.client.get("reports").data["items"]
        assert cast.alice.client.post(f"reports/{report['id']}/withdraw").status_code == 200
    elif gone == "read":
        Notice.objects.filter(person=cast.bob.person).update(read_at=cast.now)
    elif gone == "post ended":
        Appointment.objects.filter(person=cast.bob.person).update(ends_at=database_now())
    else:
        User.objects.filter(pk=cast.bob.user.pk).update(is_active=False)
    work(WAITING)
    assert post.to("bob") == []
    assert len(post.to("ben")) == (0 if gone == "withdrawn" else 1)


def test_the_reporter_hears_the_end_of_it_whatever_the_class(cast: World, post: MailServer) -> None:
    ticket_id = file_ticket(cast, category=STRICT, routed=True)
    assert cast.erin.client.act(ticket_id, "propose-decline", note="A game.").status_code == 200
    assert cast.dan.client.act(ticket_id, "confirm-decline").status_code == 200
    work(TOLD, WAITING)
    (mail,) = post.to("alice")
    assert str(ticket_id) not in mail.get_content()

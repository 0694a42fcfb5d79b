"""Failing channels are retried, seen, and give way to the next channel and then to the next person."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.common.models import OutboxMessage
from backend.notifications.models import Delivery, Notice
from backend.organisation.models import ContactChannel
from backend.workflow.models import Ticket, TicketEvent
from tests.notifications.hands import channel_for, time_passes, work
from tests.notifications.peers import MailServer, RobotHost
from tests.workflow.steps import CLOSER, HOUR, STRICT, file_ticket, fire_after
from tests.world import World

REFUSED = "550 no such person"
BUSY = "451 try again"
WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=12345678"


def refuse(post: MailServer, *names: str, answer: str = REFUSED) -> None:
    post.refuse.update({f"{name}@school.example": answer for name in names})


def told(ticket_id: UUID) -> dict[str, str | None]:
    """Return who has a notice of the routing, each with whom they stand in for."""
    rows = Notice.objects.filter(ticket=ticket_id, kind="route").select_related("person", "instead_of")
    return {row.person.staff_number: row.instead_of.staff_number if row.instead_of else None for row in rows}


def test_a_mail_has_a_stable_id_and_a_busy_server_is_asked_again(world: World, post: MailServer) -> None:
    refuse(post, "bob", answer=BUSY)
    file_ticket(world, routed=True)
    work("ticket.changed:notices", "notice.deliver")
    waiting = Delivery.objects.get(notice__person=world.bob.person)
    assert (waiting.status, waiting.attempts, waiting.last_error[:15]) == ("waiting", 1, "The mail server")
    post.refuse.clear()
    time_passes()
    work("notice.deliver")
    (mail,) = post.to("bob")
    assert mail["Message-ID"] == f"<{waiting.message_id}@allclear>"
    done = Delivery.objects.get(id=waiting.id)
    assert (done.status, done.attempts, done.last_error) == ("sent", 2, "")
    notice = world.bob.client.get(f"notices/{done.notice_id}").data
    assert [(row["status"], row["channel_kind"]) for row in notice["deliveries"]] == [("sent", "email")]
    assert world.alice.client.get(f"notices/{done.notice_id}").status_code == 404


def test_a_robot_that_refuses_with_200_gives_way_to_the_next_channel(
    world: World, post: MailServer, robots: RobotHost
) -> None:
    robot = channel_for(world.bob, "wecom", WECOM, world.now - timedelta(days=2))
    world.bob.client.http.put(
        "/api/v1/me/choices", {"choices": [{"group": "new_ticket", "channels": [robot.id]}]}, format="json"
    )
    robots.answers["qyapi.weixin.qq.com"] = (200, {"errcode": 93000, "errmsg": "invalid webhook url"})
    file_ticket(world, routed=True)
    work("ticket.changed:notices", "notice.deliver")
    (posted,) = robots.posts
    assert set(posted.document) == {"msgtype", "text"}
    assert posted.document["text"]["content"].startswith("Allclear ")
    assert post.to("bob") == []
    work("notice.deliver")
    assert len(post.to("bob")) == 1
    rows = Delivery.objects.filter(notice__person=world.bob.person)
    assert set(rows.values_list("channel_kind", "status")) == {("wecom", "failed"), ("email", "sent")}


@pytest.mark.parametrize(("status", "error"), [(302, "HTTP 302"), (410, "HTTP 410")])
def test_a_hook_that_moved_or_is_gone_is_given_up_at_once(
    world: World, post: MailServer, robots: RobotHost, status: int, error: str
) -> None:
    channel_for(world.bob, "webhook", f"https://localhost:{robots.port}/hook", world.now)
    robots.answers["localhost"] = (status, {})
    file_ticket(world, routed=True)
    work("ticket.changed:notices", "notice.deliver")
    assert len(robots.posts) == 1
    failed = Delivery.objects.get(channel_kind="webhook")
    assert (failed.status, failed.last_error, failed.next_attempt_at) == ("failed", error, None)


def test_when_no_channel_reaches_a_person_the_next_above_is_told_why_and_no_loop_is_made(
    world: World, post: MailServer
) -> None:
    refuse(post, "bob", "ben", "vera")
    ticket_id = file_ticket(world, routed=True)
    for _round in range(8):
        work("ticket.changed:notices", "notice.deliver", "notice.unreached")
    assert told(ticket_id) == {"bob": None, "ben": None, "vera": told(ticket_id)["vera"], "dan": "vera"}
    (mail,) = post.to("dan")
    assert "It comes to you because Vera could not be reached." in mail.get_content()
    (row,) = world.dan.client.get("notices").data["items"]
    assert row["instead_of"] == {"id": str(world.vera.person.id), "name": "Vera"}
    assert world.dan.client.get(f"tickets/{ticket_id}").status_code == 200
    assert not OutboxMessage.objects.filter(done_at=None, topic__startswith="notice").exists()
    assert not Delivery.objects.filter(next_attempt_at__isnull=False).exists()


def test_nobody_is_asked_in_place_of_somebody_when_a_colleague_heard_of_it(world: World, post: MailServer) -> None:
    refuse(post, "bob")
    ticket_id = file_ticket(world, routed=True)
    for _round in range(4):
        work("ticket.changed:notices", "notice.deliver", "notice.unreached")
    assert told(ticket_id) == {"bob": None, "ben": None}


def test_a_confidential_matter_climbs_inside_the_case_team_and_opens_to_whoever_is_called(
    world: World, post: MailServer
) -> None:
    refuse(post, "erin", "dan")
    ticket_id = file_ticket(world, category=STRICT, routed=True)
    for _round in range(8):
        work("ticket.changed:notices", "notice.deliver", "notice.unreached")
    assert told(ticket_id) == {"erin": None, "dan": "erin", "olga": "dan"}
    opened = TicketEvent.objects.get(ticket=ticket_id, kind="opened-to")
    assert opened.payload.body == {"opened_to": [str(world.olga.person.id)], "instead_of": str(world.dan.person.id)}
    (mail,) = post.to("olga")
    assert "Erin" not in mail.get_content()
    assert world.olga.client.get(f"tickets/{ticket_id}").status_code == 200


def test_failures_are_for_the_coordinator_without_texts_and_without_what_lies_outside_their_sight(
    world: World, post: MailServer
) -> None:
    refuse(post, "bob", "erin")
    open_id = file_ticket(world, routed=True)
    file_ticket(world, category=STRICT, routed=True)
    file_ticket(world, persons_concerned=[str(world.cleo.person.id)], routed=True)
    for _round in range(2):
        work("ticket.changed:notices", "notice.deliver")
        time_passes()
    answer = world.cleo.client.get("deliveries", status="failed")
    assert answer.status_code == 200, answer.data["errors"]
    rows = answer.data["items"]
    assert {(row["person"]["name"], row["ticket"]) for row in rows} == {("Bob", open_id)}
    assert all("address" not in row and "school.example" not in str(row) for row in rows)
    assert world.cleo.client.get("deliveries", status="unheard").status_code == 400
    assert world.bob.client.get("deliveries").status_code == 403
    assert world.mallory.client.get("deliveries").data["items"] == []


@pytest.mark.parametrize("category", [STRICT, CLOSER], ids=["K2", "K1"])
def test_confidential_messages_say_only_that_something_waits_also_to_a_hook(
    world: World, post: MailServer, robots: RobotHost, category: str
) -> None:
    for member in (world.erin, world.vera, world.dan):
        channel_for(member, "webhook", f"https://localhost:{robots.port}/{member.person.name}", world.now)
    ticket = Ticket.objects.get(id=file_ticket(world, category=category, routed=True))
    work("ticket.changed:notices", "notice.deliver")
    assert post.mails
    assert robots.posts
    words = [f"{mail['Subject']} {mail.get_content()}" for _address, mail in post.mails]
    for text in [*words, *(str(posted.document) for posted in robots.posts)]:
        assert "Something confidential waits for you." in text
        for secret in (ticket.reference, ticket.description, "fight", "ullying", "Stair", "Alice"):
            assert secret not in text


def test_choices_hold_but_an_urgent_one_always_rings_somewhere(world: World, post: MailServer) -> None:
    off: dict[str, Any] = {"choices": [{"group": group, "channels": []} for group in ("new_ticket", "escalation")]}
    answer = world.bob.client.http.put("/api/v1/me/choices", off, format="json")
    own = ContactChannel.objects.get(person=world.bob.person)
    rows = {row["group"]: (row["channels"], row["always"]) for row in answer.data["choices"]}
    assert rows["new_ticket"] == ([], own.id)
    assert rows["comment"] == ([own.id], None)
    file_ticket(world, routed=True)
    work("ticket.changed:notices", "notice.deliver")
    assert post.to("bob") == []
    assert Notice.objects.filter(person=world.bob.person).count() == 1
    urgent = file_ticket(world, category="F01", routed=True)
    fire_after(urgent, HOUR)
    work("ticket.changed:notices", "notice.deliver")
    assert len(post.to("bob")) == 1
    strange = {"choices": [{"group": "comment", "channels": [own.id + 10_000]}]}
    assert world.bob.client.http.put("/api/v1/me/choices", strange, format="json").data["code"] == "unknown_channel"


def test_a_kind_nobody_foresaw_still_makes_a_sensible_sentence(world: World, post: MailServer) -> None:
    ticket_id = file_ticket(world, routed=True)
    payload: dict[str, Any] = dict(OutboxMessage.objects.get(topic="ticket.changed:notices").payload)
    people = [str(member.person.id) for member in (world.alice, world.cleo)]
    payload |= {"event": str(UUID(int=7)), "kind": "turned-blue", "people": people}
    OutboxMessage.objects.filter(topic="ticket.changed:notices").update(payload=payload)
    work("ticket.changed:notices", "notice.deliver")
    assert "There is news about your report." in post.to("alice")[0]["Subject"]
    assert "There is news about a ticket" in post.to("cleo")[0]["Subject"]
    assert str(ticket_id) in post.to("cleo")[0].get_content()

"""One digest instead of a storm, quiet nights, exercises marked, and news without a ticket."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils.translation import override

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.common.outbox import OutboxDraft, outbox_add
from backend.notifications.messages import Facts, compose_digest
from backend.notifications.models import Delivery, Notice
from backend.notifications.ringing import rings_at
from backend.notifications.services import notices_create
from backend.rulebook.nights import night_borders
from backend.rulebook.ruleset import QuietHours, Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.change import changed_drafts
from backend.workflow.models import Ticket
from tests.notifications.hands import at_security, channel_for, time_passes, work
from tests.notifications.peers import MailServer, RobotHost
from tests.roles import as_owner
from tests.workflow.steps import CLOSER, DAY, TOLD, file_ticket
from tests.world import World

WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=12345678"


def storm(world: World, tickets: list[UUID], count: int) -> None:
    """Let a number of deadlines come to Bob at once."""
    event = Ticket.objects.get(id=tickets[0]).events.latest("sequence")
    drafts = []
    for number in range(count):
        event.id, event.ticket_id, event.kind = UUID(int=number + 1), tickets[number % len(tickets)], "escalated"
        drafts.extend(changed_drafts(event=event, people=[world.bob.person.id]))
    outbox_add(drafts=drafts, now=database_now())


def test_two_hundred_firings_are_one_message_for_each_person_and_channel(
    world: World, post: MailServer, robots: RobotHost
) -> None:
    channel_for(world.bob, "wecom", WECOM, world.now)
    plain = [at_security(world), at_security(world, CLOSER)]
    urgent = at_security(world, "F01")
    storm(world, [*plain, urgent, *plain], 200)
    work("ticket.changed:notices", "notice.deliver")
    (mail,) = post.to("bob")
    assert mail["Subject"] == "Allclear: 200 things wait for you"
    text = mail.get_content()
    assert text.startswith("[Urgent] A deadline has passed")
    assert "And 100 more." in text
    assert "80 confidential matters wait for you." in text
    assert Ticket.objects.get(id=plain[1]).reference not in text
    (posted,) = robots.posts
    assert len(posted.document["text"]["content"].encode()) <= 2048
    rows = Delivery.objects.filter(status="sent")
    assert (rows.count(), rows.values("message_id").distinct().count()) == (400, 2)
    work()
    assert (len(post.mails), len(robots.posts)) == (1, 1)


def test_what_comes_right_after_a_message_waits_and_goes_together(world: World, post: MailServer) -> None:
    ticket_id = at_security(world)
    storm(world, [ticket_id], 1)
    work("ticket.changed:notices", "notice.deliver")
    event = Ticket.objects.get(id=ticket_id).events.latest("sequence")
    for number in (500, 501):
        event.id, event.kind = UUID(int=number), "comment"
        outbox_add(drafts=[*changed_drafts(event=event, people=[world.bob.person.id])], now=database_now())
        work("ticket.changed:notices", "notice.deliver")
    assert len(post.to("bob")) == 1
    time_passes()
    work("notice.deliver")
    assert [mail["Subject"] for mail in post.to("bob")][1] == "Allclear: 2 things wait for you"


def test_a_mail_sent_while_the_clock_was_ahead_keeps_nobody_waiting(world: World, post: MailServer) -> None:
    ticket_id = at_security(world)
    storm(world, [ticket_id], 1)
    work("ticket.changed:notices", "notice.deliver")
    Delivery.objects.update(sent_at=database_now() + timedelta(hours=1))
    event = Ticket.objects.get(id=ticket_id).events.latest("sequence")
    event.id, event.kind = UUID(int=500), "comment"
    outbox_add(drafts=[*changed_drafts(event=event, people=[world.bob.person.id])], now=database_now())
    work("ticket.changed:notices", "notice.deliver")
    assert len(post.to("bob")) == 2


def test_a_digest_of_one_exercise_among_real_ones_marks_only_that_one() -> None:
    real = Facts("Look.", "K0", "https://x/1", reference="AAAA-AAAA")
    drill = Facts("Look.", "K0", "https://x/2", reference="BBBB-BBBB", is_exercise=True)
    with override("en"):
        message = compose_digest(entries=[real, drill], link="https://x", most_bytes=2000)
    assert "[Exercise]" not in message.subject
    assert "[Exercise] Look.\nBBBB-BBBB" in message.body


@pytest.mark.parametrize("category", ["F02", CLOSER], ids=["K0", "K1"])
def test_an_exercise_is_marked_in_subject_and_body(world: World, post: MailServer, category: str) -> None:
    ticket_id = at_security(world, category)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE workflow_ticket SET is_exercise = true WHERE id = %s", [ticket_id])
    storm(world, [ticket_id], 1)
    work("ticket.changed:notices", "notice.deliver")
    (mail,) = post.to("bob")
    assert mail["Subject"].startswith("[Exercise] Allclear")
    assert mail.get_content().startswith("This is an exercise")


@pytest.mark.parametrize(
    ("severity", "at", "rings"),
    [
        (Severity.P3, "2026-09-01T13:00:00", "2026-09-01T23:00:00"),
        (Severity.P4, "2026-09-01T18:00:00", "2026-09-01T23:00:00"),
        (Severity.P3, "2026-09-01T23:00:00", "2026-09-01T23:00:00"),
        (Severity.P3, "2026-09-01T12:59:59", "2026-09-01T12:59:59"),
        (Severity.P2, "2026-09-01T18:00:00", "2026-09-01T18:00:00"),
        (Severity.P1, "2026-09-01T18:00:00", "2026-09-01T18:00:00"),
    ],
)
def test_ordinary_messages_wait_for_the_morning(world: World, severity: Severity, at: str, rings: str) -> None:
    quiet = ruleset_get(Ticket.objects.get(id=file_ticket(world)).rulebook_id).quiet_hours
    instant, expected = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (at, rings))
    assert rings_at(quiet=quiet, severity=severity, at=instant, zone="Asia/Shanghai") == expected


@pytest.mark.parametrize(
    ("ends", "at", "rings"),
    [
        ("01:30", "2026-03-28T23:00:00", "2026-03-29T01:00:00"),
        ("01:30", "2026-10-24T22:30:00", "2026-10-25T00:30:00"),
        ("01:30", "2026-10-25T01:10:00", "2026-10-25T01:10:00"),
        ("02:30", "2026-10-25T01:10:00", "2026-10-25T02:30:00"),
    ],
)
def test_a_night_that_ends_while_the_clocks_change_is_over_once(ends: str, at: str, rings: str) -> None:
    """In London in March 01:30 does not come: the night is over as the clocks go forward, not half an hour later."""
    quiet = QuietHours(time(22), time.fromisoformat(ends), frozenset({Severity.P3}))
    instant, expected = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (at, rings))
    assert rings_at(quiet=quiet, severity=Severity.P3, at=instant, zone="Europe/London") == expected
    borders = night_borders(quiet_hours=quiet, zone=ZoneInfo("Europe/London"), since=instant, until=instant + DAY)
    assert rings == at or next(borders) == expected


def test_at_night_the_notice_is_there_and_the_message_waits_as_a_row(world: World, post: MailServer) -> None:
    ticket_id = at_security(world)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE workflow_ticket SET severity = 'P3' WHERE id = %s", [ticket_id])
    storm(world, [ticket_id], 3)
    night = database_now().replace(hour=18, minute=0) + timedelta(days=1)
    messages = OutboxMessage.objects.filter(topic=TOLD, dedup_key__startswith="notices:00000000")
    notices_create(list(messages), night)
    assert Notice.objects.filter(person=world.bob.person).count() == 3
    morning = night.replace(hour=23, second=0, microsecond=0)
    held = Delivery.objects.filter(notice__person=world.bob.person)
    assert set(held.values_list("rings_at", "next_attempt_at")) == {(morning, morning)}
    work("notice.deliver")
    assert post.mails == []
    Delivery.objects.update(created_at=world.now)
    time_passes()
    work("notice.deliver")
    assert [mail["Subject"] for mail in post.to("bob")] == ["Allclear: 3 things wait for you"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_the_rulebook_check_found_reaches_the_people_named(world: World, post: MailServer, language: str) -> None:
    world.cleo.user.language = language
    world.cleo.user.save()
    first = {"zh": "没有人值夜班。", "en": "Nobody is on duty at night."}
    payload: dict[str, Any] = {"school": str(world.school.id), "findings": 2, "warnings": 1, "first": first}
    payload["people"] = [str(world.cleo.person.id), str(world.mallory.person.id)]
    outbox_add(drafts=[OutboxDraft("rulebook.checked", "checked:1", payload)], now=database_now())
    work("rulebook.checked")
    time_passes()
    work("notice.deliver")
    (mail,) = post.to("cleo")
    assert first["en" if language == "en" else "zh"] in mail.get_content()
    (row,) = world.cleo.client.get("notices").data["items"]
    assert (row["ticket"], row["kind"]) == (None, "rulebook.checked")
    assert "2 places" in row["text"]
    assert Notice.objects.filter(person=world.mallory.person).count() == 0

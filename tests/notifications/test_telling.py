"""Notices: the right people hear, in the right words and language, and one person's trouble never silences another."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from backend.common.models import OutboxMessage
from backend.incidents.models import Report
from backend.notifications.models import Delivery, Notice
from backend.notifications.tasks import deliver, tell
from backend.organisation.models import Appointment, ContactChannel, Unit
from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.notifications.hands import time_passes
from tests.workflow.steps import HOUR, STRICT, file_ticket, fire_after, ticket_in
from tests.world import Member, World


@pytest.fixture(autouse=True)
def post_office(settings: Any, tmp_path: Path) -> Path:
    """Mail as in the demonstration: a folder for each address."""
    settings.EMAIL_BACKEND = "backend.notifications.mail.FolderBackend"
    settings.MAIL_DIRECTORY = str(tmp_path)
    return tmp_path


def work(topic: str) -> None:
    """Do what a worker would do with everything that waits under a topic."""
    {"ticket.changed:notices": tell, "notice.deliver": deliver}[topic]()


def work_all() -> None:
    """Store the notices that wait, then send the mails."""
    work("ticket.changed:notices")
    work("notice.deliver")


def mails(folder: Path, name: str) -> list[EmailMessage]:
    """Return the mails one member of the cast has."""
    files = sorted((folder / f"{name}@school.example").glob("*.eml"))
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def text_of(mail: EmailMessage) -> str:
    """Return the text of a mail."""
    body = mail.get_body()
    assert body is not None
    return str(body.get_content())


def told(world: World, ticket_id: UUID, kind: str) -> set[str]:
    """Return the cast's names of those who have a notice of an event."""
    people = set(Notice.objects.filter(ticket=ticket_id, kind=kind).values_list("person_id", flat=True))
    return {name for name, member in world.members.items() if member.person.id in people}


@pytest.mark.parametrize(
    ("state", "who", "action", "hear"),
    [
        (State.ROUTED, "bob", "acknowledge", {"alice"}),
        (State.ACKNOWLEDGED, "bob", "start", set()),
        (State.IN_PROGRESS, "ben", "resolve", {"alice", "cleo"}),
        (State.RESOLVED, "cleo", "verify", {"alice", "bob"}),
        (State.RESOLVED, "alice", "reject-fix", {"bob"}),
        (State.CLOSED, "alice", "reopen", {"bob"}),
        (State.IN_PROGRESS, "alice", "comment", {"bob"}),
        (State.IN_PROGRESS, "bob", "comment", {"alice"}),
        (State.IN_PROGRESS, "dan", "comment", {"alice", "bob"}),
    ],
)
def test_those_whom_an_action_concerns_hear_of_it_and_the_actor_does_not(
    world: World, state: State, who: str, action: str, hear: set[str]
) -> None:
    ticket_id = ticket_in(world, state)
    assert world.members[who].client.act(ticket_id, action, note="Look at it.").status_code == 200
    work("ticket.changed:notices")
    assert told(world, ticket_id, action) == hear


def test_whoever_is_given_a_ticket_hears_of_it(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    world.bob.client.act(ticket_id, "assign", assignee=str(world.ben.person.id))
    work("ticket.changed:notices")
    assert told(world, ticket_id, "assign") == {"ben"}


def test_whoever_is_told_beside_the_office_does_not_read_that_it_is_theirs(world: World) -> None:
    """The principal read of a fire that it was with "your office"."""
    ticket_id = file_ticket(world, category="F01", routed=True)
    work("ticket.changed:notices")
    office = Ticket.objects.get(id=ticket_id).owner
    at_work = {name for name in told(world, ticket_id, "route") if works_in(world.members[name], office)}
    assert at_work < told(world, ticket_id, "route")
    for name in told(world, ticket_id, "route"):
        (row,) = [row for row in world.members[name].client.get("notices").data["items"] if row["kind"] == "route"]
        assert ("your office" in row["text"]) is (name in at_work), (name, row["text"])


def works_in(member: Member, office: Unit) -> bool:
    """Say whether somebody holds a post in an office."""
    return Appointment.objects.filter(person=member.person, post__unit=office).exists()


@pytest.mark.parametrize(("language", "words"), [("en", "A new report is with your office."), ("zh-hans", "报告")])
def test_a_mail_says_why_what_by_when_and_where_in_the_readers_language(
    world: World, post_office: Path, language: str, words: str
) -> None:
    world.bob.user.language = language
    world.bob.user.save()
    ticket_id = file_ticket(world, routed=True)
    work_all()
    (mail,) = mails(post_office, "bob")
    text = text_of(mail)
    ticket = Ticket.objects.get(id=ticket_id)
    assert words in text
    assert f"/tickets/{ticket_id}" in text
    assert all(
        part in f"{mail['Subject']}{text}" for part in (ticket.reference, "二楼" if language != "en" else "Stair")
    )
    assert ticket.description not in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "[Urgent] Fire, smoke or gas leak · Stairwell, second floor · by 28 Nov 2026, 20:55 · A new report"),
        ("zh-hans", "【紧急】火情、冒烟、燃气泄漏 · 二楼楼梯间 · 2026年11月28日 20:55前 · 有一份新报告"),
    ],
)
def test_the_subject_of_a_fire_says_what_burns_where_and_by_when(
    world: World, post_office: Path, language: str, words: str
) -> None:
    """It was "a new report is with your office", like that of a loose screw (F9)."""
    world.bob.user.language = language
    world.bob.user.save()
    ticket_id = file_ticket(world, category="F01", routed=True)
    Ticket.objects.filter(id=ticket_id).update(next_due_at=datetime(2026, 11, 28, 12, 55, tzinfo=UTC))
    work_all()
    (mail,) = mails(post_office, "bob")
    assert words in mail["Subject"]


def test_the_bureau_reads_of_which_school_a_message_is(world: World, post_office: Path) -> None:
    """The list said it, a message did not: an officer answers for many schools (F10)."""
    ticket_id = file_ticket(world, routed=True)
    fire_after(ticket_id, timedelta(hours=30))
    work_all()
    texts = [f"{mail['Subject']}{text_of(mail)}" for mail in mails(post_office, "olga")]
    assert texts
    assert all("Qinghe School" in text for text in texts)
    assert not any("Qinghe School" in f"{mail['Subject']}{text_of(mail)}" for mail in mails(post_office, "bob"))


def test_the_reporter_is_sent_to_the_report_and_staff_to_the_ticket(world: World, post_office: Path) -> None:
    ticket_id = file_ticket(world, by="bob", routed=True)
    work_all()
    world.ben.client.act(ticket_id, "acknowledge")
    work("ticket.changed:notices")
    work("notice.deliver")
    time_passes()
    work("notice.deliver")
    report = Report.objects.get(ticket=ticket_id)
    texts = [text_of(mail) for mail in mails(post_office, "bob")]
    assert sorted("/tickets/" in text for text in texts) == [False, True]
    assert sum(f"/reports/{report.id}" in text for text in texts) == 1


def test_notices_are_ones_own_newest_first_and_neutral_where_confidential(world: World) -> None:
    first = ticket_in(world, State.ACKNOWLEDGED)
    work_all()
    for action in ("start", "resolve"):
        world.bob.client.act(first, action, note="Done.")
    work_all()
    sealed = file_ticket(world, category=STRICT, routed=True)
    world.erin.client.act(sealed, "acknowledge")
    work_all()
    rows = world.alice.client.get("notices").data["items"]
    assert [row["kind"] for row in rows] == ["acknowledge", "resolve", "acknowledge"]
    assert [row["ticket"] for row in rows] == [None, first, first]
    assert rows[0]["text"] == "Something confidential waits for you. Please sign in to read it."
    assert rows[1]["text"].startswith("Your report has been dealt with.")
    (row,) = world.erin.client.get("notices").data["items"]
    assert (row["ticket"], row["text"]) == (sealed, rows[0]["text"])
    for name in ("carol", "mallory", "olga"):
        assert world.members[name].client.get("notices").data["items"] == []


def test_a_mail_that_cannot_be_delivered_waits_and_stops_no_other(world: World, post_office: Path) -> None:
    blocked = post_office / "bob@school.example"
    blocked.write_text("not a folder")
    file_ticket(world, routed=True)
    work_all()
    assert len(mails(post_office, "ben")) == 1
    (waiting,) = Delivery.objects.filter(status="waiting")
    assert (waiting.attempts, waiting.notice.person) == (1, world.bob.person)
    assert waiting.last_error == "The mail could not be handed over: FileExistsError"
    blocked.unlink()
    Delivery.objects.filter(id=waiting.id).update(next_attempt_at=world.now)
    work("notice.deliver")
    assert len(mails(post_office, "bob")) == 1


def test_every_verified_address_gets_one_mail_also_when_it_is_sent_twice(world: World, post_office: Path) -> None:
    since = world.now - timedelta(days=1)
    ContactChannel.objects.create(person=world.bob.person, address="bob.home@school.example", verified_at=since)
    ContactChannel.objects.create(person=world.bob.person, address="bob.new@school.example")
    file_ticket(world, routed=True)
    work_all()
    Delivery.objects.filter(status="sent").update(status="waiting", sent_at=None, next_attempt_at=since)
    work("notice.deliver")
    assert [len(mails(post_office, name)) for name in ("bob", "bob.home", "bob.new")] == [1, 1, 0]


def test_news_handled_twice_is_told_once(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    work("ticket.changed:notices")
    OutboxMessage.objects.filter(topic="ticket.changed:notices").update(done_at=None)
    work("ticket.changed:notices")
    assert Notice.objects.filter(ticket=ticket_id).count() == 2


def test_an_escalation_says_that_it_is_one(world: World, post_office: Path) -> None:
    ticket_id = file_ticket(world, routed=True)
    fire_after(ticket_id, HOUR)
    work_all()
    (mail,) = mails(post_office, "vera")
    assert "A deadline has passed" in mail["Subject"]
    assert told(world, ticket_id, "escalated") == {"bob", "vera"}

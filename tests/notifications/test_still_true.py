"""Messages are looked at again when they go out: each still holds, and asks for what its reader can do now."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.notifications.models import Delivery
from backend.notifications.sentences import TO_REPORTER, TO_STAFF
from backend.notifications.services import notices_create
from backend.notifications.services.delivering import deliveries_send
from backend.notifications.still import (
    STAYS_TRUE,
    STAYS_TRUE_TO_REPORTER,
    STILL,
    STILL_TO_REPORTER,
    TOLD_WHEN_OVER,
)
from backend.workflow.models import Ticket
from backend.workflow.services import tickets_route
from backend.workflow.states import State
from tests.browser import SignIn
from tests.notifications.hands import time_passes, work
from tests.notifications.peers import MailServer
from tests.workflow.steps import DAY, HOUR, TOLD, URGENT, file_ticket, fire_after, ticket_in
from tests.world import Member, World

BUSY = "451 try again"


def texts(post: MailServer, name: str) -> str:
    """Return everything one member of the cast was mailed."""
    return "\n".join(str(mail["Subject"]) + mail.get_content() for mail in post.to(name))


def tell_at(now: datetime) -> None:
    """Let whoever is to be told of what happened be told at a time."""
    notices_create(list(OutboxMessage.objects.filter(topic=TOLD)), now)
    OutboxMessage.objects.filter(topic=TOLD).delete()


def test_what_came_at_night_and_was_withdrawn_before_the_morning_asks_for_nothing(
    world: World, post: MailServer
) -> None:
    """Filed at 22:00 and withdrawn at 22:05, it was a new report to acknowledge at 07:00 (E7)."""
    ticket_id = file_ticket(world, category="B02", routed=True)
    ten_in_the_evening = world.now.replace(hour=14, minute=0, second=0, microsecond=0) + DAY
    seven = ten_in_the_evening + 9 * HOUR
    tell_at(ten_in_the_evening)
    waiting = Delivery.objects.filter(notice__ticket=ticket_id, notice__kind="route")
    assert set(waiting.values_list("rings_at", flat=True)) == {seven}
    (report,) = world.alice.client.get("reports").data["items"]
    assert world.alice.client.post(f"reports/{report['id']}/withdraw").status_code == 200
    tell_at(ten_in_the_evening + HOUR / 12)
    deliveries_send(now=seven)
    assert set(waiting.values_list("status", flat=True)) == {"skipped"}
    assert not any("new report" in texts(post, name) for name in world.members)


def test_what_came_at_night_and_still_waits_in_the_morning_is_told(world: World, post: MailServer) -> None:
    file_ticket(world, category="B02", routed=True)
    evening = world.now.replace(hour=14, minute=0, second=0, microsecond=0) + DAY
    tell_at(evening)
    deliveries_send(now=evening + 9 * HOUR - HOUR / 12)
    assert post.mails == []
    deliveries_send(now=evening + 9 * HOUR)
    assert "A new report is with your office." in texts(post, "carol")


@pytest.mark.parametrize("how", ["late", "retry", "digest"])
def test_an_alarm_is_not_sent_once_somebody_acted(world: World, post: MailServer, how: str) -> None:
    ticket_id = file_ticket(world, routed=True)
    work(TOLD, "notice.deliver")
    if how == "retry":
        post.refuse["vera@school.example"] = BUSY
    fire_after(ticket_id, HOUR)
    work(TOLD)
    if how == "retry":
        work("notice.deliver")
        post.refuse.clear()
    assert world.bob.client.act(ticket_id, "acknowledge").status_code == 200
    assert world.bob.client.act(ticket_id, "record-interim-control", note="Closed off.").status_code == 200
    assert world.bob.client.act(ticket_id, "start").status_code == 200
    if how == "digest":
        world.dan.client.act(ticket_id, "comment", note="Well done.")
        work(TOLD)
    time_passes()
    work("notice.deliver")
    assert "nobody has acted" not in texts(post, "vera")


def test_an_alarm_is_sent_while_nobody_has_acted(world: World, post: MailServer) -> None:
    ticket_id = file_ticket(world, routed=True)
    fire_after(ticket_id, HOUR)
    work(TOLD, "notice.deliver")
    assert "nobody has acted" in texts(post, "vera")


def test_an_alarm_about_a_missed_answer_is_sent_until_it_is_given(world: World, post: MailServer) -> None:
    """Of what is asked about a ticket no alarm was sent, unless a clock of the ticket itself had been missed too."""
    unanswered, answered = (ticket_in(world, State.IN_PROGRESS) for _ticket in range(2))
    heard: list[int] = []
    work(TOLD, "notice.deliver")
    for ticket_id in (unanswered, answered):
        order = world.dan.client.act(ticket_id, "order", note="When?", due_at=(world.now + HOUR).isoformat())
        assert order.status_code == 200
        assert fire_due(now=Timer.objects.get(target=order.data["parts"][0]["id"]).due_at).fired == 1
        if ticket_id == answered:
            assert world.bob.client.act(ticket_id, "answer-order", note="On Friday.").status_code == 200
        work(TOLD, "notice.deliver")
        heard.append(texts(post, "cleo").count("nobody has acted"))
    assert heard[0] > 0
    assert heard[1] == heard[0]


def test_an_offer_that_is_answered_asks_nobody_to_answer_it(world: World, post: MailServer) -> None:
    ticket_id = file_ticket(world, routed=True)
    facilities = str(world.home.units["facilities"].id)
    assert world.bob.client.act(ticket_id, "offer", office=facilities, note="A door.").status_code == 200
    assert world.carol.client.act(ticket_id, "accept-offer").status_code == 200
    work(TOLD, "notice.deliver")
    assert "offers you a ticket" not in texts(post, "carol")


def test_whoever_solved_it_hears_that_the_reporter_confirms_it(world: World, post: MailServer) -> None:
    ticket_id = ticket_in(world, State.RESOLVED)
    assert world.alice.client.act(ticket_id, "confirm").status_code == 200
    work(TOLD, "notice.deliver")
    assert "The reporter confirms" in texts(post, "bob")


def test_whoever_was_given_a_ticket_hears_nothing_once_it_is_another_persons(world: World, post: MailServer) -> None:
    ticket_id = ticket_in(world, State.ACKNOWLEDGED)
    work(TOLD, "notice.deliver")
    for member in (world.ben, world.bob):
        assert world.bob.client.act(ticket_id, "assign", assignee=str(member.person.id)).status_code == 200
        work(TOLD)
    time_passes()
    work("notice.deliver")
    assert "assigned to you" not in texts(post, "ben")


def test_whoever_verifies_hears_nothing_of_a_solution_that_was_sent_back(world: World, post: MailServer) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    work(TOLD, "notice.deliver")
    assert world.bob.client.act(ticket_id, "resolve", note="Done.").status_code == 200
    work(TOLD)
    assert world.alice.client.act(ticket_id, "reject-fix", note="No.").status_code == 200
    time_passes()
    work("notice.deliver")
    assert "has been resolved" not in texts(post, "cleo")


def test_an_office_that_gets_an_acknowledged_report_is_told_what_it_can_do(world: World, post: MailServer) -> None:
    ticket_id = file_ticket(world)
    assert world.cleo.client.act(ticket_id, "acknowledge").status_code == 200
    Ticket.objects.filter(id=ticket_id).update(assignee=None)
    tickets_route(ticket_ids=[ticket_id], now=database_now())
    work(TOLD, "notice.deliver")
    told = texts(post, "bob")
    assert "A new report is with your office." in told
    assert "Please acknowledge it" not in told
    assert "Please make the place safe first" in told
    (row,) = [row for row in world.bob.client.get("notices").data["items"] if row["kind"] == "route"]
    assert "Please acknowledge it" not in row["text"]


def test_a_report_nobody_acknowledged_yet_asks_for_that(world: World, post: MailServer) -> None:
    file_ticket(world, routed=True)
    work(TOLD, "notice.deliver")
    assert "A new report is with your office. Please acknowledge it." in texts(post, "bob")


def test_whoever_cannot_take_the_next_step_is_not_asked_to(world: World, post: MailServer) -> None:
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    assert world.ben.client.act(ticket_id, "resolve", note="Done.").status_code == 200
    work(TOLD, "notice.deliver")
    assert "Please verify" in texts(post, "cleo")
    assert "Please verify" not in texts(post, "bob")


def test_a_missed_date_of_what_was_asked_is_told_while_it_is_not_done(world: World, post: MailServer) -> None:
    """Nothing else on the ticket is late; the second time Bob has done it before the message leaves."""
    for is_done in (False, True):
        ticket_id = ticket_in(world, State.IN_PROGRESS)
        done_by = (database_now() + HOUR).isoformat()
        world.bob.client.act(ticket_id, "next-step", note="Ring the firm.", done_by=done_by)
        work(TOLD, "notice.deliver")
        post.mails.clear()
        fire_after(ticket_id, 2 * HOUR)
        work(TOLD)
        if is_done:
            world.bob.client.act(ticket_id, "finish-step", note="They come on Friday.")
        time_passes()
        work("notice.deliver")
        assert ("A deadline has passed" in texts(post, "bob")) == (not is_done)


def test_a_review_that_nobody_wrote_is_told_although_its_ticket_is_closed(world: World, post: MailServer) -> None:
    ticket_id = ticket_in(world, State.CLOSED, category=URGENT)
    work(TOLD, "notice.deliver")
    post.mails.clear()
    fire_due(now=Timer.objects.get(subject_id=ticket_id, clock="review").due_at)
    work(TOLD)
    time_passes()
    work("notice.deliver")
    assert "A deadline has passed" in texts(post, "cleo")


def test_of_every_kind_it_is_decided_whether_it_still_holds_when_it_is_sent() -> None:
    """Each stands in one table, so that a new kind cannot forget what it asks for once that is over."""
    assert sorted([*STILL, *STAYS_TRUE]) == sorted(TO_STAFF)
    assert sorted([*STILL_TO_REPORTER, *STAYS_TRUE_TO_REPORTER]) == sorted(TO_REPORTER)
    assert TO_STAFF.keys() >= TOLD_WHEN_OVER


@pytest.mark.parametrize("is_late", [False, True])
def test_what_was_asked_and_settled_asks_nobody_any_more(world: World, post: MailServer, is_late: bool) -> None:
    """A sub-task and a question that were withdrawn, a decision that was taken: all were still asked for (E7)."""
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    facilities = str(world.home.units["facilities"].id)
    asking: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("bob", "ask-subtask", {"office": facilities, "note": "Fit the door."}),
        ("bob", "ask-question", {"note": "Which door?"}),
        ("bob", "promise", {"note": "Parts come.", "promised_for": (world.now + DAY).isoformat()}),
        ("bob", "cannot-solve", {"note": "No money.", "needed": "A new door."}),
    )
    for who, action, said in asking:
        done = world.members[who].client.act(ticket_id, action, **said)
        assert done.status_code == 200, done.data
    parts = {part["kind"]: part["id"] for part in done.data["parts"]}
    settling: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("bob", "withdraw-subtask", {"subtask": parts["subtask"], "note": "Not needed."}),
        ("bob", "withdraw-question", {"question": parts["question"], "note": "I know."}),
        ("dan", "decide", {"note": "It is paid.", "decided_in": "Meeting", "provided": "Money."}),
    )
    for who, action, said in settling if is_late else ():
        done = world.members[who].client.act(ticket_id, action, **said)
        assert done.status_code == 200, done.data
    work(TOLD, "notice.deliver")
    told = "\n".join(texts(post, name) for name in world.members)
    asked = ("asks yours to do a part", "asks you something", "cannot solve a ticket alone")
    assert [words in told for words in asked] == [not is_late] * 3
    assert "You have been promised a date" in texts(post, "alice")


def in_lists(member: Member, client: Client, kind: str) -> list[str]:
    """Return what the list of the API and that of the pages say of a kind of notice."""
    rows = [row["text"] for row in member.client.get("notices").data["items"] if row["kind"] == kind]
    page = client.get("/notices").content.decode()
    assert all(text in page for text in rows)
    return rows


def test_lists_say_of_what_was_asked_that_it_is_settled(world: World, signed_in: SignIn) -> None:
    """They went on asking for what mails did not ask for any more (E7, E19)."""
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    facilities = str(world.home.units["facilities"].id)
    assert world.bob.client.act(ticket_id, "offer", office=facilities, note="A door.").status_code == 200
    work(TOLD)
    carol = signed_in(world.carol)
    (asked,) = in_lists(world.carol, carol, "offer")
    assert "settled" not in asked
    assert world.carol.client.act(ticket_id, "accept-offer").status_code == 200
    (settled,) = in_lists(world.carol, carol, "offer")
    assert settled == f"{asked} This has been settled meanwhile."
    alice = signed_in(world.alice)
    (before,) = in_lists(world.alice, alice, "acknowledge")
    assert world.carol.client.act(ticket_id, "resolve", note="Done.").status_code == 200
    work(TOLD)
    (verify,) = in_lists(world.cleo, signed_in(world.cleo), "resolve")
    assert "Please verify" in verify
    (after,) = in_lists(world.alice, alice, "acknowledge")
    assert after == f"{before} It has gone on since then.", "nobody has looked yet whether it is solved"


def test_a_reporter_reads_late_what_is_so_and_not_what_was(world: World, post: MailServer) -> None:
    """Reopened before the mail about the solution went out, which asked to look whether it was solved."""
    ticket_id = ticket_in(world, State.RESOLVED)
    assert world.alice.client.act(ticket_id, "reject-fix", note="It blocks again.").status_code == 200
    work(TOLD, "notice.deliver")
    assert "has been dealt with" not in texts(post, "alice")
    assert "somebody is taking care of it" in texts(post, "alice")

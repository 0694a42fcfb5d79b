"""Meetings: an agenda that makes itself, outcomes that are real actions, and minutes whose rest comes up again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.response import Response

from backend.meetings.models import Meeting
from backend.workflow.models import Ticket, TicketPart
from backend.workflow.states import State
from tests.browser import SignIn
from tests.portal.papers import paper_of, texts_of
from tests.roles import as_owner
from tests.workflow.steps import DAY, STRICT, URGENT, file_ticket, ticket_in
from tests.workflow.test_cannot_solve import DECISION, NEED
from tests.world import World

WHY: dict[str, Any] = {"words": "The canteen asks about it."}


def called(world: World, who: str = "vera", **changes: Any) -> dict[str, Any]:
    """Call a meeting for the day after tomorrow; return it as the API shows it."""
    day = (world.now + 2 * DAY).date().isoformat()
    answer = world.members[who].client.post("meetings", {"day": day, **changes})
    assert answer.status_code == 201, answer.data
    return dict(answer.data)


def seen(world: World, who: str, meeting: dict[str, Any]) -> dict[str, list[str]]:
    """Return the reasons by ticket that somebody reads on an agenda."""
    data = world.members[who].client.get(f"meetings/{meeting['id']}").data
    return {item["ticket"]["id"]: list(item["reasons"]) for item in data["items"]}


def item_of(meeting: dict[str, Any], ticket_id: UUID) -> dict[str, Any]:
    """Return the item about a ticket."""
    return next(item for item in meeting["items"] if item["ticket"]["id"] == str(ticket_id))


def on(world: World, who: str, meeting: dict[str, Any], ticket_id: UUID, what: str, **body: Any) -> Response:
    """Do something with the item about a ticket, in the version it has now."""
    item, version = item_of(meeting, ticket_id), Ticket.objects.get(id=ticket_id).version
    path = f"meetings/{meeting['id']}/items/{item['id']}/{what}"
    return world.members[who].client.post(path, body, match=version if "actions/" in what else None)


def undecided_ticket(world: World) -> UUID:
    """Let Bob say that his office cannot solve something."""
    ticket_id = ticket_in(world, State.IN_PROGRESS)
    assert world.bob.client.act(ticket_id, "cannot-solve", **NEED).status_code == 200
    return ticket_id


def test_the_agenda_makes_itself_and_everybody_reads_what_they_may_know_of(world: World) -> None:
    undecided = undecided_ticket(world)
    fire = ticket_in(world, State.CLOSED, category=URGENT)
    sealed, promised, calm, drill = (
        file_ticket(world, category=STRICT, routed=True),
        ticket_in(world, State.IN_PROGRESS),
        ticket_in(world, State.IN_PROGRESS),
        file_ticket(world, routed=True, exercise=True, by="cleo"),
    )
    for days in (3, 5):
        words: dict[str, Any] = {"note": "The firm comes later.", "promised_for": (world.now + days * DAY).isoformat()}
        action, who = ("promise", "bob") if days == 3 else ("change-promise", "dan")
        assert world.members[who].client.act(promised, action, **words).status_code == 200
    Ticket.objects.filter(id__in=(sealed, promised, drill)).update(next_due_at=world.now - DAY)
    with CaptureQueriesContext(connection) as captured:
        meeting = called(world)
    assert len(captured) <= 40, len(captured)
    expected = {str(undecided): ["decision"], str(fire): ["review"], str(promised): ["promise", "overdue"]}
    assert seen(world, "vera", meeting) == expected
    assert seen(world, "dan", meeting) == {**expected, str(sealed): ["overdue"]}
    assert seen(world, "erin", meeting) == {str(sealed): ["overdue"]}
    assert (seen(world, "bob", meeting), seen(world, "carol", meeting)) == (expected, {})
    for who, status in (("alice", 403), ("mallory", 404), ("olga", 404)):
        assert world.members[who].client.get(f"meetings/{meeting['id']}").status_code == status, who
    assert world.bob.client.post("meetings", {"day": "2099-01-01"}).data["code"] == "not_meeting_caller"
    assert world.mallory.client.get("meetings").data["items"] == []
    assert world.vera.client.post("meetings", {"day": "2020-01-01"}).data["errors"][0]["pointer"] == "/day"
    assert world.vera.client.post("meetings", {"day": "2206-09-01"}).data["errors"][0]["code"] == "out_of_range"
    added = {"ticket": Ticket.objects.get(id=calm).reference, **WHY}
    assert world.cleo.client.post(f"meetings/{meeting['id']}/items", added).status_code == 200
    twice = world.cleo.client.post(f"meetings/{meeting['id']}/items", added)
    assert (twice.status_code, twice.data["code"]) == (409, "on_the_agenda")
    unknown = world.vera.client.post(f"meetings/{meeting['id']}/items", {"ticket": str(sealed), **WHY})
    assert (unknown.status_code, unknown.data["code"]) == (400, "unknown_ticket")
    drill = file_ticket(world, by="cleo", exercise=True)
    of_a_drill = {"ticket": str(drill), **WHY}
    assert world.vera.client.post(f"meetings/{meeting['id']}/items", of_a_drill).data["code"] == "unknown_ticket"
    assert world.dan.client.act(undecided, "decide", **DECISION).status_code == 200
    assert world.vera.client.post(f"meetings/{meeting['id']}/renew").status_code == 200
    renewed = seen(world, "vera", meeting)
    assert (renewed.get(str(undecided)), renewed[str(calm)]) == (None, ["added"])


def test_what_comes_of_an_item_is_a_real_action_and_the_rest_comes_before_the_next_meeting(world: World) -> None:
    undecided, other, third, fourth = undecided_ticket(world), *(ticket_in(world, State.IN_PROGRESS) for _ in range(3))
    as_they_are = list(Ticket.objects.filter(id__in=(other, third, fourth)))
    Ticket.objects.filter(id__in=(other, third, fourth)).update(next_due_at=world.now - DAY)
    meeting = called(world)
    beyond = on(world, "vera", meeting, undecided, "actions/decide", **DECISION)
    assert (beyond.status_code, beyond.data["code"]) == (403, "action_not_allowed"), "by their own power alone"
    assert on(world, "bob", meeting, other, "note", **WHY).status_code == 403
    assert on(world, "dan", meeting, undecided, "actions/decide", **DECISION).status_code == 200
    assert TicketPart.objects.get(ticket=undecided, kind="decision").outcome == "done"
    due_at = (world.now + 4 * DAY).isoformat()
    ordered = on(world, "vera", meeting, other, "actions/order", note="Mend it this week.", due_at=due_at)
    item = item_of(ordered.data, other)
    assert (item["outcome"], item["settled_by"]["name"], item["is_done"]) == ("order", "Vera", False)
    assert "answer-order" in {row["action"] for row in world.bob.client.get(f"tickets/{other}").data["obligations"]}
    again = on(world, "cleo", meeting, other, "note", **WHY)
    assert (again.status_code, again.data["code"]) == (409, "item_settled")
    assert on(world, "cleo", meeting, third, "note", words="").status_code == 400
    assert on(world, "cleo", meeting, third, "note", words="It waits for spring.").status_code == 200
    end: dict[str, Any] = {"present": [str(world.dan.person.id), str(world.bob.person.id)], "words": "Until Monday."}
    stranger = {"present": [str(world.mallory.person.id)]}
    refused = world.cleo.client.post(f"meetings/{meeting['id']}/end", stranger)
    assert (refused.status_code, refused.data["code"]) == (400, "unknown_present")
    over = world.cleo.client.post(f"meetings/{meeting['id']}/end", end)
    assert ({person["name"] for person in over.data["present"]}, over.data["may_change"]) == ({"Bob", "Dan"}, False)
    late = on(world, "dan", meeting, fourth, "note", **WHY)
    assert (late.status_code, late.data["code"]) == (409, "meeting_over")
    Ticket.objects.bulk_update(as_they_are, ["next_due_at"])
    following = called(world)
    carried = {str(other): ["carried"], str(fourth): ["carried"]}
    assert seen(world, "vera", following) == carried
    off = on(world, "vera", following, fourth, "take-off", **WHY)
    assert (item_of(off.data, fourth)["off_by"]["name"], item_of(off.data, fourth)["off_words"]) == (
        "Vera",
        WHY["words"],
    )
    for command in ("tickets_audit", "deadlines_audit", "ledger_verify"):
        call_command(command)


def test_before_a_date_each_open_urgent_case_is_decided_and_today_names_what_is_not(
    world: World, signed_in: SignIn
) -> None:
    urgent, decided = (ticket_in(world, State.IN_PROGRESS, category=URGENT) for _ in range(2))
    quiet = ticket_in(world, State.IN_PROGRESS)
    assert world.dan.client.act(quiet, "reclassify", note="Calm.", severity="P3").status_code == 200
    page = signed_in(world.dan)
    given = {"kind": "before_date", "day": (world.now + 2 * DAY).date().isoformat(), "about": "Examinations"}
    made = page.post("/meetings", given, follow=True)
    assert "Everything is decided before" in made.content.decode()
    (review,) = world.dan.client.get("meetings").data["items"]
    meeting = world.dan.client.get(f"meetings/{review['id']}").data
    assert {item["ticket"]["id"] for item in meeting["items"]} == {str(urgent), str(decided)}
    item = item_of(meeting, decided)
    here = f"/meetings/{meeting['id']}/items/{item['id']}"
    shown = page.get(here).content.decode()
    assert f'action="{here}/actions/adopt"' in shown
    version, token = Ticket.objects.get(id=decided).version, shown.split('name="token" value="')[1].split('"')[0]
    adopted = {"version": version, "token": token, "note": "I see to it.", "done_by": "2099-01-01T08:00"}
    stale = page.post(f"{here}/actions/adopt", {**adopted, "version": version - 1})
    assert (stale.status_code, "I see to it." in stale.content.decode()) == (409, True)
    done = page.post(f"{here}/actions/adopt", adopted, follow=True).content.decode()
    assert ("Adopted by a leader" in done, "Examinations" in page.get("/today").content.decode()) == (True, False)
    with as_owner():
        Meeting.objects.update(day=world.now.date() - timedelta(days=1))
    for who, told in (("dan", True), ("vera", True), ("olga", False)):
        assert ("Examinations" in signed_in(world.members[who]).get("/today").content.decode()) == told, who
    note = {"words": "It is fenced off until summer."}
    other = item_of(meeting, urgent)
    page.post(f"/meetings/{meeting['id']}/items/{other['id']}/note", note)
    assert "Examinations" not in page.get("/today").content.decode()
    again = called(world, **given)
    assert world.dan.client.post(f"meetings/{again['id']}/end", {"present": [], "words": ""}).status_code == 200
    assert "carried" in seen(world, "dan", called(world))[str(urgent)]


def test_a_page_that_is_behind_says_that_the_meeting_is_over(world: World, signed_in: SignIn) -> None:
    """The agenda stayed as it was, and no word said why."""
    meeting = called(world)
    assert world.cleo.client.post(f"meetings/{meeting['id']}/end", {}).status_code == 200
    behind = signed_in(world.dan).post(f"/meetings/{meeting['id']}/renew")
    assert (behind.status_code, "This meeting is over" in behind.content.decode()) == (409, True)


def test_a_paper_carries_nothing_confidential(world: World) -> None:
    open_one, limited, sealed = (
        ticket_in(world, State.IN_PROGRESS),
        ticket_in(world, State.IN_PROGRESS),
        file_ticket(world, category=STRICT, routed=True),
    )
    assert world.dan.client.act(limited, "reclassify", note="A pupil.", confidentiality="K1").status_code == 200
    Ticket.objects.update(next_due_at=world.now - DAY)
    meeting = called(world, "dan")
    assert len(meeting["items"]) == 3
    paper = world.dan.client.get(f"meetings/{meeting['id']}/paper")
    text = " ".join(texts_of(paper_of(paper)))
    named = {one: Ticket.objects.get(id=one).reference in text for one in (open_one, limited, sealed)}
    assert named == {open_one: True, limited: False, sealed: False}
    assert world.mallory.client.get(f"meetings/{meeting['id']}/paper").status_code == 404


@pytest.mark.parametrize("path", ["note", "take-off", "actions/order"])
def test_the_item_of_a_ticket_out_of_sight_is_not_there(world: World, path: str) -> None:
    sealed = file_ticket(world, category=STRICT, routed=True)
    Ticket.objects.update(next_due_at=world.now - DAY)
    meeting = called(world, "dan")
    body = {"note": "Now."} if path.startswith("actions") else WHY
    assert on(world, "vera", meeting, sealed, path, **body).status_code == 404

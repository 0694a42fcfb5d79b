"""A problem that comes back: the new ticket is linked to the earlier one, more urgent, and shows what was done."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.workflow.classing import BY_URGENCY
from backend.workflow.models import Ticket, TicketRecurrence
from backend.workflow.services import tickets_route
from backend.workflow.states import State
from tests.browser import SignIn
from tests.roles import as_owner
from tests.workflow.steps import CLOSER, DAY, STRICT, TOLD, URGENT, decline, file_ticket, ticket_in
from tests.workflow.test_reviews import FOUND
from tests.world import World


def closed(world: World, at: datetime | None = None, **changes: Any) -> UUID:
    """Bring a ticket to its close; what is at the disposal of no test is set by hand: that it was some time ago."""
    ticket_id = ticket_in(world, State.CLOSED, **changes)
    if at is not None:
        Ticket.objects.filter(id=ticket_id).update(closed_at=at)
    return ticket_id


def again(world: World, **changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = world.dan.client.get(f"tickets/{file_ticket(world, routed=True, **changes)}").data
    return data


def audited() -> None:
    for command in ("deadlines_audit", "tickets_audit", "ledger_verify"):
        call_command(command)


def test_it_is_linked_and_one_step_more_urgent_up_to_the_top(world: World, signed_in: SignIn) -> None:
    first = closed(world)
    second = again(world)
    assert (second["severity"], second["recurrence"]["number"], second["recurrence"]["severity_was"]) == ("P1", 2, "P2")
    (before,) = second["recurrence"]["before"]
    assert (before["id"], before["note"], before["fix"]["control"]) == (str(first), "Done.", "engineered")
    within = {row["clock"]: row["due_at"] for row in second["clocks"]}
    filed_at = datetime.fromisoformat(second["filed_at"])
    assert datetime.fromisoformat(within["act"]) == filed_at + timedelta(minutes=15)
    timeline = world.dan.client.get(f"tickets/{second['id']}/timeline").data
    told = next(row for row in timeline if row["kind"] == "recurred")
    assert told["details"]["changes"] == {"severity": {"from": "P2", "to": "P1"}}
    for language, words in (("en", "This is time number 2."), ("zh-hans", "这是第2次出现")):
        assert words in signed_in(world.bob, language).get(f"/tickets/{second['id']}").content.decode()
    for action in ("acknowledge", "record-interim-control", "start", "resolve"):
        assert world.bob.client.act(second["id"], action, note="Done.").status_code == 200
    assert world.cleo.client.act(second["id"], "verify", note="Looked.").status_code == 200
    third = again(world)
    assert (third["severity"], third["recurrence"]["number"], third["recurrence"]["severity_was"]) == ("P1", 3, "P2")
    assert [row["id"] for row in third["recurrence"]["before"]] == [second["id"], str(first)]
    assert [ticket["recurrence"]["is_unexplained"] for ticket in (second, third)] == [False, True]
    for language, words in (("en", "nobody has written down why"), ("zh-hans", "没有写明原因")):
        assert words in signed_in(world.bob, language).get(f"/tickets/{third['id']}").content.decode()
    assert world.bob.client.act(second["id"], "review-cause", **FOUND).status_code == 200
    assert world.bob.client.get(f"tickets/{third['id']}").data["recurrence"]["is_unexplained"] is False
    assert "written down why" not in signed_in(world.bob, "en").get(f"/tickets/{third['id']}").content.decode()
    audited()


def test_the_audit_asks_when_the_earlier_one_was_closed_not_when_it_was_filed(world: World) -> None:
    """A ticket that was filed before the clock was set back was called later than what came back of it."""
    first, second = closed(world), again(world)
    with as_owner():
        Ticket.objects.filter(id=first).update(filed_at=database_now() + timedelta(hours=1))
    call_command("tickets_audit")
    with as_owner():
        Ticket.objects.filter(id=second["id"]).update(filed_at=database_now() - DAY)
    with pytest.raises(CommandError):
        call_command("tickets_audit")


@pytest.mark.parametrize(
    ("ago", "changes"),
    [
        (timedelta(days=31), {}),
        (timedelta(), {"category": "F01"}),
        (timedelta(), {"place": None}),
        (timedelta(), {"exercise": True, "by": "cleo"}),
    ],
)
def test_another_matter_place_or_time_is_not_the_same(world: World, ago: timedelta, changes: dict[str, Any]) -> None:
    closed(world, database_now() - ago if ago else None)
    assert again(world, **changes)["recurrence"] is None
    assert not TicketRecurrence.objects.exists()


def test_whoever_may_not_know_of_the_earlier_one_reads_no_id_of_it(world: World) -> None:
    """The timeline named the ticket of another office to whoever the new one had gone to."""
    first, second = closed(world), again(world)
    moved = world.cleo.client.act(second["id"], "reclassify", note="A lock.", category="B02")
    assert moved.status_code == 200, moved.data
    for who, told in (("dan", str(first)), ("carol", None)):
        events = world.members[who].client.get(f"tickets/{second['id']}/timeline").data
        (came_back,) = [event["details"] for event in events if event["kind"] == "recurred"]
        assert (came_back.get("earlier"), came_back["number"]) == (told, 2), who


@pytest.mark.parametrize("wrong", [{"category": "F04"}, {"place": None}])
def test_what_is_corrected_to_the_same_is_linked_and_raised_then(world: World, wrong: dict[str, Any]) -> None:
    """It was looked for when it was routed, and never again."""
    first = closed(world)
    second = file_ticket(world, routed=True, **wrong)
    assert not TicketRecurrence.objects.exists()
    place = str(world.home.places["stairwell"].id)
    right: dict[str, Any] = {"place": place} if "place" in wrong else {"category": "F02"}
    before = Ticket.objects.get(id=second)
    done = world.cleo.client.act(second, "reclassify", note="It is there.", **right)
    assert done.status_code == 200, done.data
    raised = BY_URGENCY[max(BY_URGENCY.index(done.data["recurrence"]["severity_was"]) - 1, 0)]
    assert (done.data["severity"], done.data["recurrence"]["number"]) == (raised, 2)
    assert [row["id"] for row in done.data["recurrence"]["before"]] == [str(first)]
    assert TicketRecurrence.objects.get().found_at > before.filed_at
    kinds = [row["kind"] for row in world.dan.client.get(f"tickets/{second}/timeline").data]
    assert kinds[-2:] == ["recurred", "reclassify"]
    told = OutboxMessage.objects.get(topic=TOLD, payload__ticket=str(second), payload__kind="reclassify")
    assert str(world.dan.person.id) in told.payload["people"], "nobody heard how urgent it is"
    audited()
    assert world.cleo.client.act(second, "reclassify", note="No.", category="F04").status_code == 200
    assert TicketRecurrence.objects.count() == 1


def test_what_came_back_of_a_first_one_is_the_second_also_where_that_turns_out_to_be_no_first(world: World) -> None:
    """The audit counted anew what had been counted before the earlier ticket was corrected."""
    closed(world)
    earlier = closed(world, category="F01")
    assert again(world, category="F01")["recurrence"]["number"] == 2
    assert world.alice.client.act(earlier, "reopen", note="It is broken again.").status_code == 200
    assert world.cleo.client.act(earlier, "reclassify", note="A lamp.", category="F02").status_code == 200
    assert [row.number for row in TicketRecurrence.objects.order_by("found_at")] == [2, 2]
    call_command("tickets_audit")


def test_what_was_withdrawn_never_came_back_and_what_is_open_neither(world: World) -> None:
    ticket_in(world, State.RESOLVED)
    world.alice.client.act(file_ticket(world, routed=True), "withdraw")
    assert again(world)["recurrence"] is None


def test_it_is_counted_once_although_it_is_routed_twice(world: World) -> None:
    closed(world)
    second = file_ticket(world, routed=True)
    decline(world, second)
    assert world.alice.client.act(second, "contest-decline", note="It is locked again.").status_code == 200
    tickets_route(ticket_ids=[second], now=database_now())
    ticket = Ticket.objects.get(id=second)
    assert (ticket.state, ticket.severity, TicketRecurrence.objects.get().number) == (State.ROUTED, "P1", 2)
    audited()


def test_whoever_may_not_see_the_earlier_one_reads_nothing_of_it(world: World) -> None:
    first = closed(world)
    Ticket.objects.filter(id=first).update(owner=world.home.units["facilities"], assignee=None)
    second = file_ticket(world, routed=True)
    assert world.bob.client.get(f"tickets/{second}").data["recurrence"]["before"] == []
    assert len(world.cleo.client.get(f"tickets/{second}").data["recurrence"]["before"]) == 1
    assert world.mallory.client.get(f"tickets/{second}").status_code == 404


def test_what_is_more_confidential_or_concerns_others_is_not_linked(world: World) -> None:
    kept = closed(world)
    Ticket.objects.filter(id=kept).update(seal="K1", confidentiality="K1")
    assert again(world)["recurrence"] is None
    sealed = file_ticket(world, category=STRICT, routed=True)
    for action in ("acknowledge", "start", "resolve"):
        assert world.erin.client.act(sealed, action, note="Done.").status_code == 200
    assert world.dan.client.act(sealed, "verify", note="Looked.").status_code == 200
    concerned = [str(world.carol.person.id)]
    assert again(world, category=STRICT, persons_concerned=concerned)["recurrence"] is None
    second = again(world, category=STRICT)
    assert [row["id"] for row in second["recurrence"]["before"]] == [str(sealed)]
    assert world.erin.client.get(f"tickets/{second['id']}").data["severity"] == "P1"
    assert again(world, category=CLOSER)["recurrence"] is None


def test_routing_asks_once_for_all_and_a_page_without_it_nothing(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.bob)
    alone = file_ticket(world, routed=True)
    page.get(f"/tickets/{alone}")
    with CaptureQueriesContext(connection) as captured:
        page.get(f"/tickets/{alone}")
    assert not [row for row in captured.captured_queries if 'FROM "workflow_ticketrecurrence"' in row["sql"]]
    closed(world, category=URGENT)
    counts = []
    for many in (1, 3):
        ids = [file_ticket(world, category=URGENT) for _ in range(many)]
        with CaptureQueriesContext(connection) as captured:
            tickets_route(ticket_ids=ids, now=database_now() + DAY)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert TicketRecurrence.objects.count() == 4

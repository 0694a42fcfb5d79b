"""A report that its reporter says is about an earlier one joins that one, or follows from it; filing never fails."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from backend.common.clock import database_now
from backend.deadlines.services import fire_due
from backend.workflow.models import Ticket, TicketLink, TicketMerge
from backend.workflow.services import tickets_route
from backend.workflow.states import State
from tests.browser import SignIn
from tests.deadlines.conftest import other_connection
from tests.files.sending import picture, send
from tests.portal.conftest import file_store  # noqa: F401 - a fixture
from tests.portal.test_report_page import form_fields
from tests.workflow.steps import DAY, STRICT, escalations, file_ticket, ticket_in
from tests.workflow.test_declining import clocks, told
from tests.workflow.test_merging import row
from tests.world import World

WORDS = "后门也打不开，和这张一样。"


def file_again(world: World, earlier: UUID, relation: str = "same", by: str = "bob", **changes: Any) -> dict[str, Any]:
    """File a report about what was reported before, and return what the API answers."""
    body = world.report_body(description=WORDS, earlier={"ticket": str(earlier), "relation": relation}, **changes)
    filed = world.members[by].client.post("reports", body)
    assert filed.status_code == 201, filed.data
    return dict(filed.data)


def test_the_same_goes_on_with_the_earlier_one_whose_office_hears_and_which_the_reporter_follows(world: World) -> None:
    earlier = file_ticket(world, routed=True)
    (offered,) = world.bob.client.get("reports/alike", category="F02", place=str(row(earlier).place_id)).data
    assert offered["id"] == str(earlier)
    key, body = str(uuid4()), world.report_body(earlier={"ticket": str(earlier), "relation": "same"})
    with CaptureQueriesContext(connection) as captured:
        filed, again = (world.bob.client.post("reports", body, key=key) for _time in range(2))
    assert len(captured) <= 45
    assert (filed.status_code, again.data["id"], Ticket.objects.count()) == (201, filed.data["id"], 2)
    own = UUID(filed.data["ticket"])
    assert (filed.data["state"], clocks(own)) == ("merged", set())
    assert (told(world, earlier, "merged-here"), told(world, own, "merge")) == ({"alice", "ben"}, set())
    tickets_route(ticket_ids=[own], now=database_now())
    fire_due(now=row(own).filed_at + 30 * DAY)
    assert (row(own).state, escalations(own), len(escalations(earlier)) > 3) == ("merged", [], True)
    reports = world.ben.client.get(f"tickets/{earlier}/reports").data
    assert [report["ticket"] for report in reports] == [str(earlier), str(own)]
    assert world.ben.client.act(earlier, "acknowledge").status_code == 200
    assert [told(world, each, "acknowledge") for each in (earlier, own)] == [{"alice"}, {"bob"}]
    call_command("tickets_audit")


def test_it_is_undone_by_the_office_where_it_is_another_problem_after_all(world: World) -> None:
    own = UUID(file_again(world, file_ticket(world, routed=True))["ticket"])
    assert world.ben.client.act(own, "unmerge", note="That is another door.").status_code == 200
    assert (row(own).state, told(world, own, "unmerge")) == ("received", {"bob"})
    tickets_route(ticket_ids=[own], now=database_now())
    assert (row(own).state, "acknowledge" in clocks(own)) == ("routed", True)
    call_command("tickets_audit")


@pytest.mark.parametrize(("relation", "shown"), [("same", "merged"), ("follows", "linked")])
def test_a_name_that_was_kept_back_is_not_told_by_having_joined(
    world: World, signed_in: SignIn, relation: str, shown: str
) -> None:
    earlier = file_ticket(world, routed=True)
    own = file_again(world, earlier, relation, reporter_mode="confidential")["ticket"]
    for ticket_id in (earlier, own):
        said = world.cleo.client.get(f"tickets/{ticket_id}").content.decode()
        for path in (f"tickets/{ticket_id}/timeline", f"tickets/{ticket_id}/{shown}"):
            said += world.cleo.client.get(path).content.decode()
        assert "Bob" not in said
        assert str(world.bob.person.id) not in said
        page = signed_in(world.cleo).get(f"/tickets/{ticket_id}").content.decode()
        assert "Bob" not in page
    assert "the reporter" in page.lower()


def test_another_problem_that_follows_is_a_ticket_of_its_own_linked_with_the_earlier_one(world: World) -> None:
    earlier = file_ticket(world, routed=True)
    answer = file_again(world, earlier, "follows")
    own = UUID(answer["ticket"])
    assert (answer["state"], "acknowledge" in clocks(own)) == ("received", True)
    tickets_route(ticket_ids=[own], now=database_now())
    assert row(own).state == "routed"
    (linked,) = world.ben.client.get(f"tickets/{earlier}").data["linked"]
    assert (linked["id"], linked["kind"], linked["is_followed"]) == (str(own), "follows", True)
    assert linked["linked_by"] is None
    call_command("tickets_audit")


CANNOT_JOIN: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "another category": ({"category": "F03"}, {}, True),
    "another place": ({"place": None}, {}, True),
    "a confidential one": ({"category": "S02"}, {"category": "S02"}, True),
    "somebody is concerned": ({"concerns": "carol"}, {}, True),
    "out of sight": ({"category": "S02"}, {"category": "S02", "by": "carol"}, False),
}


@pytest.mark.parametrize("why", CANNOT_JOIN)
def test_what_cannot_be_one_is_filed_by_itself_and_linked_where_the_reporter_may_know_of_it(
    world: World, why: str
) -> None:
    before, now, is_linked = CANNOT_JOIN[why]
    concerned = [str(world.members[before["concerns"]].person.id)] if "concerns" in before else []
    changes = {name: value for name, value in before.items() if name != "concerns"}
    earlier = file_ticket(world, routed=True, **changes, persons_concerned=concerned)
    own = UUID(file_again(world, earlier, **{"by": "cleo", **now})["ticket"])
    assert (row(own).state, TicketMerge.objects.count()) == ("received", 0)
    assert TicketLink.objects.filter(ticket=own, other=earlier).exists() == is_linked


def test_nothing_is_linked_with_what_one_may_not_know_of_and_the_answer_is_the_same(world: World) -> None:
    """Whether there is such a ticket is not told: of a sealed one, of another school, and of none at all."""
    sealed = file_ticket(world, category=STRICT, routed=True)
    foreign = Ticket.objects.filter(id=sealed).values_list("id", flat=True).get()
    for earlier in (sealed, uuid4()):
        assert file_again(world, earlier)["state"] == "received"
    body = world.report_body(earlier={"ticket": str(foreign), "relation": "same"}, place=None)
    assert world.mallory.client.post("reports", body).data["state"] == "received"
    assert (TicketMerge.objects.count(), TicketLink.objects.count()) == (0, 0)


def test_one_that_is_over_is_linked_only(world: World) -> None:
    closed = ticket_in(world, State.CLOSED)
    own = file_again(world, closed)["ticket"]
    assert TicketLink.objects.filter(ticket=own, other=closed).exists()


@pytest.mark.django_db(transaction=True)
def test_one_that_changes_just_now_is_waited_for_by_nobody(committed_world: World) -> None:
    world = committed_world
    earlier = file_ticket(world, routed=True)
    with transaction.atomic():
        Ticket.objects.select_for_update(no_key=True).get(id=earlier)
        answer = other_connection(lambda: file_again(world, earlier))
    assert answer["state"] == "received"
    assert TicketLink.objects.filter(ticket=answer["ticket"], other=earlier).exists()


@pytest.mark.usefixtures("file_store")
def test_the_form_says_so_and_its_photo_comes_along_as_long_as_the_earlier_one_is_open(
    world: World, signed_in: SignIn, settings: Settings
) -> None:
    earlier = file_ticket(world, routed=True)
    client = signed_in(world.bob)
    query = {"category": "F02", "place": str(row(earlier).place_id)}
    assert f'value="same:{earlier}"' in client.get("/report/alike", query).content.decode()
    fields = form_fields(client, world, earlier=f"same:{earlier}")
    receipts = [client.post("/report", fields, follow=True) for _time in range(2)]
    assert receipts[0].redirect_chain == receipts[1].redirect_chain
    assert "goes on there" in receipts[0].content.decode()
    again = client.post("/report", {**form_fields(client, world), "earlier": f"same:{earlier}"}, follow=True)
    assert again.redirect_chain == receipts[0].redirect_chain
    report = world.bob.client.get("reports").data["items"][0]
    sent = send(world.bob.client, f"reports/{report['id']}", picture())
    assert sent["state"] == "ready", sent
    files = world.ben.client.get(f"tickets/{earlier}/files").data
    assert [file["name"] for file in files] == ["photo.jpg"]


@pytest.mark.parametrize("earlier", [{"ticket": "x", "relation": "same"}, {"ticket": str(uuid4()), "relation": "like"}])
def test_what_makes_no_sense_is_named(world: World, earlier: dict[str, str]) -> None:
    answer = world.alice.client.post("reports", world.report_body(earlier=earlier))
    assert answer.status_code == 400
    assert answer.data["errors"][0]["pointer"].startswith("/earlier/")

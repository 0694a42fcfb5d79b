"""Following one's own report."""

from datetime import timedelta
from html import unescape
from uuid import uuid4

from backend.common.clock import database_now
from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.browser import SignIn
from tests.portal.conftest import deliver, filed, take
from tests.workflow.steps import act_at
from tests.world import World, rulebook_content


def resolve(world: World, ticket: Ticket) -> None:
    """Take the ticket through the security office until it is resolved."""
    take(world.ben, ticket, "acknowledge")
    take(world.ben, ticket, "record-interim-control", "Closed off.")
    take(world.ben, ticket, "start")
    take(world.ben, ticket, "resolve", "Desks removed.")


def test_a_reporter_follows_and_verifies(world: World, signed_in: SignIn) -> None:
    report = filed(world.alice, world)
    resolve(world, report.ticket)
    client = signed_in(world.alice)
    page = client.get(f"/reports/{report.id}").content.decode()
    assert "Desks removed." in page
    assert "Yes, it is solved" in page
    ticket = Ticket.objects.get()
    body = {"token": str(uuid4()), "version": ticket.version, "note": "The way is free."}
    assert client.post(f"/reports/{report.id}/actions/verify", body)["Location"] == f"/reports/{report.id}"
    assert Ticket.objects.get().state == State.CLOSED
    assert "The problem is back" in client.get(f"/reports/{report.id}").content.decode()


def test_a_deadline_that_passed_is_no_promise_any_more(world: World, signed_in: SignIn) -> None:
    report = filed(world.alice, world, "F01", ago=timedelta(minutes=6))
    page = signed_in(world.alice).get(f"/reports/{report.id}").content.decode()
    assert "Nobody has confirmed by" in page
    assert "Somebody there confirms by" not in page


def test_a_refused_step_is_shown_on_the_reports_own_page(world: World, signed_in: SignIn) -> None:
    report = filed(world.alice, world)
    body = {"token": str(uuid4()), "version": 1, "note": ""}
    answer = signed_in(world.alice).post(f"/reports/{report.id}/actions/comment", body)
    assert answer.status_code == 400
    assert "This was not saved." in answer.content.decode()
    assert "What happens next" in answer.content.decode()


def test_of_a_sealed_report_only_the_state_is_seen(world: World, signed_in: SignIn) -> None:
    report = filed(world.alice, world, "C02", "Somebody is being bullied.")
    take(world.erin, report.ticket, "acknowledge", "Spoke with the class teacher.")
    client = signed_in(world.alice)
    page = client.get(f"/reports/{report.id}").content.decode()
    assert "Acknowledged" in page
    assert "Erin" not in page
    assert "Spoke with" not in page
    assert "actions/" not in page
    body = {"token": str(uuid4()), "version": 2, "note": "Hello?"}
    assert client.post(f"/reports/{report.id}/actions/comment", body).status_code == 404


def test_a_report_of_somebody_else_does_not_exist(world: World, signed_in: SignIn) -> None:
    report = filed(world.alice, world)
    for other in (world.bob, world.dan, world.mallory):
        client = signed_in(other)
        assert client.get(f"/reports/{report.id}").status_code == 404
        assert report.ticket.reference not in client.get("/reports").content.decode()
    assert report.ticket.reference in signed_in(world.alice).get("/reports").content.decode()


def test_notices_are_each_persons_own_and_are_read_once_their_report_is_opened(world: World, signed_in: SignIn) -> None:
    report = filed(world.alice, world)
    take(world.ben, report.ticket, "acknowledge")
    deliver()
    client = signed_in(world.alice)
    assert '<strong class="new">New</strong>' in client.get("/").content.decode()
    page = client.get("/notices").content.decode()
    assert "Your report has been seen, and somebody is taking care of it." in page
    assert f'href="/reports/{report.id}"' in page
    assert '<strong class="new">New</strong>' in page
    assert '<strong class="new">New</strong>' in client.get("/notices").content.decode()
    client.get(f"/reports/{report.id}")
    assert '<strong class="new">New</strong>' not in client.get("/notices").content.decode()
    assert "Your report has been seen" not in signed_in(world.carol).get("/notices").content.decode()


def test_a_notice_about_something_confidential_says_no_more(world: World, signed_in: SignIn) -> None:
    report = filed(world.alice, world, "C02", "Somebody is being bullied.")
    deliver()
    page = signed_in(world.erin).get("/notices").content.decode()
    assert "Something confidential waits for you." in page
    assert report.ticket.reference not in page
    assert "Bullying" not in page


def test_what_the_case_team_makes_of_a_sealed_report_is_not_its_heading(world: World, signed_in: SignIn) -> None:
    """The pages of its reporter bore the name of the new category."""
    report = filed(world.alice, world, "S02", "Two pupils are quarrelling.")
    act_at(world.dan, report.ticket_id, "reclassify", database_now(), category="C02")
    assert Ticket.objects.get().confidentiality == "K2"
    client = signed_in(world.alice)
    names = {row["code"]: row["name"]["en"] for row in rulebook_content()["categories"]}
    for path in ("/", "/reports", f"/reports/{report.id}"):
        page = unescape(client.get(path).content.decode())
        assert names["S02"] in page, path
        assert names["C02"] not in page, path


def test_a_reporter_whom_her_own_report_concerns_sees_its_state_and_nothing_of_what_became_of_it(
    world: World, signed_in: SignIn
) -> None:
    """Its office, and the category it was given, told her who looks into what she is said to have done."""
    report = filed(world.alice, world, "F02", concerned=world.alice)
    done = world.cleo.client.act(report.ticket_id, "reclassify", category="B06", note="A repair.")
    assert done.status_code == 200, done.data
    client = signed_in(world.alice)
    shown = world.alice.client.get(f"reports/{report.id}").data
    listed = world.alice.client.get("reports").data["items"][0]
    assert (shown["office"]["code"], listed["office"]["code"], shown["category"]) == (*["safety-office"] * 2, "F02")
    for path in ("/reports", f"/reports/{report.id}"):
        page = unescape(client.get(path).content.decode())
        assert "Escape route blocked" in page
        assert not any(
            word in page for word in ("Facilities", "Security office", "student protection", "Routine repair")
        )

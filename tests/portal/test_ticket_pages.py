"""The office's tickets: who sees them, what can be done, and what happens when two people act at once."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from backend.deadlines.services import fire_due
from backend.duty.models import Absence
from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.browser import SignIn
from tests.portal.conftest import filed, take
from tests.world import World


def text_of(page: bytes) -> str:
    """Return the words of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode()))


def act(client: Client, ticket: Ticket, action: str, **fields: object) -> HttpResponse:
    """Send an action as the ticket's page would, in the version it shows."""
    control = {"control": "engineered"} if action == "resolve" else {}
    body = {"token": str(uuid4()), "version": ticket.version, "note": "", **control, **fields}
    answer = client.post(f"/tickets/{ticket.id}/actions/{action}", body)
    assert isinstance(answer, HttpResponse)
    return answer


def test_the_office_sees_its_tickets_with_those_due_first_at_the_top(world: World, signed_in: SignIn) -> None:
    ordinary = filed(world.alice, world, "N03", "A shelf nearly fell.").ticket
    important = filed(world.alice, world, "F02").ticket
    elsewhere = filed(world.alice, world, "B06", "A lamp is broken.").ticket
    page = signed_in(world.bob).get("/tickets").content.decode()
    assert 0 < page.index(important.reference) < page.index(ordinary.reference)
    assert elsewhere.reference not in page
    assert "left" in page


def test_a_ticket_of_another_school_does_not_exist(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world).ticket
    mallory = signed_in(world.mallory)
    assert mallory.get(f"/tickets/{ticket.id}").status_code == 404
    assert act(mallory, ticket, "acknowledge").status_code == 404
    assert ticket.reference not in mallory.get("/tickets?tab=all").content.decode()
    assert Ticket.objects.get().state == State.ROUTED


def test_a_sealed_ticket_is_for_the_case_team_alone(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world, "C02", "Somebody is being bullied.").ticket
    erin = signed_in(world.erin).get(f"/tickets/{ticket.id}")
    assert erin.status_code == 200
    assert "Name withheld" in erin.content.decode()
    assert "Alice" not in erin.content.decode()
    assert signed_in(world.dan).get(f"/tickets/{ticket.id}").status_code == 200
    for outsider in (world.alice, world.bob, world.cleo, world.vera):
        assert signed_in(outsider).get(f"/tickets/{ticket.id}").status_code == 404


def test_one_tap_in_the_row_acknowledges(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world).ticket
    client = signed_in(world.ben)
    assert f'action="/tickets/{ticket.id}/actions/acknowledge"' in client.get("/tickets").content.decode()
    answer = act(client, ticket, "acknowledge", back="/tickets")
    assert answer["Location"] == "/tickets"
    ticket.refresh_from_db()
    assert ticket.state == State.ACKNOWLEDGED
    assert ticket.assignee_id == world.ben.person.id


def test_a_second_tap_of_the_same_form_does_nothing_more(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world).ticket
    client = signed_in(world.ben)
    token = str(uuid4())
    answers = [act(client, ticket, "comment", token=token, note="On my way.") for _tap in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert ticket.events.filter(kind="comment").count() == 1


def test_the_whole_way_of_a_ticket_through_its_pages(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world).ticket
    bob, ben, cleo = signed_in(world.bob), signed_in(world.ben), signed_in(world.cleo)
    steps: tuple[tuple[Client, str, dict[str, object]], ...] = (
        (bob, "acknowledge", {}),
        (bob, "assign", {"assignee": str(world.ben.person.id)}),
        (ben, "record-interim-control", {"note": "A guard stands at the exit."}),
        (ben, "start", {}),
        (ben, "resolve", {"note": "The desks are in the store room."}),
        (cleo, "verify", {"note": "Walked through the exit."}),
    )
    for client, action, fields in steps:
        page = client.get(f"/tickets/{ticket.id}?form={action}").content.decode()
        assert f'action="/tickets/{ticket.id}/actions/{action}"' in page
        assert act(client, ticket, action, **fields).status_code == 302
        ticket.refresh_from_db()
    assert ticket.state == State.CLOSED
    words = text_of(cleo.get(f"/tickets/{ticket.id}").content)
    for sentence in (
        "Alice filed the report.",
        "It was passed to the office that answers for it: Security office.",
        "Bob gave it to Ben.",
        "A guard stands at the exit.",
        "Ben reported it solved.",
        "Cleo checked it and closed it.",
    ):
        assert sentence in words
    assert ticket.reference not in cleo.get("/tickets").content.decode()
    assert ticket.reference in cleo.get("/tickets?tab=all").content.decode()


def test_a_ticket_waits_for_somebody_outside_and_goes_on(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world, "N03", "A shelf nearly fell.").ticket
    for action in ("acknowledge", "start"):
        take(world.bob, ticket, action)
    ticket.refresh_from_db()
    bob = signed_in(world.bob)
    refused = act(bob, ticket, "wait", note="They bring the part.")
    assert refused.status_code == 400
    assert 'id="wait-waiting_for-error"' in refused.content.decode()
    assert "They bring the part.</textarea>" in refused.content.decode()
    waited = act(bob, ticket, "wait", note="They bring the part.", waiting_for="Ming  Shelves")
    assert waited.status_code == 302
    ticket.refresh_from_db()
    assert ticket.wait is not None
    assert ticket.wait.party == "Ming Shelves"
    detail = text_of(bob.get(f"/tickets/{ticket.id}").content)
    for sentence in (
        "Waiting for Ming Shelves since",
        "Bob let it wait for Ming Shelves.",
        "At most until",
        "Wait at most",
    ):
        assert sentence in detail
    assert "Waiting for Ming Shelves since" in text_of(bob.get("/tickets").content)
    report = ticket.reports.get()
    own = text_of(signed_in(world.alice).get(f"/reports/{report.id}").content)
    assert "Security office waits for Ming Shelves since" in own
    assert act(signed_in(world.ben), ticket, "resume").status_code == 302
    detail = text_of(bob.get(f"/tickets/{ticket.id}").content)
    assert "Ben went on with the work." in detail
    assert "It waited for Ming Shelves from" in detail


def test_a_page_that_is_out_of_date_changes_nothing_and_keeps_the_note(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world).ticket
    client = signed_in(world.bob)
    take(world.ben, ticket, "acknowledge")
    answer = act(client, ticket, "record-interim-control", note="Closed off the stairs.")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else changed this in the meantime." in page
    assert "Closed off the stairs.</textarea>" in page
    assert "Ben acknowledged it" in page
    ticket.refresh_from_db()
    assert ticket.interim_control_at is None
    assert f'name="version" value="{ticket.version}"' in page
    assert act(client, ticket, "record-interim-control", note="Closed off the stairs.").status_code == 302


def test_an_action_somebody_else_took_first_is_told_so(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world).ticket
    take(world.ben, ticket, "acknowledge")
    answer = act(signed_in(world.bob), ticket, "acknowledge")
    assert answer.status_code == 409
    assert "Ben acknowledged it" in answer.content.decode()


@pytest.mark.parametrize(
    ("action", "fields", "message"),
    [
        ("record-interim-control", {}, "Please fill this in; the step is recorded together with it."),
        ("assign", {}, "Please fill this in; the step is recorded together with it."),
        ("assign", {"assignee": "nobody"}, "There is no such person at your school."),
        ("comment", {"note": "字" * 4001}, "longer than 4000 characters"),
    ],
)
def test_a_refused_step_says_why_beside_the_field(
    world: World, signed_in: SignIn, action: str, fields: dict[str, object], message: str
) -> None:
    ticket = filed(world.alice, world).ticket
    answer = act(signed_in(world.bob), ticket, action, **fields)
    page = answer.content.decode()
    assert answer.status_code in {400, 422}
    assert page.count(message) == 2
    assert f'<details class="step-form" id="step-{action}" open>' in page


def test_work_on_an_important_hazard_starts_after_it_was_made_safe(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world).ticket
    take(world.ben, ticket, "acknowledge")
    ticket.refresh_from_db()
    answer = act(signed_in(world.ben), ticket, "start")
    assert answer.status_code == 409
    assert "First record how the place was made safe" in answer.content.decode()


def test_nobody_takes_steps_that_are_not_theirs(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world).ticket
    page = signed_in(world.alice).get(f"/tickets/{ticket.id}").content.decode()
    assert "actions/assign" not in page
    assert act(signed_in(world.alice), ticket, "assign", assignee=str(world.ben.person.id)).status_code == 403
    assert act(signed_in(world.bob), ticket, "route").status_code == 404
    assert act(signed_in(world.bob), ticket, "explode").status_code == 404


def test_the_timeline_tells_whom_a_missed_deadline_reached_and_who_was_passed_over(
    world: World, signed_in: SignIn
) -> None:
    away = world.now - timedelta(hours=9)
    Absence.objects.create(person=world.vera.person, starts_at=away, ends_at=world.now + timedelta(days=1))
    ticket = filed(world.alice, world, ago=timedelta(minutes=70)).ticket
    fire_due(now=database_now())
    words = text_of(signed_in(world.bob).get(f"/tickets/{ticket.id}").content)
    assert "Nobody acknowledged it by" in words
    assert "Told: Bob (Head of office)." in words
    assert "Told: Dan (Principal)." in words
    assert "Passed over: Vera (Vice principal), away at the time." in words
    assert "Overdue by" in words
    assert "Escalated, step 2" in words
    seen_by_reporter = text_of(signed_in(world.alice).get(f"/tickets/{ticket.id}").content)
    assert "Nobody acknowledged it by" in seen_by_reporter
    assert "Vera" not in seen_by_reporter


def test_nothing_shows_that_somebody_was_left_out_because_it_concerns_them(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world, concerned=world.vera, ago=timedelta(minutes=70)).ticket
    fire_due(now=database_now())
    page = text_of(signed_in(world.bob).get(f"/tickets/{ticket.id}").content)
    assert "Passed over" not in page
    assert "Vera" not in page


def test_a_list_costs_the_same_however_long_it_is(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.bob)
    filed(world.alice, world)
    client.get("/tickets")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/tickets")
    for number in range(25):
        filed(world.alice, world, description=f"Desk {number}")
    for number in range(3):
        waiting = filed(world.alice, world, "N03", description=f"Shelf {number}").ticket
        for action in ("acknowledge", "start"):
            take(world.bob, waiting, action)
        world.bob.client.act(waiting.id, "wait", note="They bring it.", waiting_for="Ming Shelves")
        declined = filed(world.alice, world, "N03", description=f"Chair {number}").ticket
        world.bob.client.act(declined.id, "propose-decline", note="Nothing there.")
    with CaptureQueriesContext(connection) as many:
        client.get("/tickets")
    assert len(few) == len(many) <= 10


def test_a_ticket_costs_few_statements_and_the_same_however_much_happened(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world).ticket
    client = signed_in(world.bob)
    client.get(f"/tickets/{ticket.id}")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/tickets/{ticket.id}")
    take(world.bob, ticket, "acknowledge")
    world.bob.client.act(ticket.id, "assign", assignee=str(world.ben.person.id))
    world.bob.client.act(
        ticket.id, "reclassify", place=str(world.home.places["teaching-building"].id), note="It was there."
    )
    client.get(f"/tickets/{ticket.id}")
    with CaptureQueriesContext(connection) as many:
        page = client.get(f"/tickets/{ticket.id}")
    assert "Bob gave it to Ben." in text_of(page.content)
    assert len(few) == len(many) == 13
    assert sum("clock_timestamp()" in asked["sql"] for asked in many) == 1


def test_people_and_places_are_read_once_a_form_that_chooses_from_them_is_opened(
    world: World, signed_in: SignIn
) -> None:
    """Every colleague and place was read for each look at a ticket, for forms that were folded."""
    ticket = filed(world.alice, world).ticket
    client, ben = signed_in(world.bob), f'<option value="{world.ben.person.id}"'
    page = client.get(f"/tickets/{ticket.id}?from=/tickets%3Ftab%3Doffice").content.decode()
    assert ben not in page
    address = re.search(r'href="(\?form=assign[^"#]*)#step-assign"', page)
    assert address is not None
    form = client.get(f"/tickets/{ticket.id}{unescape(address[1])}").content.decode()
    assert '<details class="more" open>' in form
    assert ben in form.split('<details class="step-form" id="step-assign" open>')[1].split("</details>")[0]
    assert '<input type="hidden" name="from" value="/tickets?tab=office">' in form
    places = client.get(f"/tickets/{ticket.id}?form=reclassify").content.decode()
    assert f'<option value="{world.home.places["stairwell"].id}"' in places
    assert ben not in places


def test_pages_of_a_list_neither_repeat_nor_leave_out(world: World, signed_in: SignIn) -> None:
    wanted = {filed(world.alice, world, description=f"Desk {number}").ticket.reference for number in range(23)}
    client = signed_in(world.bob)
    first = client.get("/tickets").content.decode()
    onward = re.search(r'href="(\?[^"]+)" rel="next"', first)
    assert onward is not None
    second = client.get("/tickets" + onward[1].replace("&amp;", "&")).content.decode()
    pages = [re.findall(r'<span class="reference">([^<]+)', page) for page in (first, second)]
    assert len(pages[0]) == 20
    assert sorted(pages[0] + pages[1]) == sorted(wanted)
    assert client.get("/tickets?cursor=made-up").status_code == 400


def test_assigning_somebody_who_is_away_warns_and_offers_a_box_to_tick(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world).ticket
    Absence.objects.create(person=world.ben.person, starts_at=world.now, ends_at=world.now + timedelta(days=14))
    bob, ben = signed_in(world.bob), str(world.ben.person.id)
    warned = act(bob, ticket, "assign", assignee=ben)
    page = warned.content.decode()
    assert warned.status_code == 409
    assert "Ben is away until" in page
    assert 'type="checkbox" id="assign-although_away"' in page
    assert f'value="{ben}" selected' in page
    assert act(bob, ticket, "assign", assignee=ben, although_away="on").status_code == 302
    ticket.refresh_from_db()
    assert ticket.assignee == world.ben.person

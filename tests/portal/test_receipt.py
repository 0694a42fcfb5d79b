"""The receipt of a report: what to do now, who has it, and by when one hears."""

from datetime import timedelta

import pytest

from backend.organisation.models import School
from backend.workflow.models import Ticket
from backend.workflow.selectors import timeline
from tests.browser import SignIn
from tests.portal.conftest import filed
from tests.portal.test_report_page import form_fields
from tests.world import World


@pytest.mark.parametrize(("language", "words"), [("en", "Leave at once"), ("zh-hans", "马上离开")])
def test_the_receipt_of_a_fire_says_what_to_do_now(world: World, signed_in: SignIn, language: str, words: str) -> None:
    """It was a green thank-you with an answer promised in a week (F11)."""
    School.objects.filter(id=world.school.id).update(emergency_fire="0119")
    client = signed_in(world.alice, language)
    page = client.post("/report", form_fields(client, world, category="F01"), follow=True).content.decode()
    assert page.index('class="now"') < page.index(words) < page.index('href="tel:0119"') < page.index("sent-now")
    assert page.count("<h1") == 1
    assert "You have an answer" not in page


@pytest.mark.parametrize(("mode", "is_said"), [("confidential", True), ("named", False)])
def test_the_receipt_says_that_a_name_is_kept_back(world: World, signed_in: SignIn, mode: str, is_said: bool) -> None:
    client = signed_in(world.alice)
    fields = form_fields(client, world, category="B06", reporter_mode=mode)
    page = client.post("/report", fields, follow=True).content.decode()
    assert ("Kept back: nobody who handles it is told." in page) is is_said


def test_an_ordinary_receipt_stays_calm_and_no_receipt_stays_for_ever(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    calm = filed(world.alice, world, "B06", ago=timedelta(minutes=1))
    page = client.get(f"/reports/{calm.id}?sent=1").content.decode()
    assert "Thank you. Your report has arrived." in page
    assert 'class="now"' not in page
    old = filed(world.alice, world, "F01", ago=timedelta(minutes=16))
    page = client.get(f"/reports/{old.id}?sent=1").content.decode()
    assert "Your report has arrived" not in page
    assert 'class="now"' not in page


def test_what_has_happened_goes_no_further_than_the_ticket_that_was_read(world: World) -> None:
    """A receipt said “received”, and below it that the report had been passed to its office meanwhile."""
    ticket_id = filed(world.alice, world).ticket_id
    read = Ticket.objects.get(id=ticket_id)
    assert world.bob.client.act(ticket_id, "acknowledge").status_code == 200
    later = timeline(ticket=Ticket.objects.get(id=ticket_id))
    assert [event.kind for event in later] == [*(event.kind for event in timeline(ticket=read)), "acknowledge"]

"""Short questions on the pages: beside the category, kept on a refusal, and told to whoever reads the ticket."""

import re

import pytest
from django.utils.html import escape

from backend.incidents.models import Report
from backend.workflow.models import Ticket
from backend.workflow.services import tickets_route
from tests.browser import SignIn
from tests.portal.test_report_page import form_fields
from tests.world import World

HURT, OUTSIDERS = "answer-S02-hurt", "answer-S02-outsiders"


def radio(page: str, name: str, value: str) -> str:
    """Return the mark-up of one answer."""
    found = re.search(rf'<input type="radio" name="{name}" value="{value}"[^>]*>', page)
    assert found is not None, (name, value)
    return found[0]


@pytest.mark.parametrize(
    ("language", "question", "unknown"),
    [
        ("en", "Is anybody hurt, or is there a weapon?", "Not sure"),
        ("zh-hans", "有人受伤，或者有人拿着器物吗？", "不清楚"),
    ],
)
def test_the_questions_stand_behind_their_category_in_the_readers_language(
    world: World, signed_in: SignIn, language: str, question: str, unknown: str
) -> None:
    page = signed_in(world.alice, language).get("/report").content.decode()
    asked = page.split('data-asked="S02"')[1].split("data-asked=")[0]
    assert question in asked
    assert escape(unknown) in asked
    assert asked.count('value="unknown"') == 2
    assert "checked" not in asked
    assert 'data-asked="S01"' not in page


def test_what_was_answered_is_kept_when_the_form_is_refused(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    fields = form_fields(client, world, category="S02", description="", **{HURT: "yes", OUTSIDERS: "unknown"})
    refused = client.post("/report", fields)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "checked" in radio(page, HURT, "yes")
    assert "checked" in radio(page, OUTSIDERS, "unknown")
    assert "checked" not in radio(page, HURT, "no")


def test_the_ticket_says_what_was_answered_and_what_that_changed(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    stray = {"answer-F02-shut-in": "yes"}
    fields = form_fields(client, world, category="S02", **{HURT: "yes", OUTSIDERS: "yes", **stray})
    receipt = client.post("/report", fields, follow=True).content.decode()
    assert "Is anybody hurt, or is there a weapon?" in receipt
    ticket = Ticket.objects.get()
    tickets_route(ticket_ids=[ticket.id], now=ticket.filed_at)
    assert Report.objects.get().answers == {"hurt": "yes", "outsiders": "yes"}
    page = signed_in(world.bob).get(f"/tickets/{ticket.id}").content.decode()
    words, story = page.split('id="timeline"')
    assert "Are people from outside the school part of it?" in words
    assert "Urgency: Important → Urgent" in story
    assert "Because of the answer to “Is anybody hurt, or is there a weapon?”: Yes." in story
    assert "Because of the answer to “Are people from outside the school part of it?”: Yes." in story
    assert "Security office" in story


@pytest.mark.parametrize("answer", ["perhaps", "", "no/../yes"])
def test_an_answer_that_the_rules_do_not_know_stops_nobody(world: World, signed_in: SignIn, answer: str) -> None:
    client = signed_in(world.alice)
    sent = client.post("/report", form_fields(client, world, category="S02", **{HURT: answer}))
    assert sent.status_code == 302
    assert Report.objects.get().answers == {}


def test_the_receipt_of_what_an_answer_made_urgent_names_whom_to_telephone(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    for answer, is_urgent in (("yes", True), ("no", False)):
        fields = form_fields(client, world, category="N02", **{"answer-N02-hospital": answer})
        page = client.post("/report", fields, follow=True).content.decode()
        assert ('class="now"' in page) is is_urgent
    # The same words with another answer are another report: that somebody has to go to hospital is never swallowed.
    assert Report.objects.count() == 2


def test_the_rules_in_words_tell_the_questions(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.dan)
    page = client.get("/rules", {"category": "S02", "at": "10:00"}).content.decode()
    assert "Asked of whoever reports it" in page
    assert "Yes: raised to “Urgent”" in page
    assert "Yes: Security office answers" in page
    assert "Asked of whoever" not in client.get("/rules", {"category": "S01", "at": "10:00"}).content.decode()

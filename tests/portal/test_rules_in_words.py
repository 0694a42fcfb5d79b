"""The school's rules in plain words, for every colleague."""

import re

from pytest_django import DjangoAssertNumQueries

from backend.rulebook.models import SchoolRulebook
from tests.browser import SignIn
from tests.portal.test_ticket_pages import text_of
from tests.roles import as_owner
from tests.world import World, rulebook_content


def test_the_rules_in_words_leave_nothing_out_and_name_nobody(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.alice)
    assert 'href="/help/rules"' in client.get("/help").content.decode()
    text = text_of(client.get("/help/rules").content)
    for category in rulebook_content()["categories"]:
        assert category["name"]["en"] in text
        for question in category.get("questions", ()):
            assert question["ask"]["en"] in text
    for said in (
        "Fire, smoke or gas leak Security office · Urgent",
        "Is it a smell of gas, without flames? Yes: Facilities office answers",
        "Acknowledge: within 5 minutes",
        "Case team only",
        "From 21:00 to 07:00 messages about these wait for the morning: Ordinary",
        "Urgent, at night: Duty leader is told in place of: Vice principal.",
        "Student protection lead",
    ):
        assert said in text, said
    own = {member.person.name for member in world.members.values()} - {"Alice"}
    assert not [name for name in own if re.search(rf"\b{name}\b", text)]


def test_the_rules_in_words_cost_the_same_for_any_rulebook(
    world: World, signed_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(world.carol)
    with django_assert_max_num_queries(10):
        page = client.get("/help/rules").content
    assert len(page) < 60_000
    with as_owner():
        SchoolRulebook.objects.all().delete()
    assert client.get("/help/rules").status_code == 404


def test_the_bureau_has_no_rules_of_its_own(world: World, signed_in: SignIn) -> None:
    client = signed_in(world.olga)
    assert 'href="/help/rules"' not in client.get("/help").content.decode()
    assert client.get("/help/rules").status_code == 403

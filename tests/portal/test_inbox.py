"""The list of tickets: whose turn it is in each tab, rows that can be told apart, and what is said to whom."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from backend.common.clock import database_now
from backend.common.ids import reference_new
from backend.deadlines.services import fire_due
from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.browser import SignIn
from tests.portal.conftest import filed, take
from tests.portal.test_ticket_pages import text_of
from tests.workflow.steps import ticket_in
from tests.world import World


def listed(client: Client, tab: str = "mine") -> list[str]:
    """Return the references of a tab's rows, in their order."""
    return re.findall(r'<span class="reference">([^<]+)', client.get(f"/tickets?tab={tab}").content.decode())


def counts(client: Client) -> dict[str, str]:
    """Return what stands beside each tab."""
    page = client.get("/tickets").content.decode()
    return dict(re.findall(r'\?tab=(\w+)"[^>]*><span>[^<]+</span> <b>([^<]+)</b>', page))


def test_a_row_says_which_clock_how_long_what_where_and_who(world: World, signed_in: SignIn) -> None:
    filed(world.alice, world, description="疏散通道\n被三张课桌堵住。" + "请尽快处理。" * 40)
    filed(world.alice, world, description="东侧疏散门上了锁。")
    page = signed_in(world.bob).get("/tickets").content.decode()
    rows = [text_of(row.encode()) for row in page.split('<li class="row')[1:]]
    assert len(rows) == 2
    for row, words in zip(rows, ("疏散通道 被三张课桌堵住。", "东侧疏散门上了锁。"), strict=True):
        for part in ("Acknowledge", "29 minutes left", words, "Stairwell, second floor", "Security office"):
            assert re.search(part, row), (part, row)
    assert "请尽快处理。" * 20 not in page, "one line of words, not all of them"


def test_what_waits_for_the_coordinator_and_the_principal_is_what_they_owe(world: World, signed_in: SignIn) -> None:
    """F7: both used to find every open ticket of the school there."""
    office = filed(world.alice, world).ticket
    resolved = Ticket.objects.get(id=ticket_in(world, State.RESOLVED))
    sealed = filed(world.alice, world, "C02", "Somebody is being bullied.").ticket
    cleo, dan = signed_in(world.cleo), signed_in(world.dan)
    assert listed(cleo) == [resolved.reference]
    assert listed(dan) == []
    assert "Verify" in text_of(cleo.get("/tickets").content)
    assert set(listed(cleo, "all")) == {office.reference, resolved.reference}
    assert set(listed(dan, "all")) == {office.reference, resolved.reference, sealed.reference}
    for action in ("acknowledge", "start", "resolve"):
        take(world.erin, sealed, action, "Talked to everybody.")
    assert listed(dan) == [sealed.reference]
    for page in (cleo.get("/"), dan.get("/")):
        assert office.reference not in page.content.decode().split('id="mine"')[0]


def test_each_tab_holds_what_it_says_and_counts_it(world: World, signed_in: SignIn) -> None:
    late = filed(world.alice, world, ago=timedelta(hours=1)).ticket
    fresh = filed(world.alice, world, "N03", "A shelf nearly fell.").ticket
    in_hand = filed(world.alice, world, "N03", "A chair nearly fell.").ticket
    take(world.ben, in_hand, "acknowledge")
    elsewhere = filed(world.alice, world, "B06", "A lamp is broken.", ago=timedelta(days=30)).ticket
    bob, cleo = signed_in(world.bob), signed_in(world.cleo)
    assert listed(bob) == [late.reference, fresh.reference]
    assert set(listed(bob, "office")) == {late.reference, fresh.reference, in_hand.reference}
    assert listed(bob, "overdue") == [late.reference]
    assert counts(bob) == {"mine": "2", "office": "3", "overdue": "1", "all": "3"}
    assert set(listed(cleo, "overdue")) == {late.reference, elsewhere.reference}
    assert counts(signed_in(world.dan)) == {"mine": "0", "overdue": "2", "all": "4"}, "who has no office has no tab"


def test_many_are_counted_up_to_a_hundred(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world).ticket
    row = Ticket.objects.values().get(id=ticket.id)
    copies = [
        Ticket(**{**row, "id": uuid4(), "state": "received", "reference": reference_new()}) for _copy in range(99)
    ]
    Ticket.objects.bulk_create(copies)
    assert counts(signed_in(world.cleo))["all"] == "99+"


def test_the_bureau_reads_of_which_school_a_ticket_is(world: World, signed_in: SignIn) -> None:
    """F10."""
    filed(world.alice, world, ago=timedelta(hours=4))
    fire_due(now=database_now())
    assert "Qinghe School" in text_of(signed_in(world.olga).get("/tickets?tab=overdue").content)
    assert "Qinghe School · " not in text_of(signed_in(world.bob).get("/tickets").content)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_nobody_is_told_that_all_is_safe_because_a_list_is_empty(
    world: World, signed_in: SignIn, language: str
) -> None:
    """F17: ordinary staff were; it is for people to say."""
    for member in (world.alice, world.bob):
        client = signed_in(member, language)
        for path in ("/", "/tickets", "/tickets?tab=office", "/tickets?tab=overdue", "/tickets?tab=all"):
            words = text_of(client.get(path).content).split("Skip to the content")[-1]
            assert not re.search("All clear|平安无事|一切平安|一切正常", words), path
    assert listed(signed_in(world.alice), "all") == []
    assert counts(signed_in(world.alice)) == {}

"""Finding tickets by words, place and reference, within what somebody may see, and by an index."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.common.sql.alternatives import first_page
from backend.organisation.models import Place
from backend.workflow.models import Ticket
from backend.workflow.search import tickets_found
from backend.workflow.sight import tickets_known
from tests.browser import SignIn
from tests.portal.conftest import filed
from tests.portal.test_ticket_pages import text_of
from tests.roles import as_owner
from tests.workflow.test_list_indexes import many  # noqa: F401 - a fixture
from tests.world import World

MOST_STATEMENTS = 12


def found(client: Client, words: str) -> list[str]:
    """Return the references of what is found, in their order."""
    answer = client.get("/tickets", {"q": words})
    assert answer.status_code == 200
    return re.findall(r'<span class="reference">([^<]+)', answer.content.decode())


def test_two_characters_are_enough_and_the_newest_stands_first(world: World, signed_in: SignIn) -> None:
    old = filed(world.alice, world, description="实验室的通风柜坏了。", ago=timedelta(days=3)).ticket
    new = filed(world.alice, world, description="一楼的通风口被堵住了。", ago=timedelta(hours=1)).ticket
    filed(world.alice, world, description="通往操场的门，风大关不上。")
    client = signed_in(world.dan)
    assert found(client, "通风") == [new.reference, old.reference]
    assert found(client, "通风 实验室") == [old.reference]
    assert found(client, "风通") == []
    assert found(client, "通") == []
    assert "Please type at least two characters." in text_of(client.get("/tickets", {"q": "通"}).content)


@pytest.mark.slow("tests/portal/test_search.py", after=2)
@pytest.mark.parametrize(
    "words", ["FIRE door", "door  fire", "100%", "O'Brien", "é", "stairwell", "二楼楼梯间", "teaching building", "教学"]
)
def test_words_are_found_in_text_and_place_whatever_their_case(world: World, signed_in: SignIn, words: str) -> None:
    ticket = filed(world.alice, world, description="The fire door is 100% blocked, says O'Brien from café é é.").ticket
    expected = [] if len(words) == 1 else [ticket.reference]
    assert found(signed_in(world.dan), words) == expected


@pytest.mark.slow("tests/portal/test_search.py", after=2)
@pytest.mark.parametrize(
    "words",
    ["café", "cafe\u0301", "CAFÉ", "room ab12", "ｒｏｏｍ", "ＡＢ12", "José", "jose\u0301", "a座", "１号楼", "1号楼"],
)
def test_full_width_and_marks_apart_make_no_difference(world: World, signed_in: SignIn, words: str) -> None:
    """A place written in full width was found by nobody whose keyboard writes half width, nor the reverse."""
    place = world.home.places["stairwell"]
    Place.objects.filter(id=place.id).update(name_zh="１号楼Ａ座", name_en="Jose\u0301")
    texts = ("café, room AB12", "Cafe\u0301, ｒｏｏｍ ＡＢ１２")
    tickets = [filed(world.alice, world, description=text).ticket for text in texts]
    assert set(found(signed_in(world.dan), words)) == {ticket.reference for ticket in tickets}


@pytest.mark.slow("tests/portal/test_search.py", after=2)
@pytest.mark.parametrize("words", ["50%", "fire_door", "' OR 1=1 --", "\\", "door(", "没有这个词", "  "])
def test_signs_have_no_meaning(world: World, signed_in: SignIn, words: str) -> None:
    filed(world.alice, world, description="The fire door is 100% blocked.")
    client = signed_in(world.carol)
    assert found(client, words) == []


def test_a_reference_is_found_however_it_is_typed(world: World, signed_in: SignIn) -> None:
    ticket = filed(world.alice, world).ticket
    filed(world.alice, world)
    for typed in (ticket.reference, ticket.reference.lower().replace("-", " ")):
        assert found(signed_in(world.dan), typed) == [ticket.reference]


def test_nobody_finds_what_they_may_not_see(world: World, signed_in: SignIn) -> None:
    sealed = filed(world.alice, world, "C02", "有人被围堵。").ticket
    other = filed(world.alice, world, "B06", "路灯被围堵。").ticket
    concerned = filed(world.alice, world, description="出口被围堵。", concerned=world.bob).ticket
    expected = {
        "erin": {sealed},
        "dan": {sealed, other, concerned},
        "cleo": {other, concerned},
        "carol": {other},
        "ben": {concerned},
        "bob": set(),
        "olga": set(),
        "mallory": set(),
        "alice": {other, concerned},
    }
    for name, tickets in expected.items():
        client = signed_in(world.members[name])
        assert set(found(client, "围堵")) == {ticket.reference for ticket in tickets}, name
        assert found(client, sealed.reference) == ([sealed.reference] if sealed in tickets else []), name


def test_searching_many_costs_few_statements_and_reads_an_index(
    world: World,
    many: object,  # noqa: F811 - the fixture
    signed_in: SignIn,
) -> None:
    filed(world.alice, world, description="化学试剂柜没有上锁。")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE workflow_ticket")
    client = signed_in(world.dan)
    for words, least in (("试剂", 1), ("出口", 20), ("二楼", 20), ("carol", 20)):
        with CaptureQueriesContext(connection) as asked:
            assert len(found(client, words)) >= least
        assert len(asked) <= MOST_STATEMENTS, words


def test_what_was_filed_long_ago_is_found_by_an_index(world: World, many: UUID) -> None:  # noqa: F811 - the fixture
    """The newest rows are looked through, and what is not among them is found by its pairs of characters."""
    actor = world.dan.actor
    with as_owner(), connection.cursor() as cursor:
        oldest = Ticket.objects.order_by("filed_at").values_list("id", flat=True)[:30]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE workflow_ticket DISABLE TRIGGER ticket_says_what_was_filed")
        cursor.execute("UPDATE workflow_ticket SET description = '试剂柜没有上锁' WHERE id = ANY(%s)", [list(oldest)])
        cursor.execute("ALTER TABLE workflow_ticket ENABLE TRIGGER ticket_says_what_was_filed")
        cursor.execute("ANALYZE workflow_ticket")
    rows = tickets_found(actor=actor, tickets=tickets_known(actor=actor), words="试剂柜").order_by("-filed_at", "id")
    expected = list(rows.values_list("id", flat=True))
    assert len(expected) == 30
    with CaptureQueriesContext(connection) as asked:
        assert [ticket.id for ticket in first_page(rows, 21)] == expected[:21]
    assert len(asked) == 3
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {asked[1]['sql']}")
        assert "ticket_text_pairs" in str(cursor.fetchall())
    after = rows.filter(filed_at__lt=rows[20].filed_at)
    assert [ticket.id for ticket in first_page(after, 21)] == expected[21:]

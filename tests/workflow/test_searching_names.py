"""Finding tickets by names of people, offices, places and categories: within sight, people in class K0 alone."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.organisation.models import Person, Place
from backend.rulebook.ruleset import Confidentiality
from backend.rulebook.services import rulebook_activate, rulebook_load
from backend.workflow.models import ReporterMode, Ticket
from backend.workflow.policy import OPENING, Part
from tests.roles import as_owner
from tests.workflow.steps import act_at, file_ticket
from tests.world import Member, World, rulebook_content


def found(member: Member, words: str) -> list[str]:
    """Return the texts of what somebody finds, in their order."""
    answer = member.client.get("tickets", q=words)
    assert answer.status_code == 200, answer.data
    texts = {str(ticket_id): text for ticket_id, text in Ticket.objects.values_list("id", "description")}
    return [texts[row["id"]] for row in answer.data["items"]]


@pytest.fixture
def filed(world: World) -> Mapping[str, Ticket]:
    """Tickets of several people, offices and classes, whose texts have nobody's name."""
    ids = {
        "open": file_ticket(world, by="alice", routed=True),
        "lamp": file_ticket(world, by="carol", category="B06", routed=True),
        "sealed": file_ticket(world, by="alice", category="C02", routed=True),
        "confidential": file_ticket(world, by="alice", category="B02", routed=True, reporter_mode="confidential"),
        "concerning": file_ticket(world, by="carol", routed=True, persons_concerned=[str(world.bob.person.id)]),
    }
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE workflow_ticket DISABLE TRIGGER ticket_says_what_was_filed")
        for number, (name, ticket_id) in enumerate(ids.items()):
            instant = world.now - timedelta(minutes=number)
            Ticket.objects.filter(id=ticket_id).update(description=name, filed_at=instant)
        cursor.execute("ALTER TABLE workflow_ticket ENABLE TRIGGER ticket_says_what_was_filed")
    return {name: Ticket.objects.get(id=ticket_id) for name, ticket_id in ids.items()}


def test_by_the_reporter_who_gave_the_name_openly_in_an_open_class(world: World, filed: Mapping[str, Ticket]) -> None:
    expected = {
        "dan": ["open"],
        "cleo": ["open"],
        "ben": ["open"],
        "bob": ["open"],
        "alice": ["open"],
        "carol": [],
        "erin": [],
        "olga": [],
        "mallory": [],
    }
    assert {name: found(world.members[name], "alice") for name in expected} == expected
    assert found(world.vera, "carol") == ["lamp", "confidential", "concerning"], "her reports, and her office's ticket"


def test_a_name_that_was_not_given_openly_or_of_another_class_finds_nothing(
    world: World, filed: Mapping[str, Ticket]
) -> None:
    lowered = filed["sealed"]
    with as_owner():
        Ticket.objects.filter(id=lowered.id).update(confidentiality=Confidentiality.K0, owner=filed["open"].owner)
        Ticket.objects.filter(id=filed["open"].id).update(confidentiality=Confidentiality.K1)
    assert lowered.reporter_mode == filed["confidential"].reporter_mode == ReporterMode.CONFIDENTIAL
    assert found(world.dan, "sealed") == ["sealed"]
    assert found(world.dan, "alice") == []


def test_by_whoever_has_it_in_hand_and_never_by_whom_it_concerns(world: World, filed: Mapping[str, Ticket]) -> None:
    for name in ("open", "concerning"):
        act_at(world.ben, filed[name].id, "acknowledge", world.now)
    act_at(world.erin, filed["sealed"].id, "acknowledge", world.now)
    assert found(world.dan, "ben") == ["open", "concerning"]
    assert found(world.bob, "ben") == ["open"]
    assert found(world.erin, "erin") == []
    assert found(world.alice, "bob") == [], "who heads the office is for those who may read posts"
    assert found(world.dan, "bob") == ["open", "concerning"], "of his office, not for being concerned"


def test_by_office_place_and_category_in_both_languages(world: World, filed: Mapping[str, Ticket]) -> None:
    assert found(world.dan, "security office") == found(world.dan, "保卫处") == ["open", "concerning"]
    assert found(world.dan, "教学楼 堵塞") == ["open", "concerning"], "a category's name and the place it lies in"
    assert found(world.dan, "霸凌") == ["sealed"], "a synonym"
    assert found(world.dan, "security lamp") == []
    assert found(world.cleo, "霸凌") == found(world.alice, "student protection") == []
    fire = file_ticket(world, category="F01", routed=True)
    assert found(world.bob, "火情") == [Ticket.objects.get(id=fire).description]
    assert found(world.mallory, "火情") == found(world.mallory, "教学楼") == []


def test_what_is_renamed_is_found_by_its_new_name_and_a_category_by_the_old_one_too(
    world: World, filed: Mapping[str, Ticket]
) -> None:
    Person.objects.filter(id=world.alice.person.id).update(name="Zhang Yiming")
    Place.objects.filter(code="stairwell", school=world.school).update(name_zh="二号楼梯")
    content = rulebook_content()
    categories = [
        {**row, "name": {**row["name"], "zh": "通道不畅"}} if row["code"] == "F02" else row
        for row in content["categories"]
    ]
    version, _created = rulebook_load(content={**content, "categories": categories}, now=world.now)
    rulebook_activate(school=world.school, version=version, now=world.now)
    assert found(world.dan, "yiming") == ["open"]
    assert found(world.dan, "alice") == []
    assert set(found(world.dan, "二号楼梯")) == set(filed)
    assert found(world.dan, "通道不畅") == found(world.dan, "出口堵塞") == ["open", "concerning"]


def test_the_list_takes_words_with_other_filters_and_orders(world: World, filed: Mapping[str, Ticket]) -> None:
    dan = world.dan.client
    rows = dan.get("tickets", q="教学楼", category="F02").data["items"]
    assert [row["id"] for row in rows] == [str(filed[name].id) for name in ("open", "concerning")]
    first = dan.get("tickets", q="教学楼", page_size="2").data
    rest = dan.get(first["next"].split("/api/v1/")[1].split("?")[0], **_query(first["next"])).data
    assert [row["id"] for row in first["items"] + rest["items"]] == [str(ticket.id) for ticket in filed.values()][:4]
    due = dan.get("tickets", q="教学楼", ordering="next_due_at").data["items"]
    assert [row["next_due_at"] for row in due] == sorted(row["next_due_at"] for row in due)
    assert dan.get("tickets", q=filed["lamp"].reference).data["items"][0]["id"] == str(filed["lamp"].id)
    for words in ("教", " x "):
        refused = dan.get("tickets", q=words)
        assert (refused.status_code, refused.data["code"], refused.data["errors"][0]["pointer"]) == (
            400,
            "words_too_short",
            "/q",
        )


def test_searching_names_costs_three_statements_more_at_most(world: World, filed: Mapping[str, Ticket]) -> None:
    found(world.dan, "security")
    with CaptureQueriesContext(connection) as plain:
        world.dan.client.get("tickets")
    with CaptureQueriesContext(connection) as sought:
        world.dan.client.get("tickets", q="security alice stairwell")
    assert len(sought) - len(plain) <= 3


def test_wherever_an_open_ticket_is_opened_its_reporter_is_too() -> None:
    """The reporter's name may find tickets of class K0 because every row of the policy opens both together."""
    assert all(Part.REPORTER in rule.opens for rule in OPENING if Confidentiality.K0 in rule.classes)


def _query(address: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return dict(parse_qsl(urlsplit(address).query))

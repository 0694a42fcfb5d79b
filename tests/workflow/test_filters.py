"""Asking the list of tickets for some of them: every filter narrows what one may know, and a wrong one is an error."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.organisation.models import Place
from backend.workflow.models import Ticket
from tests.roles import as_owner
from tests.workflow.steps import CLOSER, DAY, HOUR, MINUTE, OPEN, STRICT, URGENT, file_ticket, fire_after
from tests.world import Member, World

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def found(member: Member, **query: Any) -> list[UUID]:
    """Return the ids of the tickets a member's list has."""
    answer = member.client.get("tickets", **query)
    assert answer.status_code == 200, answer.data
    return [UUID(row["id"]) for row in answer.data["items"]]


@pytest.fixture
def tickets(world: World) -> dict[str, UUID]:
    """One ticket of each sort, with their offices."""
    made = {name: file_ticket(world, category=name, routed=True) for name in (OPEN, CLOSER, URGENT, STRICT, "B02")}
    made["waiting"] = file_ticket(world, place=str(world.home.places["teaching-building"].id))
    return made


def test_by_state_severity_category_kind_and_office(world: World, tickets: dict[str, UUID]) -> None:
    all_of_them = set(tickets.values())
    open_to_cleo = all_of_them - {tickets[STRICT]}
    assert set(found(world.cleo)) == open_to_cleo
    assert found(world.cleo, state="received") == [tickets["waiting"]]
    assert set(found(world.cleo, state=["received", "routed"])) == open_to_cleo
    assert found(world.cleo, severity="P1") == [tickets[URGENT]]
    assert set(found(world.cleo, severity=["P1", "P2"])) >= {tickets[URGENT], tickets[OPEN]}
    assert set(found(world.cleo, category=OPEN)) == {tickets[OPEN], tickets["waiting"]}
    assert tickets[URGENT] not in found(world.cleo, kind="hazard")
    facilities = world.home.units["facilities"]
    for office in (facilities.code, str(facilities.id)):
        assert found(world.cleo, office=office) == [tickets["B02"]]


def test_a_place_with_everything_in_it(world: World, tickets: dict[str, UUID]) -> None:
    building, stairwell = (world.home.places[name] for name in ("teaching-building", "stairwell"))
    step = Place.objects.create(
        school=world.school, parent=stairwell, owner=stairwell.owner, code="step", name_zh="台阶", name_en="Step"
    )
    deep = file_ticket(world, place=str(step.id))
    assert set(found(world.cleo, place=str(building.id))) == {*tickets.values(), deep} - {tickets[STRICT]}
    assert tickets["waiting"] not in found(world.cleo, place=str(stairwell.id))
    assert found(world.cleo, place=str(step.id)) == [deep]


def test_what_is_due_and_overdue(world: World, tickets: dict[str, UUID]) -> None:
    late, rest = tickets[OPEN], set(tickets.values()) - {tickets[OPEN], tickets[STRICT]}
    Ticket.objects.filter(id=late).update(next_due_at=world.now - HOUR)
    assert found(world.cleo, overdue="true") == [late]
    assert set(found(world.cleo, overdue="false")) == rest
    assert found(world.cleo, due_before=world.now.isoformat()) == [late]
    assert set(found(world.cleo, due_after=world.now.isoformat())) == rest
    due_at = (world.now - HOUR).isoformat()
    assert found(world.cleo, due_after=due_at, due_before=world.now.isoformat()) == [late]
    assert found(world.cleo, due_before=due_at) == []


def test_what_is_in_ones_own_hands(world: World, tickets: dict[str, UUID]) -> None:
    assert found(world.ben, assignee="me") == []
    world.ben.client.act(tickets[OPEN], "acknowledge")
    assert found(world.ben, assignee="me") == [tickets[OPEN]]
    assert found(world.bob, assignee="me") == []


def test_exercises_are_listed_and_marked(world: World, tickets: dict[str, UUID]) -> None:
    drill = file_ticket(world, by="cleo", exercise=True)
    marks = {row["id"]: row["is_exercise"] for row in world.cleo.client.get("tickets").data["items"]}
    assert [UUID(ticket_id) for ticket_id, marked in marks.items() if marked] == [drill]
    assert found(world.cleo, exercise="true") == [drill]
    assert drill not in found(world.cleo, exercise="false")


@pytest.mark.parametrize("change", [str.lower, lambda text: text.replace("-", " "), lambda text: f"  {text} "])
def test_a_reference_however_it_was_typed(world: World, tickets: dict[str, UUID], change: Any) -> None:
    reference = Ticket.objects.get(id=tickets[OPEN]).reference
    assert found(world.cleo, reference=change(reference)) == [tickets[OPEN]]
    assert found(world.cleo, reference=reference.replace("0", "O").replace("1", "l")) == [tickets[OPEN]]


def test_following_changes_misses_none_and_comes_in_their_order(world: World, tickets: dict[str, UUID]) -> None:
    Ticket.objects.update(updated_at=world.now - DAY)
    for number, name in enumerate((URGENT, OPEN)):
        Ticket.objects.filter(id=tickets[name]).update(updated_at=world.now - HOUR + number * MINUTE)
    since = (world.now - HOUR).isoformat()
    assert found(world.cleo, updated_since=since) == [tickets[URGENT], tickets[OPEN]]
    last = (world.now - HOUR + MINUTE).isoformat()
    assert tickets[OPEN] in found(world.cleo, updated_since=last)
    assert found(world.cleo, updated_since=(world.now - MINUTE).isoformat()) == []
    world.bob.client.act(tickets[OPEN], "comment", note="还有两张桌子。")
    (row,) = world.cleo.client.get("tickets", updated_since=(world.now - MINUTE).isoformat()).data["items"]
    assert UUID(row["id"]) == tickets[OPEN]
    first = world.cleo.client.get("tickets", updated_since=since, page_size="1")
    second = world.cleo.client.http.get(first.data["next"])
    assert [first.data["items"][0]["id"], second.data["items"][0]["id"]] == [str(tickets[URGENT]), str(tickets[OPEN])]


def test_an_escalation_is_a_change_too(world: World, tickets: dict[str, UUID]) -> None:
    Ticket.objects.update(updated_at=world.now - DAY)
    fire_after(tickets[OPEN], 2 * HOUR)
    assert tickets[OPEN] in found(world.cleo, updated_since=world.now.isoformat())


@pytest.mark.parametrize("ordering", ["next_due_at", "-filed_at", "updated_at"])
def test_every_order_goes_through_all_pages_once(world: World, tickets: dict[str, UUID], ordering: str) -> None:
    with as_owner():
        Ticket.objects.update(next_due_at=world.now, filed_at=world.now, updated_at=world.now)
    seen: list[str] = []
    page = world.cleo.client.get("tickets", ordering=ordering, page_size="2")
    while True:
        seen += [row["id"] for row in page.data["items"]]
        if not page.data["next"]:
            break
        assert 'rel="next"' in page.headers["Link"]
        page = world.cleo.client.http.get(page.data["next"])
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.slow("tests/workflow/test_filters.py", after=4)
@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ({"colour": "red"}, "/colour", "unknown_parameter"),
        ({"reporter": "me"}, "/reporter", "unknown_parameter"),
        ({"state": "lost"}, "/state", "invalid_choice"),
        ({"state": ["routed"] * 21}, "/state", "too_many_values"),
        ({"severity": "P5"}, "/severity", "invalid_choice"),
        ({"category": "F0222"}, "/category", "max_length"),
        ({"category": ["F01", "F02"]}, "/category", "too_many_values"),
        ({"kind": "rumour"}, "/kind", "invalid_choice"),
        ({"place": "the stairs"}, "/place", "invalid"),
        ({"place": UNKNOWN}, "/place", "unknown_place"),
        ({"office": "nowhere"}, "/office", "unknown_office"),
        ({"office": UNKNOWN}, "/office", "unknown_office"),
        ({"office": "x" * 201}, "/office", "max_length"),
        ({"due_before": "tomorrow"}, "/due_before", "invalid"),
        ({"due_after": "2026-09-01T08:00:00"}, "/due_after", "offset_missing"),
        ({"updated_since": "1999-01-01T00:00:00Z"}, "/updated_since", "out_of_range"),
        ({"overdue": "maybe"}, "/overdue", "invalid"),
        ({"exercise": ""}, "/exercise", "blank"),
        ({"assignee": UNKNOWN}, "/assignee", "invalid_choice"),
        ({"reference": "K7QM-2X9"}, "/reference", "reference_wrong"),
        ({"ordering": "severity"}, "/ordering", "invalid_choice"),
        ({"updated_since": "2026-09-01T08:00:00Z", "ordering": "-filed_at"}, "/ordering", "invalid"),
    ],
)
def test_a_wrong_parameter_is_named(world: World, query: dict[str, Any], pointer: str, code: str) -> None:
    refused = world.cleo.client.get("tickets", **query)
    assert refused.status_code == 400, refused.data
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert [(error["pointer"], error["code"]) for error in refused.data["errors"]] == [(pointer, code)]


def test_another_schools_offices_and_places_answer_as_ones_that_never_were(world: World) -> None:
    for name, foreign in (
        ("place", world.elsewhere.places["stairwell"].id),
        ("office", world.elsewhere.units["security"].id),
    ):
        answers = [world.cleo.client.get("tickets", **{name: str(value)}) for value in (foreign, UNKNOWN)]
        assert answers[0].status_code == 400
        assert answers[0].data == answers[1].data


def test_people_of_the_bureau_ask_across_their_schools(world: World, tickets: dict[str, UUID]) -> None:
    Ticket.objects.filter(id=tickets[OPEN]).update(level=1)
    building = str(world.home.places["teaching-building"].id)
    assert found(world.olga, office="security", place=building) == [tickets[OPEN]]


EVERY_WAY = (
    {"category": STRICT},
    {"severity": "P2"},
    {"state": "routed"},
    {"office": "student-protection"},
    {"kind": "incident"},
    {"overdue": "false"},
    {"exercise": "false"},
    {"updated_since": "2026-01-01T00:00:00Z"},
    {"due_after": "2026-01-01T00:00:00Z"},
)


@pytest.mark.parametrize("number", range(len(EVERY_WAY)))
def test_no_filter_hints_at_a_sealed_ticket(world: World, number: int) -> None:
    sealed = file_ticket(world, category=STRICT, routed=True)
    query = EVERY_WAY[number]
    assert sealed in found(world.erin, **query)
    for name in ("alice", "bob", "carol", "cleo", "vera", "olga"):
        assert found(world.members[name], **query) == [], name


def test_nothing_leads_whoever_is_concerned_to_a_report(world: World) -> None:
    for category in (OPEN, CLOSER, STRICT):
        hidden = file_ticket(world, category=category, routed=True, persons_concerned=[str(world.dan.person.id)])
        ticket = Ticket.objects.get(id=hidden)
        for query in (
            {"reference": ticket.reference},
            {"category": category},
            {"office": ticket.owner.code},
            {"place": str(ticket.place_id)},
            {"updated_since": (world.now - timedelta(days=1)).isoformat()},
        ):
            assert hidden not in found(world.dan, **query), query

"""The scope of tickets: each is seen by those who may know of it, and does not exist for everybody else."""

import json
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.duty.models import Absence
from backend.notifications.services import notices_create
from backend.organisation.models import Appointment
from backend.organisation.roles import Role
from backend.workflow.models import Ticket
from backend.workflow.services import tickets_route
from tests.workflow.steps import CLOSER, DAY, HOUR, OPEN, STRICT, escalations, file_ticket, fire_after
from tests.world import World, member_add

SIGHT = {
    # F02 is led by security (Bob and Ben), S02 by student affairs (Sam), C02 by student protection (Erin).
    OPEN: {"alice", "bob", "ben", "cleo", "vera", "dan"},
    CLOSER: {"alice", "sam", "cleo", "vera", "dan"},
    STRICT: {"erin", "dan"},
}
ACTIONS = ("acknowledge", "assign", "start", "verify", "comment", "no-such-action")


@pytest.fixture
def cast(world: World) -> World:
    """The cast, with a head of student affairs."""
    member_add(world, "sam", [(Role.OFFICE_HEAD, "student-affairs", False)], site=world.home)
    return world


def seen_by(world: World, ticket_id: UUID) -> set[str]:
    """Return who finds the ticket; list, detail and timeline have to agree."""
    found = set()
    for name in world.members:
        client = world.members[name].client
        listed = str(ticket_id) in {row["id"] for row in client.get("tickets").data["items"]}
        for path in (f"tickets/{ticket_id}", f"tickets/{ticket_id}/timeline"):
            assert client.get(path).status_code == (200 if listed else 404), (name, path)
        if listed:
            found.add(name)
    return found


@pytest.mark.parametrize("category", SIGHT)
def test_each_class_has_its_circle_and_the_bureau_joins_after_an_escalation(cast: World, category: str) -> None:
    ticket_id = file_ticket(cast, category=category, routed=True)
    assert seen_by(cast, ticket_id) == SIGHT[category]
    assert fire_after(ticket_id, timedelta(minutes=30)).level == 1
    joins = {"olga"} if category != STRICT else set()
    assert seen_by(cast, ticket_id) == SIGHT[category] | joins


def test_the_bureau_reads_a_sealed_case_only_once_its_ladder_has_called_for_it(cast: World) -> None:
    ticket_id = file_ticket(cast, category=STRICT, routed=True)
    ladder = [HOUR / 2, HOUR, 2 * HOUR + HOUR / 2]
    for passed in ladder:
        fire_after(ticket_id, passed)
    assert "olga" not in seen_by(cast, ticket_id)
    fire_after(ticket_id, 4 * HOUR + HOUR / 2)
    assert str(cast.olga.person.id) in escalations(ticket_id)[-1]["paged"]
    assert seen_by(cast, ticket_id) == SIGHT[STRICT] | {"olga"}
    assert cast.olga.client.get(f"tickets/{ticket_id}").data["available_actions"] == ["comment", "order", "recommend"]


def test_the_chair_answers_where_the_report_concerns_the_principal(cast: World) -> None:
    chair = member_add(cast, "chi", [(Role.BOARD_CHAIR, None, False)], site=cast.home)
    concerned = [str(cast.dan.person.id), str(cast.vera.person.id)]
    ticket_id = file_ticket(cast, routed=True, persons_concerned=concerned)
    assert "chi" not in seen_by(cast, ticket_id)
    fire_after(ticket_id, HOUR)
    assert escalations(ticket_id)[-1]["reached"] == [str(chair.person.id)]
    assert seen_by(cast, ticket_id) == (SIGHT[OPEN] | {"olga", "chi"}) - {"dan", "vera"}


def test_an_office_sees_what_it_owns_and_only_while_it_owns_it(cast: World) -> None:
    ticket_id = file_ticket(cast)
    assert seen_by(cast, ticket_id) == {"alice", "cleo", "vera", "dan"}


@pytest.mark.parametrize("name", ["mallory", "carol", "olga"])
def test_not_found_comes_before_every_other_answer(cast: World, name: str) -> None:
    ticket_id = file_ticket(cast, routed=True)
    client = cast.members[name].client
    for action, match in product(ACTIONS, (None, 2, 99, "*", "nonsense")):
        answer = client.post(f"tickets/{ticket_id}/actions/{action}", {"note": "Hello."}, match=match)
        assert (answer.status_code, json.loads(answer.content)["code"]) == (404, "not_found"), (action, match)
    assert Ticket.objects.get(id=ticket_id).event_count == 2


def test_another_schools_ticket_answers_as_one_that_never_was(cast: World) -> None:
    there, nowhere = file_ticket(cast, routed=True), UUID(int=7)
    for path in ("tickets/{}", "tickets/{}/timeline", "reports/{}"):
        answers = [cast.mallory.client.get(path.format(number)) for number in (there, nowhere)]
        assert answers[0].status_code == answers[1].status_code == 404
        assert answers[0].data == answers[1].data
    assert seen_by(cast, there).isdisjoint({"mallory"})
    assert cast.mallory.client.get("tickets").data == {"items": [], "next": None, "previous": None}


def tell_everybody(ticket_id: UUID) -> set[str]:
    """Store the notices that wait in the outbox; return the names of the people told about the ticket."""
    rows = list(OutboxMessage.objects.filter(topic="ticket.changed:notices", payload__ticket=str(ticket_id)))
    notices_create(rows, database_now())
    return {person for row in rows for person in row.payload["people"]}


@pytest.mark.parametrize("name", ["bob", "cleo", "dan"])
def test_whoever_a_report_concerns_finds_no_trace_of_it(cast: World, name: str) -> None:
    member = cast.members[name]
    ticket_id = file_ticket(cast, routed=True, persons_concerned=[str(member.person.id)])
    fire_after(ticket_id, 3 * DAY)
    helper = next(other for other in ("ben", "bob") if other != name)
    for action in ("acknowledge", "record-interim-control", "start", "resolve"):
        assert cast.members[helper].client.act(ticket_id, action, note="Done.").status_code == 200
    assert str(member.person.id) not in tell_everybody(ticket_id)
    assert name not in seen_by(cast, ticket_id)
    assert member.client.get("notices").data["items"] == []
    assert member.client.get("reports").data["items"] == []
    for action in ACTIONS:
        assert member.client.post(f"tickets/{ticket_id}/actions/{action}", {"note": "Hm."}).status_code == 404


def test_the_others_are_not_told_whom_a_report_concerns(cast: World) -> None:
    bob = str(cast.bob.person.id)
    ticket_id = file_ticket(cast, routed=True, persons_concerned=[bob])
    Absence.objects.create(person=cast.ben.person, starts_at=cast.now - DAY, ends_at=cast.now + DAY)
    fire_after(ticket_id, timedelta(minutes=30))
    assert {"role": "office_head", "person": bob, "reason": "excluded"} in escalations(ticket_id)[0]["passed_over"]
    for name in ("alice", "ben", "cleo", "dan"):
        for path in (f"tickets/{ticket_id}", f"tickets/{ticket_id}/timeline"):
            assert bob not in cast.members[name].client.get(path).content.decode(), (name, path)


def test_the_reporter_of_a_sealed_case_keeps_the_report_but_not_the_ticket(cast: World) -> None:
    ticket_id = file_ticket(cast, category=STRICT, routed=True)
    (report,) = cast.alice.client.get("reports").data["items"]
    assert (report["ticket"], report["state"]) == (None, "routed")
    assert cast.alice.client.get(f"tickets/{ticket_id}").status_code == 404
    cast.erin.client.act(ticket_id, "acknowledge")
    assert str(cast.alice.person.id) not in cast.erin.client.get(f"tickets/{ticket_id}").content.decode()
    assert str(cast.alice.person.id) not in cast.erin.client.get(f"tickets/{ticket_id}/timeline").content.decode()
    tell_everybody(ticket_id)
    assert str(ticket_id) not in cast.alice.client.get("notices").content.decode()


def test_somebody_elses_report_is_not_there(cast: World) -> None:
    file_ticket(cast)
    (report,) = cast.alice.client.get("reports").data["items"]
    for name in ("bob", "dan", "mallory", "olga"):
        assert cast.members[name].client.get(f"reports/{report['id']}").status_code == 404
        assert cast.members[name].client.get("reports").data["items"] == []


def test_whoever_stands_in_for_a_whole_school_can_open_what_they_are_told_about(world: World) -> None:
    filed = world.alice.client.post("reports", world.report_body())
    address = f"tickets/{filed.data['ticket']}"
    assert world.olga.client.get(address).status_code == 404
    Appointment.objects.filter(person__school=world.school).update(ends_at=world.now)
    tickets_route(ticket_ids=[UUID(filed.data["ticket"])], now=database_now())
    assert OutboxMessage.objects.get(topic="ticket.changed:notices").payload["people"] == [str(world.olga.person.id)]
    assert world.olga.client.get(address).status_code == 200
    assert world.mallory.client.get(address).status_code == 404

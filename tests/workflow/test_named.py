"""Naming people in a report leaves them out without a trace, and never blinds a school."""

from typing import Any
from uuid import UUID

import pytest

from backend.common.models import OutboxMessage
from backend.duty.models import Absence
from backend.organisation.roles import Role
from backend.workflow.models import Ticket
from tests.browser import SignIn
from tests.workflow.steps import DAY, HOUR, OPEN, STRICT, TOLD, URGENT, escalations, file_ticket, fire_after
from tests.world import World, member_add


def told(world: World, ticket_id: UUID) -> set[str]:
    """Return the cast's names of those told that the ticket was routed."""
    message = OutboxMessage.objects.get(topic=TOLD, payload__ticket=str(ticket_id), payload__kind="route")
    return {name for name, member in world.members.items() if str(member.person.id) in message.payload["people"]}


def reached(world: World, ticket_id: UUID) -> set[str]:
    """Return the cast's names of those whom the last escalation reached."""
    ids = escalations(ticket_id)[-1]["reached"]
    return {name for name, member in world.members.items() if str(member.person.id) in ids}


def concerned(world: World, *names: str) -> list[str]:
    """Return the ids of these members, as a report names them."""
    return [str(world.members[name].person.id) for name in names]


def test_the_list_of_people_to_choose_from_is_complete_and_the_refusal_like_any_other(
    world: World, signed_in: SignIn
) -> None:
    ordinary = file_ticket(world, routed=True)
    about_ben = file_ticket(world, routed=True, persons_concerned=concerned(world, "ben"))
    page = signed_in(world.bob)
    for ticket_id in (ordinary, about_ben):
        assert f'value="{world.ben.person.id}"' in page.get(f"/tickets/{ticket_id}?form=assign").content.decode()
    refusals = [
        world.bob.client.act(ticket_id, "assign", assignee=str(person.id))
        for ticket_id, person in ((about_ben, world.ben.person), (ordinary, world.carol.person))
    ]
    assert [answer.status_code for answer in refusals] == [400, 400]
    first, second = ({name: value for name, value in answer.data.items() if name != "instance"} for answer in refusals)
    assert first == second
    assert world.bob.client.act(ordinary, "assign", assignee=str(world.ben.person.id)).status_code == 200
    people = [client.get("people").data for client in (world.bob.client, world.cleo.client)]
    assert all(str(world.ben.person.id) in str(listed) for listed in people)


def test_no_reader_is_told_that_somebody_was_left_out(world: World, signed_in: SignIn) -> None:
    Absence.objects.create(person=world.ben.person, starts_at=world.now - DAY, ends_at=world.now + DAY)
    ticket_id = file_ticket(world, routed=True, persons_concerned=concerned(world, "bob"))
    fire_after(ticket_id, HOUR / 2)
    for name in ("ben", "cleo", "dan"):
        timeline = world.members[name].client.get(f"tickets/{ticket_id}/timeline").content.decode()
        page = signed_in(world.members[name]).get(f"/tickets/{ticket_id}").content.decode()
        assert not any(word in text for text in (timeline, page) for word in ("excluded", "not involved"))
        assert str(world.bob.person.id) not in timeline
        assert "Passed over: Ben" in page


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], {"bob", "ben"}),
        (["ben"], {"bob", "vera"}),
        (["bob"], {"ben", "vera"}),
        (["bob", "ben"], {"vera"}),
        (["bob", "ben", "vera"], {"dan"}),
        (["carol"], {"bob", "ben"}),
        (["dan", "vera"], {"bob", "ben", "olga"}),
    ],
)
def test_where_only_colleagues_of_somebody_named_are_left_the_level_above_hears_at_once(
    world: World, names: list[str], expected: set[str]
) -> None:
    ticket_id = file_ticket(world, category=OPEN, routed=True, persons_concerned=concerned(world, *names))
    assert told(world, ticket_id) == expected


def test_a_rung_left_to_colleagues_reaches_the_level_above_as_well(world: World) -> None:
    ticket_id = file_ticket(world, routed=True, persons_concerned=concerned(world, "bob"))
    assert fire_after(ticket_id, HOUR / 2).level == 1
    assert reached(world, ticket_id) == {"ben", "vera"}


def test_the_deputy_of_a_protection_lead_who_is_named_is_not_alone_with_it(world: World) -> None:
    member_add(world, "eve", [(Role.PROTECTION_LEAD, None, True)], site=world.home)
    ticket_id = file_ticket(world, category=STRICT, routed=True, persons_concerned=concerned(world, "erin"))
    assert told(world, ticket_id) == {"eve", "dan"}


def test_more_than_six_names_always_reach_the_bureau(world: World) -> None:
    others = [
        str(member_add(world, f"t{number}", [(Role.REPORTER, "facilities", False)], site=world.home).person.id)
        for number in range(7)
    ]
    six = file_ticket(world, routed=True, persons_concerned=others[:6])
    seven = file_ticket(world, routed=True, persons_concerned=others)
    assert (told(world, six), told(world, seven)) == ({"bob", "ben"}, {"bob", "ben", "olga"})
    assert world.olga.client.get(f"tickets/{seven}").status_code == 200
    assert world.olga.client.get(f"tickets/{six}").status_code == 404


def test_a_fire_about_everybody_who_would_answer_reaches_the_bureau_when_it_is_routed(world: World) -> None:
    everybody = concerned(world, "bob", "ben", "carol", "cleo", "dan", "vera", "erin")
    ticket_id = file_ticket(world, category=URGENT, routed=True, persons_concerned=everybody)
    assert told(world, ticket_id) == {"olga"}
    assert world.olga.client.get(f"tickets/{ticket_id}").status_code == 200
    assert Ticket.objects.get(id=ticket_id).level == 0


def test_whoever_cannot_solve_it_is_passed_over_without_counting_as_named(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    assert world.bob.client.act(ticket_id, "acknowledge").status_code == 200
    words: dict[str, Any] = {"note": "The wall has to be opened.", "needed": "A builder."}
    assert world.bob.client.act(ticket_id, "cannot-solve", **words).status_code == 200
    said = world.dan.client.get(f"tickets/{ticket_id}/timeline").data[-1]["details"]
    assert said["reached"] == [str(world.dan.person.id)]

"""Whoever keeps a copy of a list learns which tickets left their sight."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from backend.duty.models import DutyShift, DutySlot
from backend.organisation.models import Appointment
from backend.organisation.roles import Role
from backend.workflow.models import SightChange
from tests.workflow.steps import CLOSER, HOUR, OPEN, STRICT, file_ticket
from tests.world import World, member_add

MOST_BESIDE_THE_LIST = 4
"""The changes of tickets, the offers that ended, the terms of posts, and what of all that is still seen."""


def gone(world: World, name: str, since: datetime) -> set[UUID]:
    """Return what a member's list of changes says is gone."""
    answer = world.members[name].client.get("tickets", updated_since=since.isoformat())
    assert answer.status_code == 200, answer.data
    return set(answer.data["gone"])


def test_what_was_raised_is_gone_for_those_who_saw_it_and_for_nobody_else(world: World) -> None:
    since = database_now()
    ticket_id, other = file_ticket(world, routed=True), file_ticket(world, routed=True)
    about_cleo = file_ticket(world, routed=True, persons_concerned=[str(world.cleo.person.id)])
    for number in (ticket_id, about_cleo):
        done = world.bob.client.act(number, "reclassify", note="It is about a child.", category=STRICT)
        assert done.status_code == 200
    both = {ticket_id, about_cleo}
    expected = {"alice": both, "bob": both, "ben": both, "vera": both, "cleo": {ticket_id}}
    found = {name: gone(world, name, since) for name in world.members}
    assert {name: ids for name, ids in found.items() if ids} == expected
    assert gone(world, "bob", database_now() + HOUR) == set()
    assert str(other) in {row["id"] for row in world.bob.client.get("tickets").data["items"]}


def test_what_went_to_another_office_is_gone_for_the_office_that_had_it(world: World) -> None:
    """It leaves intake when it is routed, and security when it is corrected."""
    member_add(world, "ina", [(Role.HANDLER, "safety-office", False)], site=world.home)
    since = database_now()
    ticket_id = file_ticket(world)
    assert world.ina.client.get(f"tickets/{ticket_id}").status_code == 200
    assert gone(world, "ina", since) == set()
    from_intake = file_ticket(world, routed=True)
    assert gone(world, "ina", since) == {from_intake}
    moved = world.cleo.client.act(from_intake, "reclassify", note="A fight.", category=CLOSER)
    assert moved.status_code == 200
    found = {name: gone(world, name, since) for name in ("bob", "ben", "ina", "cleo", "carol", "mallory", "olga")}
    assert found == {
        "bob": {from_intake},
        "ben": {from_intake},
        "ina": {from_intake},
        "cleo": set(),
        "carol": set(),
        "mallory": set(),
        "olga": set(),
    }


def test_whoever_came_later_is_not_told_of_what_they_never_saw(world: World) -> None:
    since = database_now()
    ticket_id = file_ticket(world, routed=True)
    assert world.bob.client.act(ticket_id, "reclassify", note="A child.", category=STRICT).status_code == 200
    later = member_add(world, "lee", [(Role.HANDLER, "security", False)], site=world.home)
    assert gone(world, "lee", since) == {ticket_id}
    Appointment.objects.filter(person=later.person).update(starts_at=database_now())
    assert gone(world, "lee", since) == set()
    assert gone(world, "bob", since) == {ticket_id}


def test_what_a_post_opened_that_is_over_is_gone_and_what_the_other_one_opens_is_not(world: World) -> None:
    since = database_now()
    both = member_add(
        world, "lee", [(Role.HANDLER, "security", False), (Role.HANDLER, "facilities", False)], site=world.home
    )
    at_security, at_facilities = file_ticket(world, routed=True), file_ticket(world, category="B06", routed=True)
    concerned = file_ticket(world, routed=True, persons_concerned=[str(both.person.id)])
    own = file_ticket(world, by="lee", routed=True)
    assert {row["id"] for row in both.client.get("tickets").data["items"]} == {
        str(number) for number in (at_security, at_facilities, own)
    }
    posts = Appointment.objects.filter(person=both.person, post__unit__code="security")
    posts.update(starts_at=since - HOUR, ends_at=database_now())
    assert gone(world, "lee", since) == {at_security}
    assert world.bob.client.act(at_security, "reclassify", note="A child.", category=STRICT).status_code == 200
    assert gone(world, "lee", since) == {at_security}
    assert concerned not in gone(world, "lee", since)
    assert gone(world, "lee", database_now() + HOUR) == set()


def test_what_a_shift_opened_that_is_over_is_gone(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    since = database_now()
    shift = DutyShift.objects.create(school=world.school, starts_at=since - HOUR, ends_at=since + HOUR)
    DutySlot.objects.create(shift=shift, person=world.carol.person, part="leader")
    assert world.carol.client.get(f"tickets/{ticket_id}").status_code == 200
    DutyShift.objects.update(ends_at=database_now())
    assert gone(world, "carol", since) == {ticket_id}


def test_what_comes_back_is_not_gone(world: World) -> None:
    since = database_now()
    ticket_id = file_ticket(world, routed=True)
    for action, who in (("reclassify", "dan"), ("propose-lowering", "cleo"), ("confirm-lowering", "dan")):
        words: dict[str, Any] = (
            {} if action == "confirm-lowering" else {"category": CLOSER if action == "reclassify" else OPEN}
        )
        assert world.members[who].client.act(ticket_id, action, note="Wrong.", **words).status_code == 200
    assert world.bob.client.get(f"tickets/{ticket_id}").status_code == 200
    assert gone(world, "bob", since) == set()


def test_an_offer_that_ended_is_gone_only_for_those_who_could_read_it(world: World) -> None:
    """Who was concerned learned its id, and who came to the office after it had been refused."""
    member_add(world, "fay", [(Role.HANDLER, "facilities", False)], site=world.home)
    since = database_now()
    ticket_id = file_ticket(world, routed=True, persons_concerned=[str(world.fay.person.id)])
    facilities = str(world.home.units["facilities"].id)
    for name, action in (("bob", "offer"), ("carol", "refuse-offer")):
        to: dict[str, Any] = {"office": facilities} if action == "offer" else {}
        assert world.members[name].client.act(ticket_id, action, note="A door.", **to).status_code == 200
    member_add(world, "gus", [(Role.HANDLER, "facilities", False)], site=world.home)
    Appointment.objects.filter(person=world.gus.person).update(starts_at=database_now())
    assert {name: gone(world, name, since) for name in ("fay", "gus", "carol")} == {
        "fay": set(),
        "gus": set(),
        "carol": {ticket_id},
    }


def test_a_chair_to_whom_it_was_opened_learns_that_it_is_closed_to_them_and_who_keeps_it_does_not(world: World) -> None:
    member_add(world, "chi", [(Role.BOARD_CHAIR, None, False)], site=world.home)
    since = database_now()
    named = [str(world.members[name].person.id) for name in ("bob", "ben", "dan", "vera")]
    ticket_id, unseen = file_ticket(world, routed=True, persons_concerned=named), file_ticket(world, routed=True)
    for name in ("chi", "olga"):
        assert world.members[name].client.get(f"tickets/{ticket_id}").status_code == 200
    for number in (ticket_id, unseen):
        assert world.cleo.client.act(number, "reclassify", note="A child.", category=STRICT).status_code == 200
    assert world.chi.client.get(f"tickets/{ticket_id}").status_code == 404
    assert world.olga.client.get(f"tickets/{ticket_id}").status_code == 200
    assert gone(world, "chi", since) == {ticket_id}
    assert ticket_id not in gone(world, "olga", since)


def test_only_the_first_page_of_a_list_of_changes_says_what_is_gone(world: World) -> None:
    since = database_now()
    for _ in range(3):
        file_ticket(world, routed=True)
    assert "gone" not in world.bob.client.get("tickets").data
    first = world.bob.client.get("tickets", updated_since=since.isoformat(), page_size="1")
    assert first.data["gone"] == []
    assert "gone" not in world.bob.client.http.get(first.data["next"]).data


def test_it_costs_the_same_however_much_changed(world: World) -> None:
    since = database_now()

    def cost(**query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            world.bob.client.get("tickets", ordering="updated_at", **query)
        return len(captured)

    for _ in range(2):
        ticket_id = file_ticket(world, routed=True)
        world.bob.client.act(ticket_id, "reclassify", note="A child.", category=STRICT)
        assert cost(updated_since=since.isoformat()) - cost() <= MOST_BESIDE_THE_LIST
    assert SightChange.objects.filter(ticket=ticket_id).count() == 2

"""Sight of a ticket comes from a post held now, or a grant to somebody who was told in another's place."""

from uuid import UUID

import pytest

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.notifications.models import Notice
from backend.organisation.models import Appointment
from backend.organisation.roles import Role
from backend.organisation.services.appointing import appointment_put, appointments_add
from backend.organisation.services.powers import power_confirm
from backend.workflow.models import Ticket, TicketGrant
from backend.workflow.services import tickets_route
from backend.workflow.services.letting_go import tickets_let_go
from backend.workflow.states import State
from tests.browser import SignIn
from tests.notifications.hands import work
from tests.roles import as_owner
from tests.workflow.steps import DAY, HOUR, OPEN, STRICT, TOLD, escalations, file_ticket, fire_after, ticket_in
from tests.world import Member, World, member_add

GONE = {403, 404}
"""The answers for somebody without any post: the ticket is not there, or they are no staff."""


def posts_end(*members: Member) -> None:
    """End every post of these people."""
    Appointment.objects.filter(person__in=[member.person for member in members]).update(ends_at=database_now())


def doors(ticket_id: UUID) -> tuple[str, ...]:
    """Return every address at which a ticket is read."""
    return f"tickets/{ticket_id}", f"tickets/{ticket_id}/timeline", f"tickets/{ticket_id}/reports"


def finds(member: Member, ticket_id: UUID) -> bool:
    """Say whether a member finds a ticket; reading, commenting, bulk, lists and references have to agree."""
    client = member.client
    found = {address: client.get(address).status_code for address in doors(ticket_id)}
    found["comment"] = client.post(f"tickets/{ticket_id}/actions/comment", {"note": "Hm."}).status_code
    bulk = client.post("tickets/bulk", {"action": "comment", "note": "Hm.", "items": [{"ticket": str(ticket_id)}]})
    found["bulk"] = bulk.data["items"][0]["status"] if bulk.status_code == 207 else bulk.status_code
    for query in ({}, {"reference": Ticket.objects.get(id=ticket_id).reference}):
        listed = client.get("tickets", **query)
        seen = listed.status_code == 200 and str(ticket_id) in {row["id"] for row in listed.data["items"]}
        found[f"list {query}"] = 200 if seen else 404
    is_found = found["comment"] == 200
    assert set(found.values()) <= ({200} if is_found else GONE), found
    return is_found


@pytest.mark.parametrize("category", [OPEN, STRICT])
def test_an_assignee_whose_posts_have_ended_finds_nothing(world: World, signed_in: SignIn, category: str) -> None:
    hands, other = (world.ben, world.bob) if category == OPEN else (world.erin, world.dan)
    ticket_id = file_ticket(world, category=category, routed=True)
    assert hands.client.act(ticket_id, "acknowledge").data["assignee"]["id"] == str(hands.person.id)
    assert hands.client.act(ticket_id, "progress", note="Half done.").status_code == 200
    assert hands.client.get("tickets", assignee="me").data["items"] != []
    page = signed_in(hands)
    assert page.get(f"/tickets/{ticket_id}").status_code == 200

    posts_end(hands)
    assert not finds(hands, ticket_id)
    assert hands.client.act(ticket_id, "start", match=3).status_code in GONE
    assert page.get(f"/tickets/{ticket_id}").status_code in GONE
    assert str(ticket_id) not in hands.client.get("notices").content.decode()
    assert other.client.get(f"tickets/{ticket_id}").status_code == 200


def test_whoever_proposed_to_decline_it_and_left_finds_nothing(world: World) -> None:
    ticket_id = file_ticket(world, routed=True)
    assert world.bob.client.act(ticket_id, "propose-decline", note="Nothing there.").status_code == 200
    posts_end(world.bob)
    assert not finds(world.bob, ticket_id)


def test_whoever_heads_no_office_any_more_keeps_only_what_is_in_their_hands(world: World) -> None:
    """Ben goes on as a teacher: what is assigned to him is his to finish, the rest of the office is not."""
    his, others = file_ticket(world, routed=True), file_ticket(world, routed=True)
    assert world.ben.client.act(his, "acknowledge").status_code == 200
    posts_end(world.ben)
    member = member_add(world, "tess", [(Role.REPORTER, "student-affairs", False)], site=world.home)
    Appointment.objects.filter(person=member.person).update(person=world.ben.person)
    assert [row["id"] for row in world.ben.client.get("tickets").data["items"]] == [str(his)]
    assert world.ben.client.get(f"tickets/{others}").status_code == 404


def test_an_officer_told_at_routing_keeps_the_ticket_when_somebody_acts(world: World) -> None:
    """Nobody at the school is independent: principal and vice principal are named, so the bureau hears at once."""
    named = [str(world.dan.person.id), str(world.vera.person.id)]
    ticket_id = file_ticket(world, routed=True, persons_concerned=named)
    (told,) = OutboxMessage.objects.filter(topic=TOLD)
    assert str(world.olga.person.id) in told.payload["people"]
    assert world.bob.client.act(ticket_id, "acknowledge").status_code == 200
    assert finds(world.olga, ticket_id)
    assert world.olga.client.get(f"tickets/{ticket_id}").data["available_actions"] == ["comment", "order", "recommend"]
    routed = world.bob.client.get(f"tickets/{ticket_id}/timeline").data[1]
    assert routed["details"]["opened_to"] == [str(world.olga.person.id)]
    posts_end(world.olga)
    assert not finds(world.olga, ticket_id)


def test_a_chair_whom_the_ladder_told_keeps_the_ticket_until_the_post_ends(world: World) -> None:
    chair = member_add(world, "chi", [(Role.BOARD_CHAIR, None, False)], site=world.home)
    second = member_add(world, "cho", [(Role.BOARD_CHAIR, None, True)], site=world.home)
    named = [str(world.dan.person.id), str(world.vera.person.id)]
    ticket_id = file_ticket(world, routed=True, persons_concerned=named)
    assert chair.client.get(f"tickets/{ticket_id}").status_code == 404
    fire_after(ticket_id, HOUR)
    assert escalations(ticket_id)[-1]["reached"] == [str(chair.person.id)]
    assert world.bob.client.act(ticket_id, "acknowledge").status_code == 200
    assert finds(chair, ticket_id)
    assert "assign" in chair.client.get(f"tickets/{ticket_id}").data["available_actions"]
    assert not finds(second, ticket_id)
    posts_end(chair)
    assert not finds(chair, ticket_id)


def test_a_second_term_opens_nothing_that_the_first_was_told_of(world: World) -> None:
    chair = member_add(world, "chi", [(Role.BOARD_CHAIR, None, False)], site=world.home)
    named = [str(world.dan.person.id), str(world.vera.person.id)]
    ticket_id = file_ticket(world, routed=True, persons_concerned=named)
    fire_after(ticket_id, HOUR)
    with as_owner():
        TicketGrant.objects.update(since=database_now())  # the ladder was fired ahead of time
    assert finds(chair, ticket_id)
    first = Appointment.objects.get(person=chair.person)
    posts_end(chair)
    Appointment.objects.create(post=first.post, person=chair.person, starts_at=database_now())
    assert not finds(chair, ticket_id)
    assert chair.client.get("tickets").data["items"] == []
    fire_after(ticket_id, 100 * DAY)
    assert finds(chair, ticket_id)


def test_a_second_term_entered_with_its_beginning_in_the_past_opens_nothing_either(world: World) -> None:
    chair = member_add(world, "chi", [(Role.BOARD_CHAIR, None, False)], site=world.home)
    ticket_id = file_ticket(world, routed=True, persons_concerned=[str(world.dan.person.id), str(world.vera.person.id)])
    fire_after(ticket_id, HOUR)
    with as_owner():
        TicketGrant.objects.update(since=database_now())  # the ladder was fired ahead of time
    first = Appointment.objects.select_related("post", "person").get(person=chair.person)
    posts_end(chair)
    now = database_now()
    again = Appointment(post=first.post, person=first.person, starts_at=first.starts_at - HOUR)
    (waiting,) = appointments_add(by=None, appointments=[again], now=now)
    power_confirm(actor=world.erin.actor, pending=waiting, now=now)
    assert (Appointment.objects.filter(person=chair.person).count(), finds(chair, ticket_id)) == (2, False)
    given = Appointment.objects.select_related("post", "person__school").latest("id")
    given.starts_at = first.starts_at - 2 * HOUR
    assert appointment_put(by=None, appointment=given, now=now) is False
    assert not finds(chair, ticket_id)


def test_an_officer_whom_a_sealed_ladder_told_keeps_the_case(world: World) -> None:
    ticket_id = file_ticket(world, category=STRICT, routed=True)
    for hours in (0.5, 1, 2.5, 4.5):
        fire_after(ticket_id, hours * HOUR)
    assert world.erin.client.act(ticket_id, "acknowledge").status_code == 200
    assert finds(world.olga, ticket_id)
    assert Ticket.objects.get(id=ticket_id).paged == []
    assert TicketGrant.objects.filter(ticket=ticket_id).count() == 1


def test_raising_a_ticket_takes_it_from_those_to_whom_it_was_opened(world: World) -> None:
    named = [str(world.dan.person.id), str(world.vera.person.id)]
    ticket_id = file_ticket(world, routed=True, persons_concerned=named)
    assert finds(world.olga, ticket_id)
    raised = world.bob.client.act(ticket_id, "reclassify", note="It is about a child.", category=STRICT)
    assert raised.status_code == 200
    for member in (world.bob, world.cleo):
        assert not finds(member, ticket_id)
    grants = TicketGrant.objects.filter(ticket=ticket_id, person=world.olga.person).order_by("since")
    assert [grant.until is None for grant in grants] == [False, True]
    assert finds(world.erin, ticket_id)


def test_whoever_stands_in_for_a_whole_school_finds_it_at_every_door(world: World) -> None:
    filed = world.alice.client.post("reports", world.report_body())
    ticket_id = UUID(filed.data["ticket"])
    Appointment.objects.filter(person__school=world.school).update(ends_at=world.now)
    tickets_route(ticket_ids=[ticket_id], now=database_now())
    assert finds(world.olga, ticket_id)
    work(TOLD)
    assert world.olga.client.get("notices").data["items"][0]["ticket"] == ticket_id
    assert not finds(world.mallory, ticket_id)


@pytest.mark.parametrize("action", ["reopen", "unmerge"])
def test_what_goes_on_after_its_assignee_left_is_the_offices(world: World, action: str) -> None:
    """It was asked of somebody who had left while it was over, and of nobody else."""
    target = file_ticket(world, routed=True)
    ticket_id = ticket_in(world, State.CLOSED if action == "reopen" else State.IN_PROGRESS)
    if action == "unmerge":
        assert world.ben.client.act(ticket_id, "merge", into=str(target)).status_code == 200
    posts_end(world.bob)
    assert tickets_let_go(person_id=world.bob.person.id, now=database_now()) == []
    again = world.cleo.client.act(ticket_id, action, note="It came back.")
    assert (again.status_code, again.data["assignee"]) == (200, None)
    assert {owed["office"] for owed in again.data["obligations"]} == {str(world.home.units["security"].id)}


@pytest.mark.parametrize(("category", "told"), [("F02", "bob"), (STRICT, "erin")])
def test_nobody_is_told_that_an_adopter_left_who_may_not_know_of_the_ticket(
    world: World, category: str, told: str
) -> None:
    """Where nobody else leads the school the bureau's officer was told, by its reference, and did not find it."""
    ticket_id = ticket_in(world, State.ROUTED, category=category)
    until = (world.now + DAY).isoformat()
    assert world.dan.client.act(ticket_id, "adopt", note="I see to it.", done_by=until).status_code == 200
    for leader in (world.dan, world.vera):
        posts_end(leader)
    tickets_let_go(person_id=world.dan.person.id, now=database_now())
    work(TOLD)
    heard = Notice.objects.filter(ticket=ticket_id, kind="adopter-left").values_list("person", flat=True)
    assert list(heard) == [world.members[told].person.id]

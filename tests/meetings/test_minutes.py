"""Agendas and minutes: who was present, what needs no decision any more, how much fits, and what is erased."""

from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.utils import ProgrammingError

from backend.common.models import IdempotencyRecord
from backend.meetings import selectors
from backend.meetings.models import Meeting
from backend.organisation.models import Appointment
from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.browser import SignIn
from tests.meetings.test_meetings import WHY, called, item_of, on, seen
from tests.portal.papers import paper_of, texts_of
from tests.roles import as_owner
from tests.workflow.steps import DAY, ticket_in
from tests.world import World


def test_anybody_who_works_here_was_present_and_nobody_else(world: World, signed_in: SignIn) -> None:
    """The page knew those alone who take part by their posts, and the API took people who had left."""
    meeting, page = called(world), signed_in(world.cleo, "zh-hans")
    here = f"/meetings/{meeting['id']}"
    shown = page.get(here).content.decode()
    for member, is_there in ((world.dan, True), (world.alice, True), (world.ben, True), (world.mallory, False)):
        assert (f'value="{member.person.id}"' in shown) is is_there, member.person.name
    assert 'data-filters="besides"' in shown, "of two hundred colleagues one is found by typing"
    Appointment.objects.filter(person=world.ben.person).update(ends_at=world.now - timedelta(minutes=1))
    for gone in (world.ben, world.mallory):
        refused = world.cleo.client.post(f"{here[1:]}/end", {"present": [str(gone.person.id)]})
        assert (refused.status_code, refused.data["code"]) == (400, "unknown_present")
    present = [str(member.person.id) for member in (world.alice, world.dan)]
    assert page.post(f"{here}/end", {"present": present, "words": ""}).status_code == 302
    names = [person["name"] for person in world.dan.client.get(here[1:]).data["present"]]
    assert sorted(names) == ["Alice", "Dan"]
    assert "Alice、Dan" in page.get(here).content.decode()
    drawn = paper_of(page.get(f"{here}/paper.pdf"))
    assert "Alice、Dan" in "".join(texts_of(drawn)).replace(" ", "")


def test_only_those_who_call_meetings_are_answered_by_the_form(world: World, signed_in: SignIn) -> None:
    """Whoever may not call one was told that their words were wrong."""
    for day in ("", "2099-01-01"):
        assert signed_in(world.bob).post("/meetings", {"kind": "joint", "day": day}).status_code == 403


def test_what_was_closed_meanwhile_needs_no_decision_but_its_cause_does(world: World, signed_in: SignIn) -> None:
    """It stood among what was to be decided until somebody wrote that nothing was."""
    closed, urgent = ticket_in(world, State.RESOLVED), ticket_in(world, State.RESOLVED, category="F01")
    Ticket.objects.update(next_due_at=world.now - DAY)
    meeting = called(world)
    for one in (closed, urgent):
        assert world.cleo.client.act(one, "verify", note="It holds.").status_code == 200
    later = ticket_in(world, State.CLOSED)
    added = world.cleo.client.post(f"meetings/{meeting['id']}/items", {"ticket": str(later), **WHY})
    assert {key: item_of(added.data, key)["is_overtaken"] for key in (closed, urgent, later)} == {
        closed: True,
        urgent: False,
        later: False,
    }
    page = signed_in(world.vera).get(f"/meetings/{meeting['id']}").content.decode()
    before, after = page.split('id="overtaken"')
    references = dict(Ticket.objects.values_list("id", "reference"))
    assert (references[urgent] in before, references[closed] in before) == (True, False)
    assert (references[closed] in after, "Overdue" in after) == (True, True)
    assert on(world, "vera", meeting, closed, "note", **WHY).status_code == 200


def test_an_agenda_takes_so_many_tickets(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "MOST_ON_AGENDA", 2)
    first, second, third = (ticket_in(world, State.RECEIVED) for _ in range(3))
    meeting = called(world)
    answers = [
        world.cleo.client.post(f"meetings/{meeting['id']}/items", {"ticket": str(one), **WHY})
        for one in (first, second, third)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 409]
    assert (answers[2].data["code"], answers[2].data["errors"][0]["pointer"]) == ("agenda_full", "/ticket")
    assert on(world, "cleo", answers[1].data, first, "take-off", **WHY).status_code == 200
    again = world.cleo.client.post(f"meetings/{meeting['id']}/items", {"ticket": str(third), **WHY})
    assert (again.status_code, seen(world, "cleo", meeting)[str(third)]) == (200, ["added"])


def test_the_words_of_a_meeting_are_erased_by_the_owner_alone(world: World) -> None:
    """They stood beside the ledger, and no erasure reached them."""
    ticket_id, other = (ticket_in(world, State.RECEIVED) for _ in range(2))
    meeting = called(world, about="Zhang San")
    for one in (ticket_id, other):
        world.cleo.client.post(f"meetings/{meeting['id']}/items", {"ticket": str(one), **WHY})
        assert on(world, "cleo", world.cleo.client.get(f"meetings/{meeting['id']}").data, one, "note", **WHY).data
    assert world.cleo.client.post(f"meetings/{meeting['id']}/end", {"words": "Zhang San again."}).status_code == 200
    given: dict[str, Any] = {"meeting": UUID(meeting["id"]), "stdout": StringIO()}
    with pytest.raises(ProgrammingError), transaction.atomic():
        call_command("meeting_erase", **given)
    with as_owner():
        call_command("meeting_erase", **given, ticket=Ticket.objects.get(id=ticket_id).reference)
        half = world.dan.client.get(f"meetings/{meeting['id']}").data
        call_command("meeting_erase", **given)
        with pytest.raises(CommandError):
            call_command("meeting_erase", **given, ticket="0000-0000")
    assert {item_of(half, one)["noted_words"] for one in (ticket_id, other)} == {"", WHY["words"]}
    assert (item_of(half, ticket_id)["added_words"], half["about"]) == ("", "Zhang San")
    row = Meeting.objects.get()
    assert (row.about, row.words, row.erased_at is None) == ("", "", False)
    assert not IdempotencyRecord.objects.filter(body__contains="Zhang San").exists()

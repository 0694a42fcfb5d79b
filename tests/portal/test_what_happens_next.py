"""The words for what happens next in every state: for the reporter, for whoever has to act, and for an onlooker."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.common.clock import database_now
from backend.organisation.models import Appointment
from backend.portal.next_for_reporter import NEXT, NEXT_SEALED, NEXT_UNOPENED
from backend.portal.owed_words import NEXT as OWED
from backend.portal.owed_words import NOBODY
from backend.workflow.models import Ticket
from backend.workflow.obligations import ENDS_CLOCK
from backend.workflow.states import CLOCKS_ARMED, State
from tests.browser import SignIn
from tests.portal.conftest import filed, take
from tests.portal.test_ticket_pages import text_of
from tests.workflow.steps import DAY, WAY, act_at, decline, file_ticket, merged
from tests.world import World

MINE, OTHERS = "It is your turn.", "It is not your turn."
OVER = (State.CLOSED, State.DECLINED, State.MERGED)
TURN = {
    State.RECEIVED: "cleo",
    State.ROUTED: "bob",
    State.ACKNOWLEDGED: "bob",
    State.IN_PROGRESS: "bob",
    State.WAITING: "bob",
    State.RESOLVED: "cleo",
}


def test_every_state_and_every_clock_has_its_words() -> None:
    for words in (NEXT, NEXT_SEALED, NEXT_UNOPENED):
        assert words.keys() == set(State)
    assert TURN.keys() | set(OVER) == set(State)
    assert OWED.keys() >= set(ENDS_CLOCK.values())
    for state in TURN:
        assert CLOCKS_ARMED[state] & ENDS_CLOCK.keys(), f"nobody owes anything in {state}"


def next_in(page: bytes) -> str:
    """Return the beginning of what a page says of what happens next."""
    return text_of(page).split("What happens next")[1].split("Deadlines")[0]


def check_readers(world: World, signed_in: SignIn, ticket_id: UUID) -> None:
    """Compare what all three read with the state the ticket is in."""
    ticket = Ticket.objects.get(id=ticket_id)
    state = State(ticket.state)
    report = ticket.reports.get()
    told = next_in(signed_in(world.alice).get(f"/reports/{report.id}").content)
    beginning = re.split(r"%\(\w+\)s", str(NEXT[state]))
    assert all(part in told for part in beginning), (state, told[:200])
    assert not re.search(r"by \.|: \.|%\(", told)
    for name in {"dan", TURN.get(state, "cleo")}:
        said = next_in(signed_in(world.members[name]).get(f"/tickets/{ticket_id}").content)
        assert str(NOBODY) not in said
        assert (MINE in said) == (TURN.get(state) == name), (state, name, said[:200])
        assert (OTHERS in said) == (state in TURN and TURN[state] != name), (state, name, said[:200])


@pytest.mark.slow("tests/portal/test_what_happens_next.py")
def test_three_readers_are_told_in_every_state(world: World, signed_in: SignIn) -> None:
    seen = [State.RECEIVED]
    check_readers(world, signed_in, file_ticket(world))
    ticket_id = file_ticket(world, routed=True)
    check_readers(world, signed_in, ticket_id)
    seen.append(State.ROUTED)
    for state, who, action in WAY:
        words: dict[str, Any] = {"waiting_for": "Ming Lifts"} if action == "wait" else {}
        if state is State.RESOLVED:
            act_at(world.bob, ticket_id, "resume", database_now())
        act_at(world.members[who], ticket_id, action, database_now(), **words)
        check_readers(world, signed_in, ticket_id)
        seen.append(state)
    check_readers(world, signed_in, decline(world, file_ticket(world, routed=True)))
    check_readers(world, signed_in, merged(world)[0])
    assert {*seen, State.DECLINED, State.MERGED} == set(State)


def test_a_reporter_is_never_asked_for_what_would_be_refused(world: World, signed_in: SignIn) -> None:
    """Who solved it was asked to look; after a week they were told to say by a day gone by that they disagree."""
    own = filed(world.bob, world, "N03", "A shelf nearly fell.")
    for action in ("acknowledge", "start", "resolve"):
        take(world.bob, own.ticket, action, "Screwed to the wall.")
    page = signed_in(world.bob).get(f"/reports/{own.id}").content
    assert "somebody else looks whether it is really solved" in next_in(page)
    assert "actions/verify" not in page.decode()
    declined = filed(world.alice, world)
    decline(world, declined.ticket_id)
    client = signed_in(world.alice)
    assert "If you see it differently, say so by" in next_in(client.get(f"/reports/{declined.id}").content)
    Ticket.objects.filter(id=declined.ticket_id).update(declined_at=database_now() - 8 * DAY)
    page = client.get(f"/reports/{declined.id}").content
    assert "If it still matters, please file a new report." in next_in(page)
    assert "actions/contest" not in page.decode()


def test_a_reporter_who_has_left_is_not_told_to_do_what_they_cannot(world: World, signed_in: SignIn) -> None:
    """They read "reopen it here" with nothing there to reopen it by."""
    resolved = filed(world.alice, world, "N03", "A shelf nearly fell.")
    for action in ("acknowledge", "start", "resolve"):
        take(world.bob, resolved.ticket, action, "Screwed to the wall.")
    declined = filed(world.alice, world)
    decline(world, declined.ticket_id)
    Appointment.objects.filter(person=world.alice.person).update(ends_at=world.now)
    client = signed_in(world.alice)
    assert "Somebody checks whether it really is." in next_in(client.get(f"/reports/{resolved.id}").content)
    assert "say so by" not in next_in(client.get(f"/reports/{declined.id}").content)
    take(world.cleo, resolved.ticket, "verify", "It holds.")
    said = next_in(client.get(f"/reports/{resolved.id}").content)
    assert "It was checked and closed." in said
    assert "reopen" not in said


def test_a_promise_that_was_not_kept_is_marked(world: World, signed_in: SignIn) -> None:
    report = filed(world.alice, world, ago=timedelta(minutes=40))
    told = next_in(signed_in(world.alice).get(f"/reports/{report.id}").content)
    assert re.search(r"Somebody confirms they have seen it by [^.]+? Overdue by \d+ minutes", told)


def test_work_under_way_promises_no_solution_by_a_nearer_deadline(world: World, signed_in: SignIn) -> None:
    """It said "to be solved by" with the time by which the office says how far it is."""
    report = filed(world.alice, world, ago=timedelta(minutes=2))
    for action in ("acknowledge", "record-interim-control", "start"):
        take(world.bob, report.ticket, action, "Done.")
    told = next_in(signed_in(world.alice).get(f"/reports/{report.id}").content)
    assert "is working on it. Next deadline:" in told
    assert told.count("should be solved") == 1

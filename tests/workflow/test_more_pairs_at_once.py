"""Two people at one ticket at the same instant: the steps about sub-tasks, questions, reviews and the rest."""

from typing import Any
from uuid import UUID

import pytest

from backend.common.clock import database_now
from backend.workflow.models import RecommendationAim, Ticket
from backend.workflow.states import State
from tests.workflow.steps import CLOSER, DAY, STRICT, URGENT, act_at, decline, file_ticket, ticket_in
from tests.workflow.test_every_pair_at_once import (
    ALWAYS,
    BEN,
    EARLIER,
    LATER,
    PLACE,
    TO_OFFICE,
    Meetings,
    Step,
    differing,
    in_work,
    merged,
)
from tests.workflow.test_reviews import FOUND
from tests.world import World

pytestmark = pytest.mark.slow("tests/workflow/test_every_pair_at_once.py")


def supported(world: World) -> UUID:
    """A ticket in work for which another office is asked to do something."""
    return after(world, in_work(world), "bob", "ask-subtask", office=world.home.units["facilities"].id)


def questioned(world: World) -> UUID:
    """A ticket in work whose reporter is asked something."""
    return after(world, in_work(world), "bob", "ask-question")


def stepping(world: World) -> UUID:
    """A ticket in work with a day for its next step."""
    return after(world, in_work(world), "bob", "next-step", done_by=database_now() + DAY)


def improving(world: World) -> UUID:
    """A ticket in work about which a recommendation was accepted."""
    ticket_id = after(world, in_work(world), "cleo", "recommend", aim=RecommendationAim.WORK)
    return after(world, ticket_id, "bob", "accept-recommendation", carry_out_by=database_now() + 2 * DAY)


def linked(world: World) -> UUID:
    """A ticket in work that is linked to the first one of all."""
    first = str(Ticket.objects.earliest("filed_at").id)
    return after(world, in_work(world), "bob", "link", other=first, link_as="related")


def to_decline(world: World) -> UUID:
    """A ticket in work that its office would decline."""
    return after(world, in_work(world), "ben", "propose-decline")


def to_lower(world: World) -> UUID:
    """A confidential ticket that is to be less so."""
    return after(world, close(world), "cleo", "propose-lowering", category="B06")


def declined(world: World) -> UUID:
    """A ticket that was declined."""
    return decline(world, file_ticket(world, routed=True))


def routed(world: World) -> UUID:
    """A ticket that nobody has acknowledged."""
    return file_ticket(world, routed=True)


def acknowledged(world: World) -> UUID:
    """A ticket that is acknowledged."""
    return ticket_in(world, State.ACKNOWLEDGED)


def waiting(world: World) -> UUID:
    """A ticket that waits for somebody."""
    return ticket_in(world, State.WAITING)


def reviewed_fire(world: World) -> UUID:
    """A closed fire whose cause was found, with a lesson."""
    return after(world, closed_fire(world), "bob", "review-cause", **FOUND)


def closed_fire(world: World) -> UUID:
    """A closed fire whose cause is to be found."""
    return ticket_in(world, State.CLOSED, category=URGENT)


def after(world: World, ticket_id: UUID, who: str, action: str, **said: Any) -> UUID:
    """Let somebody take a step; return the ticket's id."""
    act_at(world.members[who], ticket_id, action, database_now(), **said)
    return ticket_id


def fire_in_work(world: World) -> UUID:
    """A fire in work that can still spread."""
    return ticket_in(world, State.IN_PROGRESS, category=URGENT)


def decided(world: World) -> UUID:
    """A ticket of which the coordinator decided whose it is."""
    return after(world, routed(world), "cleo", "assign-office", office=world.home.units["facilities"].id)


def close(world: World) -> UUID:
    """A confidential ticket."""
    return file_ticket(world, category=CLOSER, routed=True)


def sealed(world: World) -> UUID:
    """A strictly confidential ticket, whose reporter gave no name."""
    return file_ticket(world, category=STRICT, routed=True)


def kept(world: World) -> UUID:
    """The same, and it is kept as evidence."""
    return after(world, sealed(world), "dan", "hold-evidence")


def unnamed(world: World) -> UUID:
    """The same again, of which two people would like to know the name."""
    return sealed(world)


def half_named(world: World) -> UUID:
    """The same, and one of the two whose word it takes has given it."""
    return after(world, sealed(world), "erin", "propose-disclosure")


def closed(world: World) -> UUID:
    """A closed ticket."""
    return ticket_in(world, State.CLOSED)


CAUSE = {name: words for name, words in FOUND.items() if name != "note"}
CONTROL = Step("ben", "record-interim-control")
MAKE_SAFE = Step("cleo", "ask-interim-control")
ACKNOWLEDGE = Step("ben", "acknowledge", late=409)
WORK = (
    Step("bob", "ask-subtask", TO_OFFICE),
    Step("bob", "ask-question"),
    Step("bob", "next-step", {"done_by": LATER}),
    Step("cleo", "progress"),
    Step("cleo", "reclassify", {"place": PLACE}),
    Step("bob", "propose-decline"),
    Step("bob", "assign", {"assignee": BEN}),
    Step("bob", "link", {"other": EARLIER, "link_as": "related"}),
    Step("bob", "wait", {"waiting_for": "Ming Lifts"}),
    CONTROL,
)
PAIRS: Meetings = {
    in_work: (WORK, ALWAYS),
    supported: (
        (
            Step("carol", "take-subtask"),
            Step("carol", "complete-subtask"),
            Step("carol", "refuse-subtask"),
            Step("bob", "withdraw-subtask"),
            Step("cleo", "waive-subtask"),
        ),
        ALWAYS[:-1],
    ),
    questioned: ((Step("alice", "answer-question"), Step("bob", "withdraw-question")), ALWAYS),
    stepping: ((Step("bob", "finish-step"), Step("ben", "finish-step")), ALWAYS),
    improving: ((Step("bob", "carry-out-recommendation"), Step("dan", "withdraw-recommendation")), ALWAYS),
    linked: ((Step("bob", "unlink", {"linked": EARLIER}),), ALWAYS),
    to_decline: ((Step("cleo", "confirm-decline"), Step("dan", "refuse-decline")), ALWAYS),
    to_lower: ((Step("dan", "confirm-lowering"), Step("dan", "refuse-lowering")), ALWAYS[:1]),
    declined: ((Step("alice", "contest-decline"),), (Step("cleo", "reclassify", {"place": PLACE}),)),
    routed: ((Step("alice", "withdraw"), Step("bob", "fix-at-once"), ACKNOWLEDGE, MAKE_SAFE), ALWAYS[1:2]),
    acknowledged: ((Step("bob", "start"), Step("bob", "fix-at-once")), ALWAYS[:3]),
    fire_in_work: ((Step("bob", "contain"), Step("cleo", "contain")), ALWAYS[:-1]),
    decided: ((Step("cleo", "lift-decision"), Step("dan", "lift-decision")), ()),
    close: ((Step("cleo", "propose-lowering", {"category": "B06"}),), ALWAYS[:1]),
    sealed: ((Step("dan", "hold-evidence", late=409), Step("erin", "hold-evidence", late=409)), ()),
    kept: ((Step("dan", "end-hold", late=409), Step("erin", "end-hold", late=409)), ()),
    unnamed: ((Step("dan", "propose-disclosure", late=409), Step("erin", "propose-disclosure", late=409)), ()),
    half_named: ((Step("dan", "disclose-name", late=409),), ()),
    closed: ((Step("alice", "rate-handling", {"handled": "well"}, late=409),), ()),
    waiting: ((Step("bob", "resume"), Step("bob", "resolve")), ALWAYS),
    closed_fire: (
        (
            Step("bob", "review-cause", CAUSE),
            Step("bob", "publish-result", {"what": "A heater burnt."}),
            Step("alice", "reopen"),
            Step("alice", "confirm"),
        ),
        (),
    ),
    reviewed_fire: ((Step("dan", "publish-lesson"),), (Step("alice", "reopen"),)),
    merged: ((Step("bob", "unmerge"),), (Step("cleo", "unmerge"),)),
}
LOSE_SIGHT = {
    **{action: {"carol"} for action in ("complete-subtask", "refuse-subtask", "withdraw-subtask", "waive-subtask")},
    "assign-office": {"bob"},
}


@pytest.mark.parametrize("prepared", PAIRS, ids=lambda prepared: str(prepared.__name__))
def test_also_of_two_about_anything_else_the_second_is_told(committed_world: World, prepared: Any) -> None:
    assert differing(committed_world, {prepared: PAIRS[prepared]}, LOSE_SIGHT) == []

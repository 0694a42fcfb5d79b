"""Two people at one ticket at the same instant, on every pair of the steps about it: one acts, the other is told."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from backend.common.clock import database_now
from backend.workflow.models import Affected, RecommendationAim, Ticket, TicketEvent
from backend.workflow.states import State
from tests.common.conftest import wait_for
from tests.deadlines.conftest import other_connection
from tests.patience import PATIENCE
from tests.workflow.steps import DAY, HOUR, act_at, file_ticket, ticket_in
from tests.world import World

WAITING = """
SELECT count(DISTINCT blocked.pid) FROM pg_locks AS blocked JOIN pg_locks AS held ON held.pid = blocked.pid
WHERE NOT blocked.granted AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@dataclass(frozen=True)
class Step:
    """One step: who takes it, what they fill in besides a note, and the answer to whoever comes too late with it.

    412 says that the ticket is another by now; 409 that what does not ask for that was done already.
    """

    who: str
    action: str
    given: Mapping[str, Any] = field(default_factory=dict)
    late: int = 412

    def take(self, world: World, ticket_id: UUID, version: int, fills: Mapping[str, str]) -> int:
        """Take it on a ticket of a known version; return the status of the answer."""
        given = {name: fills.get(value, value) for name, value in self.given.items()}
        answer = world.members[self.who].client.act(ticket_id, self.action, match=version, note="Seen to.", **given)
        return int(answer.status_code)


LATER, OFFICE, EARLIER = "an instant to come", "another office", "an earlier ticket"
PLACE, BEN = "another place", "a handler"
Meetings = Mapping[Callable[[World], UUID], tuple[Sequence[Step], Sequence[Step]]]
TO_OFFICE, INTO = {"office": OFFICE}, {"into": EARLIER}
DECIDED = {"decided_in": "The principal's meeting", "provided": "A new frame."}
ANSWERS = (
    Step("bob", "answer-order"),
    Step("dan", "withdraw-order"),
    Step("carol", "accept-offer"),
    Step("carol", "refuse-offer"),
    Step("bob", "withdraw-offer"),
    Step("dan", "decide", DECIDED),
)
ADVICE = (
    Step("dan", "follow-adoption"),
    Step("bob", "accept-recommendation", {"carry_out_by": LATER}),
    Step("bob", "refuse-recommendation"),
)
ALWAYS = (
    Step("vera", "order", {"due_at": LATER}),
    Step("cleo", "assign-office", TO_OFFICE),
    Step("bob", "cannot-solve", {"needed": "A new frame."}),
    Step("vera", "merge", INTO),
    Step("bob", "resolve"),
)
ASKED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("dan", "order", {}),
    ("bob", "offer", TO_OFFICE),
    ("bob", "promise", {"promised_for": LATER}),
    ("bob", "cannot-solve", {"needed": "A new frame."}),
)
TELLING = (Step("bob", "inform-affected"), Step("cleo", "waive-affected"))


def in_work(world: World) -> UUID:
    """A ticket in work about which nothing is asked."""
    return ticket_in(world, State.IN_PROGRESS)


def asked(world: World) -> UUID:
    """The same, and everything that can be asked of it is."""
    ticket_id, now = in_work(world), database_now()
    for who, action, given in ASKED:
        fills: dict[str, Any] = {LATER: now + DAY, OFFICE: world.home.units["facilities"].id}
        filled: dict[str, Any] = {name: fills.get(value, value) for name, value in given.items()}
        act_at(world.members[who], ticket_id, action, now, **filled)
    return ticket_id


def solved(world: World) -> UUID:
    """The same, and it is solved."""
    ticket_id = asked(world)
    act_at(world.bob, ticket_id, "resolve", database_now())
    return ticket_id


def advised(world: World) -> UUID:
    """A ticket in work that a leader adopted, with a recommendation that is not answered."""
    ticket_id, now = in_work(world), database_now()
    act_at(world.dan, ticket_id, "adopt", now, done_by=now + DAY)
    act_at(world.members["cleo"], ticket_id, "recommend", now, aim=RecommendationAim.WORK)
    return ticket_id


def untold(world: World) -> UUID:
    """A solved ticket, and people who use the place are to be told before it is closed."""
    ticket_id = ticket_in(world, State.RESOLVED)
    act_at(world.bob, ticket_id, "add-affected", database_now(), affected=Affected.PLACE)
    return ticket_id


def merged(world: World) -> UUID:
    """A ticket that was merged into an earlier one."""
    target, ticket_id = file_ticket(world, routed=True), file_ticket(world, routed=True)
    act_at(world.bob, ticket_id, "merge", database_now(), into=str(target))
    return ticket_id


FIRST_AND_OTHERS: Meetings = {
    asked: ((*ANSWERS, Step("dan", "change-promise", {"promised_for": LATER}), *ALWAYS), ()),
    in_work: (
        (
            Step("bob", "offer", TO_OFFICE),
            Step("vera", "promise", {"promised_for": LATER}),
            Step("vera", "adopt", {"done_by": LATER}),
            Step("cleo", "recommend", {"aim": "rule"}),
            Step("bob", "split"),
            Step("bob", "add-affected", {"affected": "place"}),
        ),
        ALWAYS,
    ),
    advised: (ADVICE, ALWAYS),
    untold: (TELLING, (Step("cleo", "verify"), Step("cleo", "reject-fix"), Step("alice", "confirm"))),
    solved: ((Step("alice", "confirm"), Step("cleo", "verify"), Step("cleo", "reject-fix")), ANSWERS),
    merged: ((Step("bob", "unmerge"), Step("dan", "unmerge")), ()),
}
"""The steps that are new in what a ticket has become, and those besides them that met each other before."""
LOSE_SIGHT = {
    "accept-offer": {"bob"},
    "assign-office": {"bob"},
    "refuse-offer": {"carol"},
    "withdraw-offer": {"carol"},
    "verify": {"carol"},
    "confirm": {"carol"},
}
"""Those for whom the ticket is not there any more after a step; not there comes before out of date."""


def meetings(first_and_others: Meetings) -> Iterator[tuple[Callable[[World], UUID], Step, Sequence[Step]]]:
    """Yield each step, in what it is taken, and those it meets there: every pair once, and each the same again."""
    for prepared, (steps, others) in first_and_others.items():
        for number, first in enumerate(steps):
            yield prepared, first, [*steps[number:], *others]


def differing(world: World, first_and_others: Meetings, lose_sight: Mapping[str, set[str]]) -> list[Any]:
    """Let every pair meet; return where another one won, or the second was told something else than expected."""
    wrong: list[Any] = []
    fills = {
        LATER: (database_now() + HOUR + DAY).isoformat(),
        OFFICE: str(world.home.units["facilities"].id),
        PLACE: str(world.home.places["teaching-building"].id),
        BEN: str(world.ben.person.id),
        EARLIER: str(file_ticket(world, routed=True)),
    }
    for prepared, first, others in meetings(first_and_others):
        ticket_id = prepared(world)
        version = Ticket.objects.get(id=ticket_id).version
        acts = [partial(step.take, world, ticket_id, version, fills) for step in (first, *others)]
        out = lose_sight.get(first.action, set())
        wanted = [200, *(404 if step.who in out else step.late for step in others)]
        answers = first_and_then(*acts)
        ends = TicketEvent.objects.filter(ticket=ticket_id).latest("sequence").kind
        if (answers, ends) != (wanted, first.action):
            wrong.append((prepared.__name__, first.action, [step.action for step in others], answers, wanted))
    return wrong


def test_of_two_who_act_at_once_the_second_is_told_whatever_both_do(committed_world: World) -> None:
    assert differing(committed_world, FIRST_AND_OTHERS, LOSE_SIGHT) == []


def first_and_then(first: Callable[[], int], *others: Callable[[], int]) -> list[int]:
    """Let somebody act, and commit only once all the others wait for it; return what each is answered."""
    with ThreadPoolExecutor(len(others)) as pool:
        with transaction.atomic():
            won = first()
            late = [pool.submit(other_connection, act) for act in others]
            wait_for(lambda: waiting() == len(late))
        return [won, *(answer.result(timeout=PATIENCE) for answer in late)]


def waiting() -> int:
    """Return how many connections of this database wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return int(cursor.fetchone()[0])

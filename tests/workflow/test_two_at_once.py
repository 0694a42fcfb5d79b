"""Two at the same instant, on real connections: one order of events, and nothing happens after it was settled."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction

from backend.common.clock import database_now
from backend.deadlines.models import Timer
from backend.deadlines.services import fire_due
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.services import tickets_route
from backend.workflow.states import State
from tests.common.conftest import wait_for
from tests.deadlines.conftest import at_once, other_connection
from tests.patience import PATIENCE
from tests.workflow.steps import HOUR, MINUTE, OPEN, STRICT, URGENT, file_ticket, ticket_in
from tests.world import Member, World

ROUNDS = 8


def acting(member: Member, ticket_id: UUID, action: str, *, match: int | None = None) -> Callable[[], int]:
    """Return a call that takes the action and answers with the status."""
    return lambda: int(member.client.act(ticket_id, action, match=match, note="Done.").status_code)


def sweeping(now: datetime) -> Callable[[], int]:
    """Return a call that sweeps at an instant and answers with the rungs fired."""
    return lambda: fire_due(now=now).fired


def history(ticket_id: UUID) -> list[str]:
    """Return the kinds of the ticket's events; the sequence has no holes."""
    events = list(TicketEvent.objects.filter(ticket=ticket_id).order_by("sequence").values_list("sequence", "kind"))
    assert [number for number, _ in events] == list(range(1, len(events) + 1))
    return [kind for _, kind in events]


@pytest.mark.parametrize(
    ("state", "action", "people"),
    [
        (State.ROUTED, "acknowledge", ("bob", "ben")),
        (State.ACKNOWLEDGED, "start", ("bob", "ben")),
        (State.IN_PROGRESS, "resolve", ("bob", "ben")),
        (State.RESOLVED, "verify", ("alice", "cleo", "dan")),
        (State.CLOSED, "reopen", ("alice", "cleo", "dan")),
    ],
)
def test_of_people_who_act_at_once_exactly_one_does(
    committed_world: World, state: State, action: str, people: tuple[str, ...]
) -> None:
    ticket_id = ticket_in(committed_world, state)
    version = Ticket.objects.get(id=ticket_id).version
    answers = at_once(*[acting(committed_world.members[name], ticket_id, action, match=version) for name in people])
    late = 409 if action == "acknowledge" else 412
    assert sorted(answers) == [200, *[late] * (len(people) - 1)]
    assert history(ticket_id).count(action) == 1
    assert Ticket.objects.get(id=ticket_id).version == version + 1


def test_a_fix_confirmed_and_rejected_at_once_is_one_or_the_other(committed_world: World) -> None:
    ticket_id = ticket_in(committed_world, State.RESOLVED)
    version = Ticket.objects.get(id=ticket_id).version
    answers = at_once(
        acting(committed_world.cleo, ticket_id, "verify", match=version),
        acting(committed_world.alice, ticket_id, "reject-fix", match=version),
    )
    assert sorted(answers) == [200, 412]
    assert Ticket.objects.get(id=ticket_id).state == ("closed" if answers[0] == 200 else "in_progress")


def test_declining_confirmed_while_somebody_acknowledges_leaves_one_story(committed_world: World) -> None:
    for _round in range(ROUNDS // 2):
        ticket_id = file_ticket(committed_world, routed=True)
        assert acting(committed_world.ben, ticket_id, "propose-decline", match=2)() == 200
        declined, acknowledged = at_once(
            acting(committed_world.cleo, ticket_id, "confirm-decline", match=3),
            acting(committed_world.bob, ticket_id, "acknowledge"),
        )
        assert (declined, acknowledged) in {(200, 409), (412, 200)}
        ticket = Ticket.objects.get(id=ticket_id)
        assert ticket.state == ("declined" if declined == 200 else "acknowledged")
        running = set(
            Timer.objects.filter(subject_kind="ticket", subject_id=ticket_id, armed=True).values_list(
                "clock", flat=True
            )
        )
        assert running == (set() if declined == 200 else {"act", "progress", "resolve", "silence", "result"})
        assert history(ticket_id)[-1] == ("confirm-decline" if declined == 200 else "acknowledge")


def test_a_report_withdrawn_while_somebody_acknowledges_is_one_or_the_other(committed_world: World) -> None:
    ticket_id = file_ticket(committed_world, routed=True)
    answers = at_once(
        acting(committed_world.alice, ticket_id, "withdraw", match=2),
        acting(committed_world.bob, ticket_id, "acknowledge"),
    )
    assert tuple(answers) in {(200, 409), (412, 200)}
    assert Ticket.objects.get(id=ticket_id).state == ("closed" if answers[0] == 200 else "acknowledged")


def test_nothing_escalates_after_somebody_acknowledged(committed_world: World) -> None:
    for _round in range(ROUNDS):
        ticket_id = file_ticket(committed_world, category=URGENT, routed=True)
        due = Ticket.objects.get(id=ticket_id).next_due_at
        status, _fired = at_once(acting(committed_world.bob, ticket_id, "acknowledge"), sweeping(due))
        assert status == 200
        fire_due(now=due + 9 * MINUTE)
        kinds = history(ticket_id)
        assert kinds[-1] == "acknowledge"
        timer = Timer.objects.get(subject_id=ticket_id, clock="acknowledge")
        assert (timer.armed, timer.escalations.count()) == (False, kinds.count("escalated"))


def test_a_sweep_passes_a_ticket_somebody_is_acting_on_and_finds_it_settled(committed_world: World) -> None:
    ticket_id = file_ticket(committed_world, routed=True)
    due = Ticket.objects.get(id=ticket_id).next_due_at
    with transaction.atomic():
        assert acting(committed_world.bob, ticket_id, "acknowledge")() == 200
        assert other_connection(lambda: fire_due(now=due)).fired == 0
    assert fire_due(now=due).fired == 0


def test_work_done_while_the_engine_sweeps_stays_done(committed_world: World) -> None:
    """One round for each step of the work: the ticket keeps the state its people gave it, and the chain stays whole."""
    ticket_id = file_ticket(committed_world, routed=True)
    later = Ticket.objects.get(id=ticket_id).filed_at
    for number, (name, action, state) in enumerate(
        (
            ("bob", "acknowledge", "acknowledged"),
            ("bob", "record-interim-control", "acknowledged"),
            ("bob", "start", "in_progress"),
            ("bob", "resolve", "resolved"),
            ("cleo", "verify", "closed"),
        )
    ):
        version = Ticket.objects.get(id=ticket_id).version
        moment = later + (number + 1) * 24 * HOUR
        answers = at_once(
            acting(committed_world.members[name], ticket_id, action, match=version),
            sweeping(moment),
        )
        assert answers[0] == 200
        assert Ticket.objects.get(id=ticket_id).state == state
    assert fire_due(now=later + timedelta(days=90)).fired == 0
    assert history(ticket_id)[-1] != "escalated"


def route(ticket_id: UUID) -> Callable[[], int]:
    """Return a call that routes the ticket as the worker would."""

    def run() -> int:
        tickets_route(ticket_ids=[ticket_id], now=database_now())
        return 200

    return run


def test_routing_and_acknowledging_at_once_leave_one_story(committed_world: World) -> None:
    for _round in range(ROUNDS):
        ticket_id = file_ticket(committed_world, category=OPEN)
        answers = at_once(acting(committed_world.cleo, ticket_id, "acknowledge"), route(ticket_id))
        assert answers == [200, 200]
        kinds, ticket = history(ticket_id), Ticket.objects.get(id=ticket_id)
        # Whoever comes first, the other finds it so: what was acknowledged meanwhile keeps its state when it is routed.
        assert kinds in (["opened", "acknowledge", "route"], ["opened", "route", "acknowledge"])
        assert (ticket.state, ticket.owner.code) == ("acknowledged", "security")


def somebody_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])


def test_an_action_that_waited_for_routing_still_finds_the_ticket(committed_world: World) -> None:
    ticket_id = file_ticket(committed_world)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            route(ticket_id)()
            answer = pool.submit(other_connection, acting(committed_world.cleo, ticket_id, "acknowledge"))
            wait_for(somebody_waits_for_us)
        assert answer.result(timeout=PATIENCE) == 200
    assert history(ticket_id) == ["opened", "route", "acknowledge"]


def test_an_action_that_waited_until_the_ticket_was_sealed_finds_none(committed_world: World) -> None:
    ticket_id = ticket_in(committed_world, State.ACKNOWLEDGED)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            sealed = committed_world.cleo.client.act(ticket_id, "reclassify", note="Bullying.", category=STRICT)
            assert sealed.status_code == 200, sealed.data
            answer = pool.submit(other_connection, acting(committed_world.bob, ticket_id, "comment"))
            wait_for(somebody_waits_for_us)
        assert answer.result(timeout=PATIENCE) == 404
    assert history(ticket_id)[-1] == "reclassify"


def test_whoever_may_not_know_of_a_ticket_does_not_wait_for_it(committed_world: World) -> None:
    ticket_id = ticket_in(committed_world, State.ACKNOWLEDGED)
    with transaction.atomic():
        assert acting(committed_world.bob, ticket_id, "comment")() == 200
        for name in ("mallory", "carol"):
            assert other_connection(acting(committed_world.members[name], ticket_id, "comment")) == 404


def test_the_same_ticket_is_routed_once(committed_world: World) -> None:
    ticket_id = file_ticket(committed_world)
    at_once(route(ticket_id), route(ticket_id), route(ticket_id))
    assert history(ticket_id) == ["opened", "route"]

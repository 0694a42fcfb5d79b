"""Steps that tests of tickets take: file one, route it, bring it into a state, let time pass."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.common.clock import database_now
from backend.deadlines.services import fire_due
from backend.workflow.action_input import said_from
from backend.workflow.actions import BY_NAME
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.selectors import ticket_lock
from backend.workflow.services import ticket_act_on, tickets_route
from backend.workflow.services.acting import Lock
from backend.workflow.states import State
from tests.world import Member, World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TOLD = "ticket.changed:notices"
"""The topic of the outbox rows by which people hear of changes."""
STRICT, CLOSER, OPEN, URGENT = "C02", "S02", "F02", "F01"
"""Categories: bullying (K2, P2), a fight (K1, P2), a blocked exit (K0, P2 hazard), fire (K0, P1 incident)."""


def file_ticket(world: World, *, by: str = "alice", routed: bool = False, **changes: object) -> UUID:
    """File a report over HTTP and return its ticket's id; `routed` hands it to its office as the worker would."""
    filed = world.members[by].client.post("reports", world.report_body(**changes))
    assert filed.status_code == 201, filed.data
    ticket_id = Ticket.objects.values_list("id", flat=True).get(reference=filed.data["reference"])
    if routed:
        tickets_route(ticket_ids=[ticket_id], now=database_now())
    return ticket_id


WAY = (
    (State.ACKNOWLEDGED, "bob", "acknowledge"),
    (State.ACKNOWLEDGED, "bob", "record-interim-control"),
    (State.IN_PROGRESS, "bob", "start"),
    (State.WAITING, "bob", "wait"),
    (State.RESOLVED, "bob", "resolve"),
    (State.CLOSED, "cleo", "verify"),
)


def ticket_in(world: World, state: State, **changes: Any) -> UUID:
    """File a ticket about a blocked exit and bring it into a state with the service: Bob works, Cleo verifies.

    It waits for somebody only if that is the state asked for.
    """
    if state is State.MERGED:
        return merged(world, **changes)[0]
    ticket_id = file_ticket(world, routed=state is not State.RECEIVED, **changes)
    if state is State.DECLINED:
        return decline(world, ticket_id)
    order = list(State)
    for reached, who, action in WAY:
        if order.index(reached) <= order.index(state) and (reached is not State.WAITING or state is reached):
            party: dict[str, Any] = {"waiting_for": "Ming Lifts"} if action == "wait" else {}
            act_at(world.members[who], ticket_id, action, database_now(), note="Done.", **party)
    assert Ticket.objects.get(id=ticket_id).state == state
    return ticket_id


def merged(world: World, **changes: Any) -> tuple[UUID, UUID]:
    """File the same twice and let Bob merge the later one into the earlier; return the ids of both in this order."""
    target, ticket_id = (file_ticket(world, routed=True, **changes) for _report in range(2))
    act_at(world.bob, ticket_id, "merge", database_now(), into=str(target))
    return ticket_id, target


def decline(world: World, ticket_id: UUID) -> UUID:
    """Let Bob propose to decline a ticket of his office and Cleo agree; return its id."""
    for who, action in (("bob", "propose-decline"), ("cleo", "confirm-decline")):
        act_at(world.members[who], ticket_id, action, database_now(), note="There was nothing.")
    return ticket_id


def act_at(
    member: Member, ticket_id: UUID, action: str, now: datetime, *, lock: Lock = ticket_lock, **words: Any
) -> Ticket:
    """Take an action at an instant of the test's choosing; `words` are fields of the action by their names."""
    chosen = BY_NAME[action]
    said = said_from(chosen.said, {"note": "It came back.", "control": "engineered", **words})
    with transaction.atomic():
        return ticket_act_on(
            actor=member.actor, ticket_id=ticket_id, action=chosen, said=lambda: said, now=now, lock=lock
        )


def fire_after(ticket_id: UUID, passed: timedelta) -> Ticket:
    """Let the deadline engine sweep as if this much time had passed since filing; return the ticket afterwards."""
    fire_due(now=Ticket.objects.get(id=ticket_id).filed_at + passed)
    return Ticket.objects.get(id=ticket_id)


def escalations(ticket_id: UUID) -> list[dict[str, Any]]:
    """Return what the ledger says of each escalation, in order."""
    events = TicketEvent.objects.filter(ticket=ticket_id, kind="escalated").order_by("sequence")
    return [event.payload.body for event in events.select_related("payload")]

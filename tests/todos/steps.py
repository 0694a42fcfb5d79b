"""Steps of tests of to-dos: make a system, let the workers work, compare what stands there with what is owed."""

from datetime import timedelta
from typing import Any

from django.conf import settings

from backend.common.clock import database_now
from backend.common.outbox import outbox_consume, outbox_deliver
from backend.todos.models import TodoSystem
from backend.todos.selectors.beside import owed_beside_tickets
from backend.todos.selectors.everything import waiting_for
from backend.todos.selectors.subjects import WAY_BACK
from backend.todos.services.looking import systems_look, tickets_look
from backend.todos.services.sending import todos_send
from backend.todos.services.systems import TRY, try_send
from backend.workflow.owing import Sought
from backend.workflow.services import tickets_route
from tests.integrations.programs import administrator
from tests.todos.peers import Peer
from tests.todos.portal import SECRET
from tests.workflow.steps import CLOSER, STRICT, file_ticket
from tests.world import World

TOPIC = "ticket.changed:todos"


def body_of(peer: Any, **changes: Any) -> dict[str, Any]:
    """Return a good system to be."""
    return {"name": "校园门户", "kind": "push", "setup": peer.setup(), "secret": SECRET, **changes}


def connected(world: World, peer: Any, **changes: Any) -> TodoSystem:
    """Let Ada make a system, try it and switch it on."""
    ada = administrator(world).client
    made = ada.post("todo-systems", body_of(peer, **changes))
    assert made.status_code == 201, made.data
    path = f"todo-systems/{made.data['id']}"
    assert ada.post(f"{path}/try").status_code == 200
    tries()
    switched = ada.post(f"{path}/switch", {"is_on": True})
    assert switched.status_code == 200, switched.data
    return TodoSystem.objects.get(id=made.data["id"])


def tries() -> None:
    """Make the tries that were asked for."""
    now = database_now()
    outbox_deliver(topic=TRY, send=lambda message: try_send(message=message, now=now), now=now)


def look() -> None:
    """Let the workers look at what changed."""
    outbox_consume(topic=TOPIC, handle=tickets_look)


def work(*, later: timedelta = timedelta(0)) -> None:
    """Let the workers look at what changed and send it, as if it were later."""
    look()
    todos_send(now=database_now() + later)


def look_and_work(*, later: timedelta = timedelta(0)) -> None:
    """Let them look at everything."""
    systems_look(now=database_now())
    work(later=later)


def owed(world: World) -> dict[str, set[str]]:
    """Return what each member of the school owes, by the one list that they see themselves.

    What is confidential and no ticket leads to that list: its own address would tell what waits.
    """
    now, sought = database_now(), Sought(waiting=True)
    actors = [member.actor for member in world.members.values() if member.person.school_id == world.school.id]
    hidden = {row.id for row in owed_beside_tickets(actors=actors, sought=sought, now=now) if not row.is_public}
    found = {
        name: {
            f"{settings.PUBLIC_URL}{WAY_BACK if row.id in hidden else row.path}"
            for row in waiting_for(actor=member.actor, now=now).rows
        }
        for name, member in world.members.items()
        if member.person.school_id == world.school.id
    }
    return {name: links for name, links in found.items() if links}


def differences(world: World, peer: Peer) -> dict[str, set[str]]:
    """Return what stands there and is not owed, or the other way round."""
    shown, wanted = peer.shown(), owed(world)
    both = {name: shown.get(name, set()) ^ wanted.get(name, set()) for name in shown.keys() | wanted.keys()}
    return {name: links for name, links in both.items() if links}


def act(world: World, who: str, ticket_id: object, action: str, **said: Any) -> dict[str, Any]:
    """Let somebody act."""
    done = world.members[who].client.act(ticket_id, action, **said)
    assert done.status_code == 200, (action, done.data)
    return dict(done.data)


def a_term(world: World, peer: Peer) -> None:
    """Let much happen to tickets, with the system away, in a hurry, losing answers, and what was sent sent again."""
    offices = {code: str(unit.id) for code, unit in world.home.units.items()}
    handed, declined, kept, sealed, solved, given = (file_ticket(world, routed=True) for _number in range(6))
    closer, strict = (file_ticket(world, routed=True, category=name) for name in (CLOSER, STRICT))
    work()
    peer.lost = 1
    act(world, "bob", handed, "offer", office=offices["facilities"], note="It is their door.")
    act(world, "bob", declined, "propose-decline", note="Nothing there.")
    act(world, "ben", kept, "acknowledge")
    work()
    act(world, "carol", handed, "accept-offer")
    act(world, "cleo", declined, "confirm-decline", note="Nothing there.")
    peer.away = 1
    work()
    for action in ("acknowledge", "record-interim-control", "start", "resolve"):
        act(world, "bob", solved, action, note="Done.")
    act(world, "bob", sealed, "reclassify", note="A child.", category=STRICT)
    peer.limited = 1
    work(later=timedelta(minutes=1))
    act(world, "bob", given, "assign", assignee=str(world.ben.person.id))
    work(later=timedelta(hours=1))
    tickets_route(ticket_ids=[strict, closer], now=database_now())
    work(later=timedelta(hours=2))

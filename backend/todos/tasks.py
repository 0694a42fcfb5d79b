"""Background work on to-dos in other systems; each task takes what waits for it in the database."""

from celery import shared_task

from backend.common.clock import database_now
from backend.common.outbox import outbox_consume, outbox_deliver
from backend.todos.services.looking import beside_look, systems_look, tickets_look
from backend.todos.services.reconciling import systems_reconcile
from backend.todos.services.sending import todos_send
from backend.todos.services.systems import TRY, try_send


@shared_task(name="todos.look")
def look() -> None:
    """Look at tickets that changed."""
    outbox_consume(topic="ticket.changed:todos", handle=tickets_look)


@shared_task(name="todos.look_at_all")
def look_at_all() -> None:
    """Look at everything that matters."""
    systems_look(now=database_now())


@shared_task(name="todos.look_beside")
def look_beside() -> None:
    """Look at all beside tickets that waits for somebody."""
    beside_look(now=database_now())


@shared_task(name="todos.send")
def send() -> None:
    """Send the to-dos that are due."""
    todos_send(now=database_now())


@shared_task(name="todos.try")
def try_systems() -> None:
    """Make the tries that were asked for."""
    outbox_deliver(topic=TRY, send=lambda message: try_send(message=message, now=database_now()), now=database_now())


@shared_task(name="todos.reconcile")
def reconcile() -> None:
    """Compare what systems show with what ought to stand there."""
    systems_reconcile(now=database_now())

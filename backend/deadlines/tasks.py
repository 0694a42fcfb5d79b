"""The redundant path: beat asks a worker for the same sweep that the engine loops do."""

from celery import shared_task

from backend.deadlines.services.engine import Engine

ENGINE = Engine(name="worker")


@shared_task(name="deadlines.fire_due")
def fire_due() -> None:
    """Sweep once, with the same distrust of the clock as an engine loop."""
    ENGINE.drain()

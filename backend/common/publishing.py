"""Handing outbox ids to Celery: best effort, in about a second at most, never raising."""

import logging
from collections.abc import Sequence
from functools import cache

import kombu
from celery import current_app
from celery.exceptions import OperationalError
from django.conf import settings
from kombu.pools import producers

from backend.common.circuit import Circuit
from backend.common.faults import fault_point

logger = logging.getLogger(__name__)

BROKER_CIRCUIT = Circuit(seconds=5)
SECONDS_TO_WAIT = 1.0


def outbox_publish(*, topic: str, ids: Sequence[int]) -> bool:
    """Send one message with the ids to the topic's task; False when it failed, or failed less than 5 s ago."""
    if not ids:
        return True
    if BROKER_CIRCUIT.is_open:
        return False
    try:
        with producers[broker_connection()].acquire(block=True, timeout=SECONDS_TO_WAIT) as producer:
            current_app.send_task(
                settings.OUTBOX_TASKS[topic], args=[list(ids)], producer=producer, retry=False, ignore_result=True
            )
    except (OperationalError, OSError, kombu.exceptions.KombuError) as error:
        BROKER_CIRCUIT.trip()
        logger.warning("Broker away, %d messages of %s wait for the relay: %s", len(ids), topic, error)
        return False
    except Exception:
        BROKER_CIRCUIT.trip()
        logger.exception("Broker refused, %d messages of %s wait for the relay", len(ids), topic)
        return False
    fault_point("outbox.published")
    return True


@cache
def broker_connection() -> kombu.Connection:
    """Describe the broker with timeouts of its own: a worker may wait for work, a request may not; clone it to talk."""
    options = {
        "socket_connect_timeout": SECONDS_TO_WAIT,
        "socket_timeout": SECONDS_TO_WAIT,
        "max_retries": 0,
        "interval_start": 0,
        "connect_retries_timeout": SECONDS_TO_WAIT,
    }
    return current_app.connection_for_write(transport_options=options)

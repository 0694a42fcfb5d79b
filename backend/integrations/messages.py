"""The bodies of messages to webhooks, as Standard Webhooks advise: a type, an instant and thin data. Pure."""

import json
from datetime import datetime
from typing import Any

from backend.integrations.selectors.events import Event

TEST = "webhook.test"


def webhook_body(event: Event) -> bytes:
    """Return the body that tells of an event; its data are the event as the feed has it."""
    data = {
        "id": str(event.id),
        "type": event.type.value,
        "kind": event.kind,
        "at": event.at.isoformat(),
        "subject": {"kind": "ticket", "id": str(event.ticket_id)},
        "reference": event.reference,
    }
    return _body(event.type.value, event.at, data)


def test_body(*, now: datetime) -> bytes:
    """Return the body of a message that only tries whether messages arrive."""
    return _body(TEST, now, {})


def _body(what: str, at: datetime, data: dict[str, Any]) -> bytes:
    return json.dumps({"type": what, "timestamp": at.isoformat(), "data": data}).encode()

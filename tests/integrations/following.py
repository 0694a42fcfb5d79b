"""Programs that follow events, and what they make of them."""

from typing import Any

from backend.integrations.tasks import feed
from tests.world import Client


def read_on(reader: Client, cursor: str | None = None, **query: str) -> tuple[list[dict[str, Any]], str]:
    """Return what a reader is told after a cursor up to the end, once the worker has run, and the cursor there."""
    feed()
    found: list[dict[str, Any]] = []
    while True:
        answer = reader.get("events", **query, **({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.data
        found += answer.data["items"]
        cursor = answer.data["cursor"]
        if not answer.data["is_more"]:
            return found, cursor


def told(items: list[dict[str, Any]]) -> list[tuple[str, str | None, str]]:
    """Return of each event its type, its kind and the ticket it is about."""
    return [(item["type"], item["kind"], item["subject"]["id"]) for item in items]


class Mirror:
    """A copy of the tickets that a program may read: made from the list, kept by events, asked for one by one."""

    def __init__(self, reader: Client) -> None:
        self.reader = reader
        _none, self.cursor = read_on(reader)
        self.tickets = listed(reader)

    def follow(self) -> None:
        """Take in what happened since the last time."""
        items, self.cursor = read_on(self.reader, self.cursor, page_size="3")
        for item in items:
            self.take(item)

    def take(self, event: dict[str, Any]) -> None:
        """Drop what an event says is gone; else ask for it as it is now."""
        ticket_id = event["subject"]["id"]
        self.tickets.pop(ticket_id, None)
        if event["type"] != "ticket.gone":
            answer = self.reader.get(f"tickets/{ticket_id}")
            if answer.status_code == 200:
                self.tickets[ticket_id] = answer.data["version"], answer.data["state"]


def listed(reader: Client) -> dict[str, tuple[int, str]]:
    """Return the tickets on a reader's list, each with its version and state."""
    rows = reader.get("tickets", page_size="100").data["items"]
    return {row["id"]: (row["version"], row["state"]) for row in rows}

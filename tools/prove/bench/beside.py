"""The costs beside a report's way: an office's list and a ticket among many, and the firing of what is due."""

from tools.prove.bench.figures import Figure
from tools.prove.bench.parts import Talking

REPEATS = 40
DUE = 100


def measure(*, hands: Talking, engine: Talking, reader: str) -> list[Figure]:
    """Return the medians of reading and the statements of firing a hundred timers; nothing else runs meanwhile."""
    hands.ask(do="read", username=reader, path="/api/v1/tickets", repeats=REPEATS)
    ticket = hands.ask(do="ticket_of", username=reader)
    milliseconds = {
        name: hands.ask(do="read", username=reader, path=path, repeats=REPEATS)
        for name, path in (("list", "/api/v1/tickets"), ("ticket", f"/api/v1/tickets/{ticket}"))
    }
    engine.ask(do="lay", count=DUE, due_in=-60)
    fired = engine.ask(do="statements_of_drain")
    if fired["fired"] < DUE:
        raise RuntimeError(f"{fired['fired']} of {DUE} timers fired")
    return [
        Figure("an office's list among many: p50", milliseconds["list"], "ms", 15, "at most"),
        Figure("a ticket among many: p50", milliseconds["ticket"], "ms", 10, "at most"),
        Figure(f"firing {DUE} due: statements", fired["statements"], "", 40, "at most"),
    ]

"""Types of the ledger events that no action of a person makes. Pure."""

from backend.workflow.event_types import EventType, Sensitivity

PLAIN, PERSON = Sensitivity.PLAIN, Sensitivity.PERSON

OPENED = EventType("opened", {"category": PLAIN, "severity": PLAIN, "class": PLAIN})
"""A report opened the ticket, classed so."""

AMENDED = EventType("amend", {"note": Sensitivity.FREE_TEXT})
"""The reporter added to the report."""

ESCALATED = EventType(
    "escalated",
    {
        **dict.fromkeys(("clock", "rung", "epoch", "repeat", "due_at", "level", "asked_rung", "roles"), PLAIN),
        **dict.fromkeys(("reached", "paged", "passed_over"), PERSON),
    },
)
"""A rung of one of its clocks fired."""

CLOCKS_MOVED = EventType("clocks-moved", {"calendar": PLAIN, "moved": PLAIN})
"""The school's calendar changed, and deadlines moved with it."""

SYSTEM_EVENTS = (OPENED, AMENDED, ESCALATED, CLOCKS_MOVED)

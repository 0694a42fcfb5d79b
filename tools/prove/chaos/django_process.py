"""A process with Django set up beside the system: it reads orders, one JSON object a line, and answers each.

`python -m tools.prove.chaos.django_process`: audits, passes of the engine and the relay, and rows in bulk.
"""

import io
import json
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.conf import settings  # noqa: E402 - after setup
from django.core.management import CommandError, call_command  # noqa: E402 - after setup
from django.db import close_old_connections, connection, transaction  # noqa: E402

from backend.common.clock import database_now  # noqa: E402
from backend.common.ids import reference_new  # noqa: E402
from backend.common.publishing import BROKER_CIRCUIT, wake  # noqa: E402
from backend.common.relay import Relay  # noqa: E402
from backend.common.sql.statements import write  # noqa: E402
from backend.deadlines.services import TimerDraft, fire_due, timers_arm  # noqa: E402
from backend.rulebook.ruleset import Severity  # noqa: E402
from backend.rulebook.selectors import ruleset_get  # noqa: E402
from backend.workflow.clocks import clocks_running  # noqa: E402
from backend.workflow.ledger import EventType, Sensitivity, event_chain, events_writes  # noqa: E402
from backend.workflow.models import Ticket  # noqa: E402
from backend.workflow.states import State  # noqa: E402
from tools.prove.chaos.django_rounds import rounds_lay_out  # noqa: E402

BULK = EventType("opened", {"bulk": Sensitivity.PLAIN})
CHUNK = 2000
FAR = timedelta(days=365)
PAGES_ONE_IN = 20


class Hands:
    """The orders that the driver gives to the system's own code."""

    def audit(self, command: str) -> dict[str, Any]:
        """Run an auditor; return its output and whether it found nothing."""
        out = io.StringIO()
        try:
            call_command(command, stdout=out)
        except CommandError as error:
            return {"returncode": 1, "stdout": out.getvalue(), "stderr": str(error)}
        return {"returncode": 0, "stdout": out.getvalue(), "stderr": ""}

    def again(self) -> int:
        """Wake every consumer once more, sweep once and relay once; return how many consumers there are."""
        BROKER_CIRCUIT.reset()
        tasks = {*settings.OUTBOX_TASKS.values(), *settings.QUEUES_BESIDE_THE_OUTBOX}
        for task in tasks:
            wake(task)
        fire_due(now=database_now())
        Relay().wake_due(now=database_now())
        return len(tasks)

    def storm(self, ticket: str, wanted: int, seconds: float) -> str:
        """Store tickets like one that has climbed, each with ledger and clocks; return the second in which all are due.

        One clock of each is due then, the others in a year. One in twenty has not climbed and pages people; with the
        others firing is recorded and pages nobody a second time.
        """
        sample = Ticket.objects.get(id=ticket)
        due_at = (database_now() + timedelta(seconds=seconds)).replace(microsecond=0)
        for first in range(0, wanted, CHUNK):
            with transaction.atomic():
                _store_like(sample, range(first, min(first + CHUNK, wanted)), due_at)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE deadlines_timer")
        return due_at.isoformat()

    def rounds(self, school: str, turn: int, seconds: Sequence[float]) -> list[dict[str, Any]]:
        """Lay out daily reports of a school's offices that are due after so many seconds each; return them."""
        with transaction.atomic():
            return rounds_lay_out(school_code=school, turn=turn, seconds=seconds, now=database_now())

    def rehearse(self, kind: str, wanted: int, seconds: float) -> str:
        """Arm timers of a kind of subject that this version of the code does not know, of one rung, without repeats."""
        now = database_now()
        due_at = now + timedelta(seconds=seconds)
        drafts = [
            TimerDraft(subject_kind=kind, subject_id=uuid4(), clock="rehearsal", ladder=(due_at,), repeat_every=None)
            for _ in range(wanted)
        ]
        timers_arm(drafts=drafts, now=now)
        return due_at.isoformat()


def _references(wanted: int) -> set[str]:
    """Return references that no ticket has: of 20,000 at random two are alike about once in 170 times."""
    found: set[str] = set()
    while len(found) < wanted:
        drawn = {reference_new() for _ in range(wanted - len(found))}
        found |= drawn.difference(Ticket.objects.filter(reference__in=drawn).values_list("reference", flat=True))
    return found


def _store_like(sample: Ticket, numbers: Sequence[int], due_at: datetime) -> None:
    now = database_now()
    rules = ruleset_get(sample.rulebook_id).clocks_of(category=sample.category, severity=Severity(sample.severity))
    clocks = sorted(clocks_running(state=State.RECEIVED, is_contained=False, known=rules.keys()))
    fields = {field.attname: getattr(sample, field.attname) for field in Ticket._meta.concrete_fields}  # noqa: SLF001 - Django's documented way
    tickets = [Ticket(**{**fields, "id": uuid4(), "reference": one}) for one in _references(len(numbers))]
    recorded = []
    for number, ticket in zip(numbers, tickets, strict=True):
        ticket.state, ticket.event_count, ticket.event_hash = State.RECEIVED, 0, b""
        ticket.filed_at = ticket.updated_at = now
        if number % PAGES_ONE_IN == 0:
            ticket.level, ticket.paged = 0, []
        ticket.next_due_at = due_at
        recorded.append(event_chain(ticket=ticket, event=BULK, at=now, actor_id=None, body={"bulk": number}))
    Ticket.objects.bulk_create(tickets)
    write(*events_writes(recorded))
    drafts = [
        TimerDraft(
            subject_kind="ticket",
            subject_id=ticket.id,
            clock=clock,
            ladder=(due_at if clock == "acknowledge" else due_at + FAR, due_at + FAR),
            repeat_every=FAR,
        )
        for ticket in tickets
        for clock in clocks
    ]
    timers_arm(drafts=drafts, now=now)


def main() -> None:
    """Answer each order with one line."""
    hands = Hands()
    for line in sys.stdin:
        order = json.loads(line)
        close_old_connections()
        result = getattr(hands, order.pop("do"))(**order)
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()

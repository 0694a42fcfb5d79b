"""All that waits for one person, of tickets and of what is beside them, what is due first at the top."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from backend.common.sql.alternatives import first_page
from backend.deadlines.models import Timer
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.todos.models import TICKET
from backend.todos.selectors.beside import owed_beside_tickets
from backend.todos.words import about_ticket
from backend.workflow.asked import parts_read
from backend.workflow.clocks import timers_of_tickets
from backend.workflow.facts import Situation
from backend.workflow.models import Ticket
from backend.workflow.owed import owed_of, tickets_owed_by
from backend.workflow.owing import Owed, Sought
from backend.workflow.policy import relations_of
from backend.workflow.selectors import tickets_with_names

MOST_WAITING = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for somebody: what to do, about what, by when, and the address of its page."""

    kind: str
    id: UUID
    school: School
    action: str
    about: Callable[[], str]
    path: str
    due_at: datetime | None
    is_exercise: bool


@dataclass(frozen=True, slots=True)
class Everything:
    """All that waits for somebody, the first hundred of it; `is_more`: there is more."""

    rows: Sequence[Waiting]
    is_more: bool


def waiting_for(*, actor: Actor, now: datetime) -> Everything:
    """Return what the actor owes, each thing once; the number of statements does not depend on how much that is."""
    tickets = tickets_with_names(actor=actor, tickets=tickets_owed_by(actor=actor)).order_by("next_due_at", "id")
    rows = [*_of_tickets(list(first_page(tickets, MOST_WAITING + 1)), actor, now), *_beside(actor, now)]
    rows.sort(key=lambda row: (row.due_at is None, row.due_at or now, row.kind, row.id))
    return Everything(rows[:MOST_WAITING], len(rows) > MOST_WAITING)


def _of_tickets(tickets: Sequence[Ticket], actor: Actor, now: datetime) -> Iterator[Waiting]:
    parts_read(tickets)
    timers: dict[UUID, list[Timer]] = defaultdict(list)
    for timer in timers_of_tickets(ticket_ids=[ticket.id for ticket in tickets]) if tickets else ():
        timers[timer.subject_id].append(timer)
    for ticket in tickets:
        situation = Situation(ticket=ticket, now=now, timers=timers[ticket.id])
        relations = relations_of(actor=actor, ticket=ticket)
        for owed in owed_of(situation=situation, actor=actor, relations=relations)[:1]:
            yield Waiting(
                kind=TICKET,
                id=ticket.id,
                school=ticket.school,
                action=owed.action,
                about=partial(about_ticket, ticket),
                path=f"/tickets/{ticket.id}",
                due_at=owed.due_at,
                is_exercise=ticket.is_exercise,
            )


def _beside(actor: Actor, now: datetime) -> Iterator[Waiting]:
    for owed in owed_beside_tickets(actors=[actor], sought=Sought(waiting=True), now=now):
        if actor.person_id in owed.owed_by and is_told_to(owed=owed, actor=actor):
            yield Waiting(
                owed.kind, owed.id, owed.school, owed.action, owed.about, owed.path, owed.due_at, owed.is_exercise
            )


def is_told_to(*, owed: Owed, actor: Actor) -> bool:
    """Say whether something is told to whoever acts: another program hears of nothing that was ever confidential."""
    return actor.through is None or owed.is_public

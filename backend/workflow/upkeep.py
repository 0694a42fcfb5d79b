"""Reads over all tickets for recomputing and auditing them: scoped to nobody, shown to operators only."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet

from backend.deadlines.models import Timer
from backend.rulebook.ruleset import Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.clocks import clocks_running
from backend.workflow.models import Ticket
from backend.workflow.states import CLOCKS_ARMED, State

AUDIT_BATCH = 1000
WITH_CLOCKS = [state for state, clocks in CLOCKS_ARMED.items() if clocks]
SUBJECT_KIND = "ticket"
FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class WrongClocks:
    """A ticket whose open timers are not those that its standing implies."""

    reference: str
    state: str
    missing: tuple[str, ...]
    surplus: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}: missing {list(self.missing)}, surplus {list(self.surplus)}"


def tickets_with_clocks(*, school_id: UUID, after: UUID, limit: int, lock: bool) -> list[Ticket]:
    """Return the next tickets of a school in a state with clocks, by id, with its calendar; locked if asked."""
    tickets = Ticket.objects.select_related("school__calendar").filter(
        school=school_id, state__in=WITH_CLOCKS, id__gt=after
    )
    if lock:
        tickets = tickets.select_for_update(of=("self",), no_key=True)
    return list(tickets.order_by("id")[:limit])


def schools_with_stale_clocks() -> QuerySet[Ticket, UUID]:
    """Return the ids of the schools some of whose running clocks rest on an older version of the calendar."""
    stale = Timer.objects.filter(
        subject_kind=SUBJECT_KIND,
        subject_id=OuterRef("id"),
        armed=True,
        calendar_version__lt=OuterRef("school__calendar__version"),
    )
    rows = Ticket.objects.filter(Exists(stale), state__in=WITH_CLOCKS)
    return rows.order_by("school").values_list("school_id", flat=True).distinct()


def tickets_with_wrong_clocks() -> Iterator[WrongClocks]:
    """Walk all tickets in batches and yield those whose open timers differ from what state and rules imply."""
    after = FIRST
    open_timers = Timer.objects.filter(subject_kind=SUBJECT_KIND, subject_id=OuterRef("id"), stopped_at=None)
    clocks = ArraySubquery(open_timers.order_by("clock").values("clock"))
    while batch := list(Ticket.objects.filter(id__gt=after).annotate(running=clocks).order_by("id")[:AUDIT_BATCH]):
        yield from filter(None, map(_wrong_clocks, batch))
        after = batch[-1].id


def _wrong_clocks(ticket: Ticket) -> WrongClocks | None:
    rules = ruleset_get(ticket.rulebook_id).clocks_of(category=ticket.category, severity=Severity(ticket.severity))
    wanted = clocks_running(state=State(ticket.state), is_contained=ticket.contained_at is not None, known=rules.keys())
    running: list[str] = ticket.running  # type: ignore[attr-defined]
    missing = tuple(sorted(wanted - set(running)))
    surplus = tuple(sorted(set(running) - wanted))
    return WrongClocks(ticket.reference, ticket.state, missing, surplus) if missing or surplus else None

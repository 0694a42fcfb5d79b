"""The figures once more, by hand: in plain Python from tickets and their ledgers, knowing nothing of the statements."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from backend.workflow.models import Ticket, TicketEvent

MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Fact:
    """One ticket as somebody would note it on a list."""

    ticket: Ticket
    local: datetime
    acknowledged: timedelta | None
    resolved: timedelta | None
    missed: bool
    reopened: bool

    @property
    def week(self) -> date:
        """The Monday of its week at its school."""
        return self.local.date() - timedelta(days=self.local.weekday())


def facts(counts: Callable[[Ticket], bool]) -> list[Fact]:
    """Return a note of each ticket that counts, the oldest first; exercises and what was merged never do."""
    tickets = Ticket.objects.filter(is_exercise=False).select_related("school").order_by("filed_at", "id")
    return [_fact(ticket) for ticket in tickets if ticket.state != "merged" and counts(ticket)]


def _fact(ticket: Ticket) -> Fact:
    events = list(TicketEvent.objects.filter(ticket=ticket).order_by("sequence"))
    first = next((event.at for event in events if event.kind == "acknowledge"), None)
    return Fact(
        ticket=ticket,
        local=ticket.filed_at.astimezone(ZoneInfo(ticket.school.time_zone)),
        acknowledged=first - ticket.filed_at if first else None,
        resolved=ticket.resolved_at - ticket.filed_at if ticket.resolved_at else None,
        missed=any(event.kind == "escalated" for event in events),
        reopened=any(event.kind == "reopen" for event in events),
    )


def percentile(values: list[timedelta], part: float) -> timedelta | None:
    """Return the value below which a part lies, between two where it falls between them."""
    if not values:
        return None
    ordered = sorted(values)
    place = part * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    exact = ordered[low] + (ordered[high] - ordered[low]) * (place - low)
    return timedelta(milliseconds=round(exact / timedelta(milliseconds=1)))


def tally(all_of_them: list[Fact], chosen: list[Fact]) -> dict[str, object]:
    """Return everything a board says of some tickets; what came before tells which of them are repeats."""
    kinds = Counter(fact.ticket.kind for fact in chosen)
    states = Counter(fact.ticket.state for fact in chosen)
    acknowledged = [fact.acknowledged for fact in chosen if fact.acknowledged is not None]
    resolved = [fact.resolved for fact in chosen if fact.resolved is not None]
    return {
        "filed": len(chosen),
        "incidents": kinds["incident"],
        "hazards": kinds["hazard"],
        "near_misses": kinds["near_miss"],
        "acknowledge": (len(acknowledged), percentile(acknowledged, 0.5), percentile(acknowledged, 0.9)),
        "resolve": (len(resolved), percentile(resolved, 0.5), percentile(resolved, 0.9)),
        "overdue": sum(fact.missed for fact in chosen),
        "escalated": sum(fact.ticket.level >= 1 for fact in chosen),
        "reopened": sum(fact.reopened for fact in chosen),
        "repeats": sum(_is_repeat(all_of_them, fact) for fact in chosen),
        "open": len(chosen) - states["closed"] - states["declined"],
        "waiting": states["waiting"],
        "declined": states["declined"],
    }


def _is_repeat(all_of_them: list[Fact], fact: Fact) -> bool:
    one = fact.ticket
    return one.place_id is not None and any(
        (other.ticket.place_id, other.ticket.category, other.ticket.school_id)
        == (one.place_id, one.category, one.school_id)
        and (other.ticket.filed_at, other.ticket.id) < (one.filed_at, one.id)
        and one.filed_at - other.ticket.filed_at <= MONTH
        for other in all_of_them
    )

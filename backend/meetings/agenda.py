"""The agenda of a meeting as the school stands: which tickets, and for which reasons; read set by set."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from backend.meetings.models import Meeting, MeetingItem, Reason
from backend.rulebook.ruleset import ClockName, Severity
from backend.workflow.models import NEVER_DUE, Ticket, TicketPart, TicketRecurrence

MOST_ITEMS = 200
"""So many tickets an agenda takes by itself; those with the first reasons, of these the most urgent."""
MOST_ON_AGENDA = MOST_ITEMS + 50
"""So many it takes with those that are put on it by hand."""
BY_KIND = {ClockName.DECISION: Reason.DECISION, ClockName.REVIEW: Reason.REVIEW}
ORDER = list(Reason)
Found = Iterator[tuple[UUID, Reason]]


def agenda_of(*, meeting: Meeting, now: datetime) -> Mapping[UUID, list[Reason]]:
    """Return the tickets of the school that the agenda names, with their reasons in order; drills are none.

    Whoever reads it sees those of them that they may know of.
    """
    reasons: defaultdict[UUID, set[Reason]] = defaultdict(set)
    for ticket_id, reason in (*_standing(meeting, now), *_carried(meeting)):
        reasons[ticket_id].add(reason)
    tickets = Ticket.objects.filter(id__in=reasons, is_exercise=False)
    urgency = dict(tickets.values_list("id", "severity"))
    ordered = {ticket_id: sorted(reasons[ticket_id], key=ORDER.index) for ticket_id in urgency}
    chosen = sorted(urgency, key=lambda one: (ORDER.index(ordered[one][0]), urgency[one], str(one)))
    return {ticket_id: ordered[ticket_id] for ticket_id in chosen[:MOST_ITEMS]}


def _standing(meeting: Meeting, now: datetime) -> Found:
    open_here = Ticket.objects.filter(school=meeting.school_id, next_due_at__lt=NEVER_DUE, is_exercise=False)
    yield from _all(open_here.filter(next_due_at__lt=now), Reason.OVERDUE)
    if meeting.kind == Meeting.Kind.BEFORE_DATE:
        yield from _all(open_here.filter(severity__in=(Severity.P1, Severity.P2)), Reason.URGENT)
        return
    yield from _asked(meeting, now)
    came_back = TicketRecurrence.objects.filter(ticket__in=open_here)
    yield from ((ticket_id, Reason.RECURRED) for ticket_id in came_back.values_list("ticket", flat=True))


def _all(tickets: QuerySet[Ticket], reason: Reason) -> Found:
    first = tickets.order_by("severity", "next_due_at", "id").values_list("id", flat=True)
    yield from ((ticket_id, reason) for ticket_id in first[:MOST_ITEMS])


def _asked(meeting: Meeting, now: datetime) -> Found:
    """Yield what waits for a decision or for its cause, was promised and missed or changed, or recommended in vain."""
    late = Q(kind=ClockName.IMPROVEMENT, due_at__lt=now)
    kinds = Q(kind__in=(*BY_KIND, ClockName.PROMISE)) | late
    parts = TicketPart.objects.filter(kinds, ended_at=None, ticket__school=meeting.school_id)
    named = parts.annotate(named=Count("dates")).values_list("ticket", "kind", "due_at", "named")
    for ticket_id, kind, due_at, times in named:
        if kind in BY_KIND:
            yield ticket_id, BY_KIND[ClockName(kind)]
        elif kind == ClockName.IMPROVEMENT:
            yield ticket_id, Reason.OVERDUE
        elif due_at < now or times > 1:
            yield ticket_id, Reason.PROMISE


def _carried(meeting: Meeting) -> Found:
    """Yield what the last joint meeting and the last review before a date left open, where this is a joint meeting.

    That is what they did not come to, and what is not done yet. Of what they did not come to only what is still open:
    closed meanwhile, it needs no meeting.
    """
    if meeting.kind != Meeting.Kind.JOINT:
        return
    ended = Meeting.objects.filter(school=meeting.school_id, ended_at__isnull=False).exclude(id=meeting.id)
    last = ended.order_by("kind", "-ended_at").distinct("kind")
    items = MeetingItem.objects.filter(meeting__in=last, off_by=None)
    not_reached = Q(outcome="", ticket__next_due_at__lt=NEVER_DUE) & ~Q(reasons=[])
    undone = Q(part__ended_at=None, part__isnull=False)
    yield from ((row, Reason.CARRIED) for row in items.filter(not_reached | undone).values_list("ticket", flat=True))


def ordered(items: QuerySet[MeetingItem]) -> list[MeetingItem]:
    """Return items as they are read: by their first reason, then the most urgent, then what is due first."""

    def place(item: MeetingItem) -> tuple[int, str, datetime, str]:
        first = min((ORDER.index(Reason(reason)) for reason in item.reasons), default=len(ORDER))
        return first, item.ticket.severity, item.ticket.next_due_at, str(item.id)

    return sorted(items, key=place)

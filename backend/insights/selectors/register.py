"""The register: tickets as lines of a file, by what their reader may know of; no person stands in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backend.common.named import localised
from backend.insights.models import CountedTicket
from backend.insights.selectors.extents import Reach
from backend.insights.shapes import Narrowing, Period
from backend.insights.sheets import Value
from backend.insights.statements import ZONES_APART
from backend.organisation.actors import Actor
from backend.rulebook.ruleset import Confidentiality
from backend.rulebook.selectors import ruleset_get
from backend.workflow.counted import Extent
from backend.workflow.models import Ticket
from backend.workflow.sight import tickets_known
from backend.workflow.states import State

CHUNK = 500
MOST_TICKETS = 20_000
"""The most tickets in one file."""


@dataclass(frozen=True, slots=True)
class Line:
    """One ticket as a line of the register."""

    ticket_id: UUID
    values: Sequence[Value]


def register_columns() -> list[str]:
    """Return the headings of the register."""
    return [
        *(_("Reference"), _("School"), _("Filed at"), _("Happened at"), _("Category"), _("Kind")),
        *(_("Severity"), pgettext("of confidentiality", "Class"), _("Place"), pgettext("of a school", "Office")),
        *(_("State"), _("What was reported"), _("Acknowledged at"), _("Solved at"), _("Closed at")),
        *(_("Missed a deadline"), _("Step of the ladder"), _("Times reopened")),
    ]


def register_tickets(*, actor: Actor, reach: Reach, period: Period, narrowing: Narrowing) -> QuerySet[Ticket]:
    """Return the tickets of a register, the oldest first, and those of a day before and after it.

    Neither exercises nor what was merged are among them: the other ticket stands there.
    """
    first, after = (datetime.combine(day, time(), UTC) for day in (period.first, period.after))
    tickets = (
        tickets_known(actor=actor, as_reporter=False)
        .filter(filed_at__gte=first - ZONES_APART, filed_at__lt=after + ZONES_APART, is_exercise=False)
        .exclude(state=State.MERGED)
    )
    if reach.countable.extent is Extent.OFFICES:
        tickets = tickets.filter(owner__in=reach.countable.ids)
    if narrowing.school:
        tickets = tickets.filter(school=narrowing.school)
    if narrowing.office:
        tickets = tickets.filter(owner=narrowing.office)
    if narrowing.group:
        of_group = [code for code, group in reach.groups.items() if group == narrowing.group]
        tickets = tickets.filter(category__in=of_group)
    return tickets.select_related("school", "owner", "place").order_by("filed_at", "id")


def register_lines(*, tickets: QuerySet[Ticket], period: Period) -> Iterator[list[Line]]:
    """Yield the lines of the register in chunks, each read from the database when it is wanted."""
    rows = tickets.iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        counted = CountedTicket.objects.in_bulk([ticket.id for ticket in chunk])
        yield [
            Line(ticket.id, _values(ticket, counted.get(ticket.id)))
            for ticket in chunk
            if period.first <= _local(ticket, ticket.filed_at).date() <= period.last
        ]


def _values(ticket: Ticket, counted: CountedTicket | None) -> list[Value]:
    def at(instant: datetime | None) -> Value:
        return _local(ticket, instant).replace(tzinfo=None, microsecond=0) if instant else None

    category = ruleset_get(ticket.rulebook_id).categories[ticket.category]
    # Of confidential tickets the words stay in the ticket, where opening them is on record.
    words = ticket.description if ticket.confidentiality == Confidentiality.K0 == ticket.seal else ""
    return [
        *(ticket.reference, ticket.school.name, at(ticket.filed_at), at(ticket.occurred_at)),
        *(localised(category, "name"), ticket.get_kind_display(), ticket.get_severity_display()),
        *(ticket.confidentiality, ticket.place.name if ticket.place else "", ticket.owner.name),
        *(ticket.get_state_display(), words, at(counted.acknowledged_at if counted else None)),
        *(at(ticket.resolved_at), at(ticket.closed_at)),
        *(_("yes") if counted and counted.missed_at else _("no"), ticket.level, counted.reopenings if counted else 0),
    ]


def _local(ticket: Ticket, instant: datetime) -> datetime:
    return instant.astimezone(ZoneInfo(ticket.school.time_zone))

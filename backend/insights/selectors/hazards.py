"""The hazard register as lines of a file, by what their reader may know of."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from itertools import islice
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backend.common.named import localised
from backend.insights.selectors.extents import Reach
from backend.insights.selectors.register import CHUNK, Line
from backend.insights.shapes import Narrowing, Period
from backend.insights.sheets import Value
from backend.insights.statements import ZONES_APART
from backend.organisation.actors import Actor
from backend.rounds.selectors.hazards import Hazard, hazards_known, hazards_of
from backend.rulebook.selectors import ruleset_get
from backend.workflow.models import Ticket


def hazard_columns() -> list[str]:
    """Return the headings of the hazard register."""
    return [
        *(_("Reference"), _("School"), _("Filed at"), _("Category"), _("Place"), _("Severity"), _("Found by")),
        *(_("What was reported"), pgettext("of a school", "Office"), _("Measure"), _("Sort of measure")),
        *(_("To be put right by"), _("State"), _("Put right at"), _("Photos and documents")),
        *(_("Signed off by"), _("Signed off at")),
    ]


def hazard_tickets(*, actor: Actor, reach: Reach, period: Period, narrowing: Narrowing) -> QuerySet[Ticket]:
    """Return the hazards of a file, the oldest first, and those of a day before and after its period."""
    first, after = (datetime.combine(day, time(), UTC) for day in (period.first, period.after))
    tickets = hazards_known(actor=actor).filter(filed_at__gte=first - ZONES_APART, filed_at__lt=after + ZONES_APART)
    chosen = {"school": narrowing.school, "owner": narrowing.office}
    tickets = tickets.filter(**{name: value for name, value in chosen.items() if value})
    if narrowing.group:
        tickets = tickets.filter(category__in=[c for c, group in reach.groups.items() if group == narrowing.group])
    return tickets.order_by("filed_at", "id")


def hazard_lines(*, actor: Actor, tickets: QuerySet[Ticket], period: Period, now: datetime) -> Iterator[list[Line]]:
    """Yield the lines in chunks, each read from the database when it is wanted."""
    rows = tickets.iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        inside = [one for one in chunk if period.first <= _local(one, one.filed_at).date() <= period.last]
        yield [Line(one.ticket.id, _values(one)) for one in hazards_of(actor=actor, tickets=inside, now=now)]


def _values(hazard: Hazard) -> list[Value]:
    def at(instant: datetime | None) -> Value:
        return _local(ticket, instant).replace(tzinfo=None, microsecond=0) if instant else None

    ticket, row = hazard.ticket, hazard.round
    category = ruleset_get(ticket.rulebook_id).categories[ticket.category]
    plan = ruleset_get(row.rulebook_id).round_plans[row.plan].name if row else ""
    outside = str(hazard.outside.visit.get_authority_display()) if hazard.outside else ""
    return [
        *(ticket.reference, ticket.school.name, at(ticket.filed_at), localised(category, "name")),
        *(ticket.place.name if ticket.place else "", ticket.get_severity_display()),
        *(
            outside or plan or str(hazard.found_by.label),
            ticket.description,
            ticket.owner.name,
            hazard.measure,
            hazard.control,
        ),
        *(at(hazard.due_at), str(hazard.state.label), at(ticket.resolved_at), hazard.files),
        *(hazard.signed_by, at(hazard.signed_at)),
    ]


def _local(ticket: Ticket, instant: datetime) -> datetime:
    return instant.astimezone(ZoneInfo(ticket.school.time_zone))

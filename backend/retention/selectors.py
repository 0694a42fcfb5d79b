"""Reads of what is past its period, and of the account of what was forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Sum, When
from django.db.models.functions import TruncDate

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.models import Person, School
from backend.organisation.permissions import Permission
from backend.organisation.selectors import time_zone_of
from backend.retention.models import Forgotten, ForgottenTicket, What
from backend.retention.row_rules import ROW_RULES
from backend.rulebook.keeping import BOUNDS, USUAL_KEEPING, Keeping
from backend.rulebook.models import SchoolRulebook
from backend.rulebook.ruleset import Confidentiality
from backend.rulebook.selectors import active_version_id, ruleset_get
from backend.workflow.holding import NEVER_YOUNGER, WORDLESS, tickets_held
from backend.workflow.models import PersonHold, Ticket, TicketEvent, TicketEventPayload, TicketMerge
from backend.workflow.states import OVER, State

DAYS_SHOWN = 60
ENDED = Case(
    When(state=State.CLOSED, then=F("closed_at")),
    When(state=State.DECLINED, then=F("declined_at")),
    default=F("updated_at"),
    output_field=DateTimeField(),
)
GOES_ON = TicketMerge.objects.filter(ended_at=None).exclude(into__state__in=OVER)
"""Merges into a ticket that is not over."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A school with the periods of its rules."""

    school_id: UUID
    keeping: Keeping


def schools_kept() -> Iterator[Kept]:
    """Yield every school with its periods; one without rules keeps as long as usual."""
    versions = dict(SchoolRulebook.objects.values_list("school", "version"))
    for school_id in School.objects.order_by("id").values_list("id", flat=True):
        version_id = versions.get(school_id)
        yield Kept(school_id, ruleset_get(version_id).keeping if version_id else USUAL_KEEPING)


def keeping_of(*, actor: Actor) -> Keeping:
    """Return the periods of the actor's school."""
    version_id = active_version_id(school_id=actor.school_id) if actor.school_id else None
    return ruleset_get(version_id).keeping if version_id else USUAL_KEEPING


def tickets_past(*, kept: Kept, now: datetime) -> QuerySet[Ticket]:
    """Return the tickets of a school that are past their period, not held as evidence, and still say something.

    Words that somebody wrote on one that was forgotten make it one of them again.
    """
    fewest = {what: timedelta(days=BOUNDS[what][0]) for what in ("tickets", "sealed_tickets")}
    is_sealed = Q(seal=Confidentiality.K2)
    sealed = Q(
        is_sealed, ~_acted_since(now - fewest["sealed_tickets"]), ended__lt=now - kept.keeping.of("sealed_tickets")
    )
    others = Q(~is_sealed, ~_acted_since(now - fewest["tickets"]), ended__lt=now - kept.keeping.of("tickets"))
    since = ForgottenTicket.objects.filter(ticket=OuterRef("event__ticket"), at__lt=OuterRef("event__at"))
    said_since = TicketEventPayload.objects.filter(Exists(since), event__ticket=OuterRef("pk"))
    forgotten = ForgottenTicket.objects.filter(ticket=OuterRef("pk"))
    says_something = ~Exists(forgotten) | Exists(said_since.exclude(event__kind__in=WORDLESS))
    found: QuerySet[Ticket] = _over(kept).filter(sealed | others, says_something)
    return found


def callers_past(*, kept: Kept, now: datetime) -> QuerySet[Ticket]:
    """Return the tickets of a school that still say on whose behalf somebody reported, past the time for that."""
    called = Q(reports__caller_name__gt="") | Q(reports__caller_contact__gt="")
    acted = _acted_since(now - timedelta(days=BOUNDS["callers"][0]))
    found: QuerySet[Ticket] = _over(kept).filter(called, ~acted, ended__lt=now - kept.keeping.of("callers")).distinct()
    return found


def rows_past(*, name: str, kept: Kept, now: datetime) -> int:
    """Return how many rows of a table, under its rule, are past the period of a school."""
    rule = ROW_RULES[name]
    with connection.cursor() as cursor:
        cursor.execute(rule.counts(name), {"school": kept.school_id, "before": now - kept.keeping.of(rule.period)})
        return int((cursor.fetchone() or (0,))[0])


def holds_known(*, actor: Actor) -> QuerySet[PersonHold]:
    """Return the holds on people's matters at the actor's school, with their ends; nobody knows of one on their own."""
    actor.require(Permission.EVIDENCE_HOLD)
    holds = PersonHold.objects.filter(school=actor.school_id, ends=None).exclude(person=actor.person_id)
    return holds.select_related("person", "by", "ending__by")


def hold_get(*, actor: Actor, hold_id: int) -> PersonHold:
    """Return one of them; raise NotFound where there is none that the actor may know of."""
    hold = holds_known(actor=actor).filter(id=hold_id).first()
    if hold is None:
        raise NotFound
    return hold


def people_holdable(*, actor: Actor) -> QuerySet[Person]:
    """Return the people whose matters the actor can have kept: all of the school, also who left, but themselves."""
    return Person.objects.filter(school=actor.school_id).exclude(id=actor.person_id).order_by("name", "staff_number")


def _acted_since(since: datetime) -> Exists:
    """Return the condition that something happened on a ticket so lately that the database would not forget it yet."""
    events = TicketEvent.objects.filter(ticket=OuterRef("pk"), at__gt=since).exclude(kind__in=NEVER_YOUNGER)
    return Exists(events)


def _over(kept: Kept) -> Any:
    """Return the tickets of a school that are over and not held, with when they ended, which the types do not know."""
    merges = TicketMerge.objects.filter(ended_at=None)
    return Ticket.objects.filter(
        ~Exists(tickets_held().filter(id=OuterRef("pk"))),
        ~Exists(merges.filter(ticket=OuterRef("pk"), into__in=tickets_held())),
        ~Exists(merges.filter(into=OuterRef("pk"), ticket__in=tickets_held())),
        ~Exists(GOES_ON.filter(ticket=OuterRef("pk"))),
        school=kept.school_id,
        state__in=OVER,
    ).alias(ended=ENDED)


def account_of(*, actor: Actor) -> list[dict[str, Any]]:
    """Return how many of each kind were forgotten at the actor's school, by its days, the last day first.

    How often confidential tickets were opened is told to whoever may read who opened them.
    """
    lines = Forgotten.objects.filter(Q(school=actor.school_id) | Q(school=None))
    if not actor.may(Permission.ACCESS_LOG_READ):
        lines = lines.exclude(what=What.OPENINGS)
    day = TruncDate("at", tzinfo=ZoneInfo(time_zone_of(actor=actor) or settings.TIME_ZONE))
    by_day = lines.annotate(day=day).values("day", "what").annotate(total=Sum("count")).order_by("-day", "what")
    return [dict(line) for line in by_day[:DAYS_SHOWN]]

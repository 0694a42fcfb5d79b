"""Reads that pages put together from several rooms; each is scoped by the selectors it calls."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, OuterRef, Subquery

from backend.common.errors import NotFound
from backend.deadlines.models import Timer
from backend.incidents.models import Report
from backend.incidents.selectors import reports_of
from backend.notifications.models import Notice
from backend.organisation.actors import Actor
from backend.organisation.models import Person, Place, School, Unit
from backend.organisation.permissions import Permission
from backend.organisation.selectors import colleagues, people_visible, place_by_token, places_visible, school_get
from backend.portal.cards import is_chinese
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.facts import Situation
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.policy import reporter_may_open
from backend.workflow.selectors import ticket_get, tickets_visible
from backend.workflow.states import OVER

MOST_ALIKE = 3
ALIKE_WITHIN = timedelta(hours=24)


def school_of(*, actor: Actor) -> School | None:
    """Return the actor's school; None for people of the bureau."""
    return school_get(actor=actor) if actor.school_id else None


def works_on_tickets(*, actor: Actor) -> bool:
    """Say whether the actor holds a post to which tickets come."""
    return actor.may(Permission.INBOX_READ)


def places_for_report(*, actor: Actor) -> list[Place]:
    """Return the places of the actor's school in the order of their codes."""
    return list(places_visible(actor=actor).order_by("code", "id"))


def colleagues_for_report(*, actor: Actor) -> list[Person]:
    """Return the other people of the actor's school."""
    return list(people_visible(actor=actor).exclude(id=actor.person_id).order_by("staff_number", "id"))


def place_of_code(*, actor: Actor, token: str) -> Place | None:
    """Return the place of the actor's school whose QR code carries this token; None for any other token."""
    try:
        return place_by_token(actor=actor, token=token)
    except NotFound:
        return None


def others_acted_at(*, actor: Actor, ticket_ids: Collection[UUID], since: datetime) -> dict[UUID, datetime]:
    """Return when somebody else last did or said something since then, by ticket that the actor may see."""
    theirs = TicketEvent.objects.filter(ticket__in=tickets_visible(actor=actor).filter(id__in=ticket_ids), at__gt=since)
    others = theirs.exclude(actor_id=None).exclude(actor_id=actor.person_id)
    return dict(others.order_by().values_list("ticket").annotate(Max("at")))


def tickets_alike(*, actor: Actor, category: str, place_id: str, now: datetime) -> list[Ticket]:
    """Return open tickets of class K0 of a category at a place that the actor may know of, with their own report's id.

    Of the last day; what is no place has none. One query, which reads no more than what the school filed since.
    """
    try:
        place = UUID(place_id)
    except ValueError:
        return []
    own = Report.objects.filter(ticket=OuterRef("pk"), reporter=actor.person_id).order_by("filed_at")
    found = tickets_visible(actor=actor).filter(
        school=actor.school_id,
        filed_at__gte=now - ALIKE_WITHIN,
        category=category,
        place=place,
        confidentiality=Confidentiality.K0,
        is_exercise=False,
    )
    open_ones = found.exclude(state__in=OVER)
    return list(open_ones.annotate(own_report=Subquery(own.values("id")[:1])).order_by("-filed_at", "id")[:MOST_ALIKE])


def ticket_of_report(*, actor: Actor, report: Report) -> Ticket | None:
    """Return the ticket of one's own report where one may see it as its reporter; None for a sealed one."""
    if not reporter_may_open(confidentiality=report.ticket.confidentiality):
        return None
    try:
        return ticket_get(actor=actor, ticket_id=report.ticket_id)
    except NotFound:
        return None


def report_ids(*, actor: Actor, notices: Sequence[Notice]) -> dict[UUID, UUID]:
    """Return for each ticket of these notices that the actor's own report opened the id of that report."""
    rows = reports_of(actor=actor).filter(ticket__in=[notice.ticket_id for notice in notices if notice.ticket_id])
    return dict(rows.values_list("ticket_id", "id"))


def assignees(*, actor: Actor, ticket: Ticket, now: datetime) -> list[Person]:
    """Return the people of the owning office; whom the report concerns is among them, or the list would say so."""
    return list(colleagues(actor=actor, unit_id=ticket.owner_id, now=now))


def timers_running(*, situation: Situation) -> list[Timer]:
    """Return the clocks that run on a ticket the actor was let in to, the soonest due first."""
    return sorted((timer for timer in situation.timers if timer.armed), key=lambda timer: timer.ladder[0])


def names_of_people(*, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names behind ids that a ticket's ledger holds; the caller was let in to that ticket."""
    return dict(Person.objects.filter(id__in=ids).values_list("id", "name")) if ids else {}


def names_by_code(*, school: School) -> dict[str, str]:
    """Return the names of a school's offices by the codes that its rules use, in the reader's language."""
    return {unit.code: unit.name for unit in Unit.objects.filter(school=school)}


def names_in_ledger(
    *, people: Collection[UUID], offices: Collection[UUID], places: Collection[UUID]
) -> dict[UUID, str]:
    """Return the names behind ids that a ticket's ledger holds, in one statement; the caller was let in to that ticket.

    Names of offices and places come in the reader's language.
    """
    field = "name_zh" if is_chinese() else "name_en"
    named = Person.objects.filter(id__in=people).values_list("id", "name")
    of_offices = Unit.objects.filter(id__in=offices).values_list("id", field)
    of_places = Place.objects.filter(id__in=places).values_list("id", field)
    return dict(named.union(of_offices, of_places, all=True))

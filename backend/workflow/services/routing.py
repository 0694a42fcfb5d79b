"""Routing: the rulebook chooses the office, the organisation the people."""

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.common.outbox import outbox_add
from backend.duty.reach import Reached
from backend.duty.selectors import directory_load
from backend.organisation.models import Place, School, Unit
from backend.organisation.selectors import appointments_in_force
from backend.rulebook.ruleset import LEAD_GRADE, Confidentiality, Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.errors import SchoolNotReady
from backend.workflow.grades import Groups, grade_of
from backend.workflow.models import EventKind, Ticket
from backend.workflow.selectors import ONLY_WHEN_CALLED, concerned_in
from backend.workflow.services.recording import event_chain, events_store, told_draft
from backend.workflow.services.timing import timers_follow
from backend.workflow.states import UNSOLVED, State
from backend.workflow.ticket_clocks import clocks_of, clocks_paused

logger = logging.getLogger(__name__)

ROUTED_FIELDS = (
    *("owner", "assignee", "state", "version", "updated_at", "paged"),
    *("event_count", "event_hash"),
)


@transaction.atomic(savepoint=False)
def ticket_route(*, ticket_id: UUID, now: datetime) -> None:
    """Give a ticket that nobody has routed yet to the office its category names, and tell that office's people.

    One that was acknowledged meanwhile keeps its state, and its office takes it on; one that is over stays as it is.
    """
    ticket = Ticket.objects.select_for_update(of=("self",), no_key=True).select_related("school").get(id=ticket_id)
    if not _waits_for_routing(ticket):
        return
    before, paused = clocks_of(ticket), clocks_paused(ticket)
    found = _move_to_office(ticket, now)
    answers = whom_to_tell(ticket=ticket, now=now)
    people = {person for answer in answers for person in answer.people}
    ticket.paged = [person for answer in answers if answer.role in ONLY_WHEN_CALLED for person in answer.people]
    if ticket.state == State.RECEIVED:
        ticket.state = State.ROUTED
    ticket.version += 1
    ticket.updated_at = now
    body = {"office": str(ticket.owner_id), "found": found}
    routed = event_chain(ticket=ticket, kind=EventKind.ROUTED, at=now, actor_id=None, body=body)
    ticket.save(update_fields=ROUTED_FIELDS)
    events_store([routed])
    timers_follow(ticket=ticket, before=before, paused=paused, now=now)
    outbox_add(drafts=[told_draft(event=routed.event, people=people)], now=now)


def _waits_for_routing(ticket: Ticket) -> bool:
    if ticket.state == State.RECEIVED:
        return True
    return State(ticket.state) in UNSOLVED and not ticket.events.filter(kind=EventKind.ROUTED).exists()


def _move_to_office(ticket: Ticket, now: datetime) -> bool:
    """Make the responsible office the owner and say whether the school has one; else the ticket stays at intake."""
    office = office_for(ticket=ticket, now=now)
    if office is None:
        logger.error("ticket %s: the school has no office for %s; it stays at intake", ticket.id, ticket.category)
        return False
    office_give(ticket=ticket, office=office)
    return True


def office_give(*, ticket: Ticket, office: Unit) -> bool:
    """Give a ticket to an office, where nobody has it in hand yet, and say whether that is another one than before."""
    is_new = office.id != ticket.owner_id
    if is_new:
        ticket.owner, ticket.assignee = office, None
    return is_new


def first_owner(*, school: School, confidentiality: Confidentiality) -> Unit:
    """Return the office that owns a ticket before it is routed: intake, of class K2 student protection."""
    owner = school.protection_unit if confidentiality is Confidentiality.K2 else school.intake_unit
    if owner is None:
        raise SchoolNotReady
    return owner


def office_for(*, ticket: Ticket, now: datetime) -> Unit | None:
    """Return the office that answers for the ticket's category (class K2: for protection); None where there is none."""
    if ticket.confidentiality == Confidentiality.K2:
        return ticket.school.protection_unit
    lead = ruleset_get(ticket.rulebook_id).categories[ticket.category].lead
    offices = Unit.objects.filter(school=ticket.school_id)
    if lead == LEAD_GRADE:
        grade_id = _grade_for(ticket, now)
        return offices.filter(id=grade_id).first() if grade_id else None
    return offices.filter(code=lead).first()


def _grade_for(ticket: Ticket, now: datetime) -> UUID | None:
    units = list(Unit.objects.filter(school=ticket.school_id).values_list("id", "parent_id", "kind"))
    places = list(Place.objects.filter(school=ticket.school_id).values_list("id", "parent_id", "owner_id"))
    held = appointments_in_force(at=now).filter(person=ticket.reporter_id, post__unit__isnull=False)
    groups = Groups(
        grades=frozenset(unit_id for unit_id, _parent, kind in units if kind == Unit.Kind.GRADE),
        unit_parents={unit_id: parent_id for unit_id, parent_id, _kind in units},
        place_parents={place_id: parent_id for place_id, parent_id, _owner in places},
        place_owners={place_id: owner_id for place_id, _parent, owner_id in places},
    )
    reporter_units = held.order_by("starts_at", "id").values_list("post__unit_id", flat=True)
    return grade_of(groups=groups, place_id=ticket.place_id, reporter_units=reporter_units)


def whom_to_tell(*, ticket: Ticket, now: datetime) -> list[Reached]:
    """Return whom the rules tell at once of a ticket that is new to its office."""
    directory = directory_load(school_ids=[ticket.school_id], now=now)
    excluded = concerned_in(ticket_ids=[ticket.id])[ticket.id]
    ruleset = ruleset_get(ticket.rulebook_id)
    roles = ruleset.informed_of(
        severity=Severity(ticket.severity),
        confidentiality=Confidentiality(ticket.confidentiality),
        at_night=ruleset.is_night(at=now, zone=ticket.school.time_zone),
    )
    return [
        directory.reach(role=role, school_id=ticket.school_id, unit_id=ticket.owner_id, excluding=excluded)
        for role in roles
    ]

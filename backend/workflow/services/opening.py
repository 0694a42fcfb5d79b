"""Opening a ticket: owned and with running clocks from its first instant."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.common.outbox import OutboxDraft, outbox_add
from backend.organisation.actors import Actor
from backend.organisation.models import Place, School, Unit
from backend.organisation.selectors import people_known
from backend.rulebook.models import SchoolRulebook
from backend.rulebook.ruleset import Category, Confidentiality
from backend.rulebook.selectors import ruleset_get
from backend.workflow.errors import NotAtASchool, SchoolNotReady, UnknownCategory, UnknownPerson, UnknownPlace
from backend.workflow.models import EventKind, Ticket, TicketParticipant
from backend.workflow.services.recording import event_chain, events_store
from backend.workflow.services.timing import timers_follow_state

SCHOOL_RELATED = ("rulebook", "intake_unit", "protection_unit", "calendar")
"""All that filing needs to know of a school, read together with it."""


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """What a ticket is about, as somebody reports it."""

    category: str
    place_id: UUID | None
    occurred_at: datetime
    description: str
    persons_concerned: frozenset[UUID] = frozenset()


@transaction.atomic(savepoint=False)
def ticket_open(*, actor: Actor, draft: TicketDraft, now: datetime) -> Ticket:
    """Open a ticket owned by the intake office (class K2: by student protection), its clocks running from now."""
    school, place = _school_and_place(actor, draft.place_id)
    version_id = _rulebook_version_id(school)
    category = ruleset_get(version_id).categories.get(draft.category)
    if category is None:
        raise UnknownCategory(pointer="/category")
    _check_people(actor, draft.persons_concerned)
    ticket = Ticket(
        school=school,
        rulebook_id=version_id,
        category=category.code,
        kind=category.kind,
        severity=category.severity,
        confidentiality=category.confidentiality,
        place=place,
        description=draft.description,
        occurred_at=draft.occurred_at,
        filed_at=now,
        reporter_id=actor.person_id,
        owner=_first_owner(school, category),
    )
    _store(ticket, actor, draft.persons_concerned, now)
    return ticket


def _store(ticket: Ticket, actor: Actor, persons_concerned: frozenset[UUID], now: datetime) -> None:
    remarks = timers_follow_state(ticket=ticket, before=None, now=now)
    body = {"category": ticket.category, "severity": ticket.severity, "class": ticket.confidentiality, **remarks}
    opened = event_chain(ticket=ticket, kind=EventKind.OPENED, at=now, actor_id=actor.person_id, body=body)
    ticket.save(force_insert=True)
    events_store([opened])
    if persons_concerned:
        role = TicketParticipant.Role.CONCERNED
        TicketParticipant.objects.bulk_create(
            TicketParticipant(ticket=ticket, person_id=person_id, role=role) for person_id in persons_concerned
        )
    message = OutboxDraft(topic="ticket.opened", dedup_key=f"opened:{ticket.id}", payload={"ticket": str(ticket.id)})
    outbox_add(drafts=[message], now=now)


def _school_and_place(actor: Actor, place_id: UUID | None) -> tuple[School, Place | None]:
    if actor.school_id is None:
        raise NotAtASchool
    if place_id is None:
        return School.objects.select_related(*SCHOOL_RELATED).get(id=actor.school_id), None
    with_school = ["school", *(f"school__{name}" for name in SCHOOL_RELATED)]
    place = Place.objects.select_related(*with_school).filter(id=place_id, school=actor.school_id).first()
    if place is None:
        raise UnknownPlace(pointer="/place")
    return place.school, place


def _rulebook_version_id(school: School) -> int:
    try:
        return school.rulebook.version_id
    except SchoolRulebook.DoesNotExist:
        raise SchoolNotReady from None


def _first_owner(school: School, category: Category) -> Unit:
    strict = category.confidentiality is Confidentiality.K2
    owner = school.protection_unit if strict else school.intake_unit
    if owner is None:
        raise SchoolNotReady
    return owner


def _check_people(actor: Actor, person_ids: frozenset[UUID]) -> None:
    if person_ids - people_known(school_id=actor.school_scope, person_ids=person_ids):
        raise UnknownPerson(pointer="/persons_concerned")

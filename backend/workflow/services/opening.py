"""Opening a ticket: owned and with running clocks from its first instant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from backend.calendars.models import Calendar
from backend.common.ids import references_drawn
from backend.common.sql.statements import RowQuery
from backend.organisation.actors import Actor, Principal
from backend.organisation.models import Place, School, Unit
from backend.organisation.selectors import people_known
from backend.rulebook.models import SchoolRulebook
from backend.rulebook.ruleset import Category, Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.answering import outcome_of
from backend.workflow.change import TicketChange, change_store_new
from backend.workflow.earlier import Earlier
from backend.workflow.errors import NotAtASchool, SchoolNotReady, UnknownCategory, UnknownPerson, UnknownPlace
from backend.workflow.models import AnsweredLead, ReporterMode, Ticket, TicketParticipant
from backend.workflow.offices import first_owner
from backend.workflow.policy import mode_of
from backend.workflow.references import FREE
from backend.workflow.system_events import OPENED

SCHOOL_AND_PLACE = RowQuery(
    f"""
    FROM organisation_school AS school
    CROSS JOIN LATERAL (SELECT {FREE} AS reference) AS free
    LEFT JOIN organisation_place AS place ON place.id = %s AND place.school_id = school.id
    LEFT JOIN rulebook_schoolrulebook AS used ON used.school_id = school.id
    LEFT JOIN rulebook_rulebookstretch AS stretch ON stretch.school_id = school.id AND stretch.replaced_at IS NULL
        AND stretch.starts_at <= %s AND stretch.ends_at > %s
    LEFT JOIN organisation_unit AS intake ON intake.id = school.intake_unit_id
    LEFT JOIN organisation_unit AS protection ON protection.id = school.protection_unit_id
    LEFT JOIN calendars_calendar AS calendar ON calendar.id = school.calendar_id
    WHERE school.id = %s
    """,
    extras={"stricter": "stretch.version_id", "reference": "free.reference"},
    school=School,
    place=Place,
    used=SchoolRulebook,
    intake=Unit,
    protection=Unit,
    calendar=Calendar,
)
"""All that filing needs to know of a school and a place, and a reference that is free."""


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """A ticket to be, as somebody reports it."""

    category: str
    place_id: UUID | None
    occurred_at: datetime
    description: str
    persons_concerned: frozenset[UUID] = frozenset()
    is_exercise: bool = False
    reporter_mode: ReporterMode | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    """By the keys of the category's questions the keys of the answers."""
    earlier: Earlier | None = None
    at_least: Severity | None = None
    """The severity below which it is not opened, whatever its category and the answers say."""


def ticket_draw_up(*, actor: Actor, draft: TicketDraft, now: datetime) -> Ticket:
    """Return a ticket to be, owned by the intake office (class K2: by student protection); nothing is stored yet."""
    if actor.school_id is None:
        raise NotAtASchool
    ticket = ticket_draw_up_alone(school_id=actor.school_id, draft=draft, now=now)
    if draft.persons_concerned:
        _check_people(actor, draft.persons_concerned)
    ticket.reporter_id = actor.person_id
    return ticket


def ticket_draw_up_alone(*, school_id: UUID, draft: TicketDraft, now: datetime) -> Ticket:
    """Return a ticket to be that nobody reports whose name is known: the system, or somebody who gave none."""
    school, place, reference = _school_and_place(school_id, draft.place_id, now)
    version_id = school.rulebook.version_id
    category = ruleset_get(version_id).categories.get(draft.category)
    if category is None:
        raise UnknownCategory(pointer="/category")
    severity = outcome_of(category=category, answers=draft.answers).severity if draft.answers else category.severity
    if draft.at_least:
        severity = min(severity, draft.at_least)
    return Ticket(
        reference=reference,
        school=school,
        rulebook_id=version_id,
        category=category.code,
        kind=category.kind,
        severity=severity,
        confidentiality=category.confidentiality,
        seal=category.confidentiality,
        reporter_mode=draft.reporter_mode or mode_of(confidentiality=category.confidentiality),
        place=place,
        description=draft.description,
        occurred_at=draft.occurred_at,
        filed_at=now,
        updated_at=now,
        is_exercise=draft.is_exercise,
        owner=first_owner(school=school, confidentiality=category.confidentiality),
    )


@transaction.atomic(savepoint=False)
def ticket_open(
    *,
    actor: Principal,
    ticket: Ticket,
    now: datetime,
    persons_concerned: frozenset[UUID] = frozenset(),
    answers: Mapping[str, str] = MappingProxyType({}),
    beside: Sequence[Model] = (),
) -> None:
    """Store a ticket that was drawn up, its clocks running from now, with new rows `beside` in the same statement."""
    change = TicketChange(ticket=ticket, by=actor, now=now, is_new=True)
    change.settle_timers()
    classed = {"category": ticket.category, "severity": ticket.severity, "class": ticket.confidentiality}
    category = ruleset_get(ticket.rulebook_id).categories[ticket.category]
    leads = _note_answers(change, category, answers) if answers or ticket.severity != category.severity else []
    promised = change.plan.promised() if change.plan else {}
    change.record(OPENED, **classed, office=str(ticket.owner_id), promised=promised, **change.body)
    change.routes_again()
    change_store_new(change=change, beside=[*beside, *leads])
    if persons_concerned:
        role = TicketParticipant.Role.CONCERNED
        TicketParticipant.objects.bulk_create(
            TicketParticipant(ticket=ticket, person_id=person_id, role=role) for person_id in persons_concerned
        )


def _note_answers(change: TicketChange, category: Category, answers: Mapping[str, str]) -> list[AnsweredLead]:
    """Have the first event say what was answered and what raised the severity; return the office that it names."""
    ticket = change.ticket
    outcome = outcome_of(category=category, answers=answers)
    if answers:
        change.says(answers=dict(answers))
    if ticket.severity < outcome.severity:
        change.says(raised_from=category.severity)
    elif outcome.raised_by:
        change.says(raised_from=category.severity, raised_by=outcome.raised_by.question.key)
    led = outcome.led_by
    if led is None:
        return []
    return [AnsweredLead(ticket=ticket, category=category.code, lead=led.choice.lead, question=led.question.key)]


def _school_and_place(school_id: UUID, place_id: UUID | None, now: datetime) -> tuple[School, Place | None, str]:
    """Return both, the school with the rules in force (within a special period the stricter ones), and a reference."""
    found = SCHOOL_AND_PLACE.first([references_drawn(), place_id, now, now, school_id])
    if found is None:
        raise NotAtASchool
    school: School = found["school"]
    if place_id is not None and found["place"] is None:
        raise UnknownPlace(pointer="/place")
    if found["used"] is None:
        raise SchoolNotReady
    school.rulebook = found["used"]
    if found["stricter"] is not None:
        school.rulebook.version_id = found["stricter"]
    school.intake_unit, school.protection_unit = found["intake"], found["protection"]
    school.calendar = found["calendar"]
    return school, found["place"], found["reference"]


def _check_people(actor: Actor, person_ids: frozenset[UUID]) -> None:
    if person_ids - people_known(school_id=actor.school_scope, person_ids=person_ids):
        raise UnknownPerson(pointer="/persons_concerned")

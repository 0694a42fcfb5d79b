"""The office of a ticket: the one before routing, and the one that answers for its category."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from backend.organisation.models import Place, School, Unit
from backend.organisation.selectors import appointments_in_force
from backend.rulebook.ruleset import LEAD_GRADE, Category, Confidentiality
from backend.rulebook.selectors import ruleset_get
from backend.workflow.errors import SchoolNotReady
from backend.workflow.grades import Groups, grade_of
from backend.workflow.models import AnsweredLead, Ticket


def first_owner(*, school: School, confidentiality: Confidentiality) -> Unit:
    """Return the office that owns a ticket before it is routed: intake, of class K2 student protection."""
    owner = school.protection_unit if confidentiality is Confidentiality.K2 else school.intake_unit
    if owner is None:
        raise SchoolNotReady
    return owner


def office_give(*, ticket: Ticket, office: Unit) -> bool:
    """Give a ticket to an office, where nobody has it in hand yet, and say whether that is another one than before."""
    is_new = office.id != ticket.owner_id
    if is_new:
        ticket.owner, ticket.assignee = office, None
    return is_new


def assignee_left(*, ticket: Ticket, now: datetime) -> None:
    """Have a ticket that goes on be its office's again, where whoever had it in hand has left."""
    if ticket.assignee_id and not appointments_in_force(at=now).filter(person=ticket.assignee_id).exists():
        ticket.assignee = None


@dataclass(slots=True)
class Offices:
    """The offices of some schools, and what leads to a grade group; read once for any number of tickets."""

    units: dict[UUID, Unit] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    units_of_reporter: defaultdict[UUID, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    answered: dict[tuple[UUID, str], AnsweredLead] = field(default_factory=dict)
    """By ticket and category the office that an answer of the reporter names."""

    def answering_for(self, ticket: Ticket) -> Unit | None:
        """Return the office that answers for a ticket's category (class K2: for protection); None if there is none."""
        if ticket.confidentiality == Confidentiality.K2:
            protection = ticket.school.protection_unit_id
            return self.units.get(protection) if protection else None
        named = self.answered.get((ticket.id, ticket.category))
        office = self._led_by(named.lead, ticket) if named else None
        return office or self._led_by(_category_of(ticket).lead, ticket)

    def question_leading(self, ticket: Ticket) -> str:
        """Return the question whose answer names the office that owns a ticket; empty where none does."""
        named = self.answered.get((ticket.id, ticket.category))
        office = self._led_by(named.lead, ticket) if named else None
        return named.question if named and office and office.id == ticket.owner_id else ""

    def _led_by(self, lead: str, ticket: Ticket) -> Unit | None:
        if lead == LEAD_GRADE:
            grade_id = self._grade_for(ticket)
            return self.units[grade_id] if grade_id else None
        return next((unit for unit in self._of(ticket) if unit.code == lead), None)

    def _of(self, ticket: Ticket) -> list[Unit]:
        return [unit for unit in self.units.values() if unit.school_id == ticket.school_id]

    def _grade_for(self, ticket: Ticket) -> UUID | None:
        units = self._of(ticket)
        places = [place for place in self.places if place.school_id == ticket.school_id]
        groups = Groups(
            grades=frozenset(unit.id for unit in units if unit.kind == Unit.Kind.GRADE),
            unit_parents={unit.id: unit.parent_id for unit in units},
            place_parents={place.id: place.parent_id for place in places},
            place_owners={place.id: place.owner_id for place in places},
        )
        reporter_units = self.units_of_reporter[ticket.reporter_id] if ticket.reporter_id else []
        return grade_of(groups=groups, place_id=ticket.place_id, reporter_units=reporter_units)


def offices_load(*, tickets: Sequence[Ticket], now: datetime) -> Offices:
    """Read the offices of the tickets' schools: one statement.

    One more where an answer can name another office, two more where a grade group can lead.
    """
    schools = {ticket.school_id for ticket in tickets}
    offices = Offices(units={unit.id: unit for unit in Unit.objects.filter(school__in=schools)})
    led = [(ticket, _category_of(ticket).leads) for ticket in tickets if ticket.confidentiality != Confidentiality.K2]
    asked = [ticket.id for ticket, leads in led if len(leads) > 1]
    if asked:
        offices.answered = {(row.ticket_id, row.category): row for row in AnsweredLead.objects.filter(ticket__in=asked)}
    graded = [ticket for ticket, leads in led if LEAD_GRADE in leads]
    if graded:
        offices.places = list(Place.objects.filter(school__in={ticket.school_id for ticket in graded}))
        _note_units(offices, {ticket.reporter_id for ticket in graded if ticket.reporter_id}, now)
    return offices


def _note_units(offices: Offices, reporters: Collection[UUID], now: datetime) -> None:
    held = appointments_in_force(at=now).filter(person__in=reporters, post__unit__isnull=False)
    for person_id, unit_id in held.order_by("starts_at", "id").values_list("person_id", "post__unit_id"):
        offices.units_of_reporter[person_id].append(unit_id)


def _category_of(ticket: Ticket) -> Category:
    return ruleset_get(ticket.rulebook_id).categories[ticket.category]

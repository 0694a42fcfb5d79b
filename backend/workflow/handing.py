"""Handing a ticket to another office: which offices can take it, and what follows once one has it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from backend.organisation.models import Unit
from backend.organisation.roles import Role
from backend.organisation.selectors import appointments_in_force
from backend.rulebook.ruleset import ClockName, Confidentiality, Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.asked import parts_asked
from backend.workflow.change import TicketChange
from backend.workflow.errors import UnknownOffice
from backend.workflow.facts import MAY_BE_OFFERED, NO_OFFER_OPEN, ORDINARY_CLASS, ROOM_FOR_PARTS, offers_that
from backend.workflow.ledger import EventType, Sensitivity
from backend.workflow.models import PartOutcome, Ticket, TicketGrant, TicketPart
from backend.workflow.offices import office_give
from backend.workflow.parts import PART_ASKED, part_ask
from backend.workflow.proposals import decline_proposal_end
from backend.workflow.recipients import Audience, level_after

OF_OFFICE = (Role.HANDLER, Role.OFFICE_HEAD)
GIVING = (PartOutcome.DONE, PartOutcome.DECIDED)
"""The ways in which an offer ends by which an office has the ticket."""
MOST_HANDED = 3
"""A ticket that offices were given so often is the vice principal's to look at."""
GIVEN = {"level": Sensitivity.PLAIN, "reached": Sensitivity.PERSON}
"""The fields of an event by which another office has the ticket, where that lifted it."""
OFFERABLE = (ORDINARY_CLASS, NO_OFFER_OPEN, MAY_BE_OFFERED, ROOM_FOR_PARTS)
"""The facts that have to hold of a ticket before an office can offer it to another."""
OFFERED = EventType("offer", {"note": Sensitivity.FREE_TEXT, "office": Sensitivity.PLAIN, **PART_ASKED})
"""An office offered the ticket to another, by hand or by a correction."""


def offices_to_take(*, ticket: Ticket, now: datetime) -> QuerySet[Unit]:
    """Return the other offices of the ticket's school in which somebody handles tickets now."""
    staffed = appointments_in_force(at=now).filter(post__role__in=OF_OFFICE).values("post__unit")
    return Unit.objects.filter(school=ticket.school_id, id__in=staffed).exclude(id=ticket.owner_id).order_by("code")


def office_chosen(*, ticket: Ticket, office_id: UUID | None, now: datetime) -> Unit:
    """Return the office that is to take a ticket; raise UnknownOffice for one that cannot."""
    offices = offices_to_take(ticket=ticket, now=now)
    office = offices.filter(id=office_id).first() if office_id else None
    if office is None:
        raise UnknownOffice(pointer="/office")
    return office


def heads_of(*, change: TicketChange, office: Unit) -> tuple[UUID, ...]:
    """Return who is reached for the head of an office about a ticket."""
    audience = Audience(tickets=[change.ticket], now=change.now)
    answer = audience.directory.reach(
        role=Role.OFFICE_HEAD,
        school_id=change.ticket.school_id,
        unit_id=office.id,
        excluding=frozenset(audience.concerned[change.ticket.id]),
    )
    return answer.people


def office_offer(*, change: TicketChange, office: Unit, words: str) -> frozenset[UUID]:
    """Offer the ticket to an office and return who is reached for its head; until it accepts nothing else changes."""
    part = TicketPart(
        ticket=change.ticket,
        kind=ClockName.OFFER,
        office=office,
        asked_by_id=change.actor.person_id,
        asked_at=change.now,
        words=words,
    )
    part_ask(change=change, part=part, until=None)
    return frozenset(heads_of(change=change, office=office))


def offers_end(*, change: TicketChange) -> list[TicketPart]:
    """End and return the offers whose giver has the ticket no more, or that may not go to an ordinary office."""
    offers = [part for part in parts_asked(change.ticket) if part.is_open and part.kind == ClockName.OFFER]
    for offer in offers:
        change.ends(offer, outcome=PartOutcome.WITHDRAWN)
    return offers


def asked_end(*, change: TicketChange) -> None:
    """End the offers, and what an office is asked that has the ticket itself now, or may not read it any longer.

    What other offices do for a ticket goes on for the office that has it now. What outlives it is asked on: of class K2
    of its lead, else of the office that has it.
    """
    offers_end(change=change)
    ticket = change.ticket
    is_sealed = ticket.confidentiality == Confidentiality.K2
    for part in parts_asked(ticket):
        if part.is_open and part.outlives_ticket:
            part.office, part.role = asked_beyond(ticket=ticket)
            change.keeps(part)
        elif part.is_unsettled and part.office_id and (is_sealed or part.office_id == ticket.owner_id):
            change.ends(part, outcome=PartOutcome.WITHDRAWN)


def asked_beyond(*, ticket: Ticket) -> tuple[Unit | None, str]:
    """Return of whom is asked what outlives a ticket: of its office, or of class K2 of whoever holds a role."""
    is_sealed = ticket.confidentiality == Confidentiality.K2
    return (None, Role.PROTECTION_LEAD) if is_sealed else (ticket.owner, "")


def handed_over(*, tickets: Sequence[Ticket]) -> set[UUID]:
    """Return which of these tickets people gave to an office."""
    given = TicketPart.objects.filter(ticket__in=tickets, kind=ClockName.OFFER, outcome__in=GIVING)
    return set(given.values_list("ticket", flat=True))


def office_takes(*, change: TicketChange, office: Unit) -> None:
    """Have an office own the ticket, with nobody in it who has it in hand yet; its state and clocks stay.

    That the office before it proposed to decline it is over, as where a correction moves it.
    The third office is one too many: the vice principal hears at once.
    """
    handed = 1 + offers_that(change.situation, *GIVING)
    office_give(ticket=change.ticket, office=office)
    decline_proposal_end(change=change)
    asked_end(change=change)
    change.tells(heads_of(change=change, office=office))
    if handed >= MOST_HANDED:
        _lift(change)


def _lift(change: TicketChange) -> None:
    """Raise the ticket to the rung that tells the vice principal, and have whoever is reached as such hear at once."""
    ticket = change.ticket
    ruleset, audience = ruleset_get(ticket.rulebook_id), Audience(tickets=[ticket], now=change.now)
    rungs = ruleset.clocks_of(category=ticket.category, severity=Severity(ticket.severity))[ClockName.RESOLVE].rungs
    rung = next((place for place, row in enumerate(rungs) if Role.VICE_PRINCIPAL in row.tell), len(rungs) - 1)
    reached = audience.in_role(ticket, Role.VICE_PRINCIPAL)
    ticket.level = level_after(level=ticket.level, rung=rung, ladder_length=len(rungs))
    ticket.paged = list(reached.people)
    change.opens_to([reached], TicketGrant.Reason.LADDER)
    change.says(level=ticket.level, reached=[str(person) for person in reached.people])
    change.tells(reached.people)

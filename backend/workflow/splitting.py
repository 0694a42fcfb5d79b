"""The ticket that a split makes: opened like any other, for the same reporter, about the second problem."""

from uuid import UUID

from backend.organisation.models import Place
from backend.rulebook.ruleset import Category, Confidentiality
from backend.workflow.change import TicketChange, change_store_new
from backend.workflow.classing import BY_OPENNESS
from backend.workflow.correcting import category_of
from backend.workflow.errors import UnknownPlace
from backend.workflow.link_errors import SplitIntoConfidential
from backend.workflow.models import Ticket, TicketParticipant
from backend.workflow.offices import first_owner
from backend.workflow.references import reference_free
from backend.workflow.selectors import concerned_in
from backend.workflow.system_events import OPENED


def split_off(*, change: TicketChange, category: str | None, place_id: UUID | None, words: str) -> Ticket:
    """Open a ticket about a second problem of the one that changes, and return it; it is routed after the commit.

    It is as confidential as both the category and the first one, and concerns the same people. Its clocks count from
    now: nobody could have acted on it, and the first one's go on as they are. Only what is strictly confidential
    already is split into such.
    """
    first = change.ticket
    chosen = category_of(first, category or first.category)
    second = _drawn_up(change, chosen, place_id, words)
    if (second.confidentiality == Confidentiality.K2) != (first.confidentiality == Confidentiality.K2):
        raise SplitIntoConfidential(pointer="/category")
    opening = TicketChange(ticket=second, by=change.by, now=change.now, is_new=True)
    opening.settle_timers()
    classed = {"category": second.category, "severity": second.severity, "class": second.confidentiality}
    opening.record(OPENED, **classed, office=str(second.owner_id), **opening.body)
    opening.routes_again()
    change_store_new(change=opening)
    TicketParticipant.objects.bulk_create(
        TicketParticipant(ticket=second, person_id=person, role=TicketParticipant.Role.CONCERNED)
        for person in concerned_in(tickets=[first])[first.id]
    )
    return second


def _drawn_up(change: TicketChange, category: Category, place_id: UUID | None, words: str) -> Ticket:
    first, now = change.ticket, change.now
    strictest = max(category.confidentiality, Confidentiality(first.confidentiality), key=BY_OPENNESS.index)
    return Ticket(
        reference=reference_free(),
        school=first.school,
        rulebook_id=first.rulebook_id,
        category=category.code,
        kind=category.kind,
        severity=category.severity,
        confidentiality=strictest,
        seal=strictest,
        reporter_mode=first.reporter_mode,
        place=_place(first, place_id),
        description=words,
        occurred_at=first.occurred_at,
        filed_at=now,
        updated_at=now,
        is_exercise=first.is_exercise,
        reporter_id=first.reporter_id,
        owner=first_owner(school=first.school, confidentiality=strictest),
    )


def _place(first: Ticket, place_id: UUID | None) -> Place | None:
    if place_id is None:
        return first.place
    found = Place.objects.filter(id=place_id, school=first.school_id).first()
    if found is None:
        raise UnknownPlace(pointer="/place")
    return found

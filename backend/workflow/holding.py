"""Holds for evidence: which stand, and what they keep from being erased."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict
from backend.workflow.facts import Fact
from backend.workflow.models import EvidenceHold, PersonHold, Ticket, TicketMerge, TicketParticipant

HELD, RELEASED = "hold-evidence", "end-hold"
"""The names of the two acts, and of their events."""
WORDLESS = ("erased", "words-sealed", "caller-forgotten", "file-removed")
"""Events that say what was erased or sealed, in numbers alone."""
NEVER_YOUNGER = (HELD, RELEASED, *WORDLESS)
"""Events that make a ticket no younger: those of keeping and erasing it."""


class EvidenceHeld(Conflict):
    """Evidence is not erased; whoever leads the school or protects its students ends the hold first."""

    code = "evidence_held"
    title = _("This is kept as evidence, so nothing of it is removed. End the hold first.")


def hold_of(*, ticket_id: UUID) -> EvidenceHold | None:
    """Return the hold that stands on a ticket itself."""
    return EvidenceHold.objects.filter(ticket=ticket_id, ended_at=None).first()


def held_refuse(*, ticket_ids: Iterable[UUID]) -> None:
    """Raise EvidenceHeld where one of these tickets is kept as evidence, or one that it is merged with, either way."""
    ids = list(ticket_ids)
    merges = TicketMerge.objects.filter(ended_at=None)
    into, here = merges.filter(ticket__in=ids).values("into"), merges.filter(into__in=ids).values("ticket")
    if tickets_held().filter(Q(id__in=ids) | Q(id__in=into) | Q(id__in=here)).exists():
        raise EvidenceHeld


def tickets_held() -> QuerySet[Ticket]:
    """Return the tickets that are kept as evidence: by themselves, or as the matter of a person.

    Of a person they are those that concern them, which they reported, or on which they work or worked. The function of
    the database that forgets says the same (`backend/retention/row_rules.py`).
    """
    people = PersonHold.objects.filter(ends=None, ending=None).values("person")
    concerned = TicketParticipant.objects.filter(person__in=people).values("ticket")
    matters = Q(id__in=concerned) | Q(reporter__in=people) | Q(assignee__in=people) | Q(workers__overlap=people)
    own = EvidenceHold.objects.filter(ended_at=None).values("ticket")
    return Ticket.objects.filter(Q(id__in=own) | matters)


IS_HELD = Fact("it is kept as evidence", lambda at: hold_of(ticket_id=at.ticket.id) is not None)
NOT_HELD = Fact("it is not kept as evidence", lambda at: hold_of(ticket_id=at.ticket.id) is None)

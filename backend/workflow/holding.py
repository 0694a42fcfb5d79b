"""Holds for evidence: which stand, and what they keep from being erased."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict
from backend.workflow.facts import Fact
from backend.workflow.models import EvidenceHold, TicketMerge

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
    held = Q(ticket__in=ids) | Q(ticket__in=into) | Q(ticket__in=here)
    if EvidenceHold.objects.filter(held, ended_at=None).exists():
        raise EvidenceHeld


IS_HELD = Fact("it is kept as evidence", lambda at: hold_of(ticket_id=at.ticket.id) is not None)
NOT_HELD = Fact("it is not kept as evidence", lambda at: hold_of(ticket_id=at.ticket.id) is None)

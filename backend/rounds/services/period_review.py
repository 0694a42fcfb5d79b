"""Deciding on what is open before a special period, one ticket after the other; the ticket's ledger keeps it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.common.errors import NotFound
from backend.common.services import answers_empty
from backend.organisation.actors import Actor
from backend.rounds.models import Period, PeriodDecision
from backend.rounds.models.periods import ERASED
from backend.rounds.period_errors import NotInReview, PeriodDecided, PeriodNotInForce
from backend.rounds.selectors.periods import Stage, period_lock, stage_of, to_review
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.models import Ticket
from backend.workflow.selectors import tickets_with_school
from backend.workflow.sight import tickets_known
from backend.workflow.system_events import PERIOD_REVIEWED


@transaction.atomic
def period_decide(
    *, actor: Actor, period_id: UUID, ticket_id: UUID, choice: PeriodDecision.Choice, words: str, now: datetime
) -> Period:
    """Decide on one open ticket before a period starts; no state and no deadline of the ticket changes by it."""
    row = period_lock(actor=actor, period_id=period_id)
    known = tickets_known(actor=actor, as_reporter=False).filter(id=ticket_id, school=row.school_id)
    if not known.exists():
        raise NotFound
    if stage_of(row, now) is not Stage.COMING:
        raise PeriodNotInForce
    Ticket.objects.select_for_update(no_key=True).get(id=ticket_id)
    if PeriodDecision.objects.filter(period=row, ticket=ticket_id).exists():
        raise PeriodDecided
    if not Ticket.objects.filter(to_review(school=row.school_id, now=now), id=ticket_id).exists():
        raise NotInReview(pointer="/ticket")
    ticket = tickets_with_school(ticket_ids=[ticket_id])[ticket_id]
    PeriodDecision.objects.create(period=row, ticket=ticket, choice=choice, words=words, by_id=actor.person_id, at=now)
    change = TicketChange(ticket=ticket, by=actor, now=now, moves=False)
    change.says(period=str(row.id), choice=choice.value, note=words)
    change.settle(PERIOD_REVIEWED)
    changes_store(changes=[change], now=now)
    return row


def words_erase(*, ticket_id: UUID, at: Sequence[datetime]) -> None:
    """Erase the reasons given at these instants with the events that say them; what was decided stays."""
    rows = PeriodDecision.objects.filter(ticket=ticket_id, at__in=at)
    named = list(rows.values_list("period", flat=True))
    rows.update(words=ERASED)
    answers_empty(naming=named)

"""Erasing what events say, with a record of it in the same chain."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.module_loading import import_string

from backend.common.errors import NotFound
from backend.common.sealed.keys import keys_left
from backend.common.services import answers_empty
from backend.organisation.actors import SYSTEM
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.holding import held_refuse
from backend.workflow.models import (
    AffectedParty,
    CauseReview,
    DeclineProposal,
    OutsideQuestion,
    PromisedDate,
    PublishedResult,
    Ticket,
    TicketEvent,
    TicketEventPayload,
    TicketFeedback,
    TicketPart,
    TicketWait,
)
from backend.workflow.selectors import tickets_lock
from backend.workflow.system_events import ERASED
from backend.workflow.words_follow import key_replace


@transaction.atomic
def event_payloads_erase(*, reference: str, sequences: Collection[int], now: datetime) -> Ticket:
    """Erase payload and salt of some events of a ticket, and record which; raise NotFound where one has none.

    Raise EvidenceHeld while the ticket is kept as evidence.

    Only the tables' owner may: the application's role is refused by the database.
    """
    found = list(Ticket.objects.filter(reference=reference).values_list("id", flat=True))
    ticket = next(iter(tickets_lock(ticket_ids=found)), None)
    if ticket is None:
        raise NotFound
    held_refuse(ticket_ids=[ticket.id])
    erased, _by_model = TicketEventPayload.objects.filter(event__ticket=ticket, event__sequence__in=sequences).delete()
    if erased != len(set(sequences)):
        raise NotFound
    _words_erase(ticket, sequences)
    answers_empty(naming=[ticket.id])
    if ticket.is_strictly_confidential or keys_left(ticket.id):  # it was once, and copies of that time hold ciphers
        key_replace(ticket=ticket)
    change = TicketChange(ticket=ticket, by=SYSTEM, now=now, moves=False)
    change.says(sequences=sorted(set(sequences)))
    change.settle(ERASED)
    changes_store(changes=[change], now=now)
    return ticket


def _words_erase(ticket: Ticket, sequences: Collection[int]) -> None:
    """Erase what the events' words left in other tables; a wait that goes on keeps its party until it is over.

    Rooms above that keep such words too are named by settings.
    """
    at = TicketEvent.objects.filter(ticket=ticket, sequence__in=sequences).values("at")
    over = TicketWait.objects.filter(ticket=ticket, ended_at__isnull=False)
    over.filter(Q(since__in=at) | Q(ended_at__in=at)).update(party="")
    TicketPart.objects.filter(ticket=ticket, asked_at__in=at).update(words="")
    TicketPart.objects.filter(ticket=ticket, ended_at__in=at).update(answer="")
    AffectedParty.objects.filter(ticket=ticket, added_at__in=at).update(who="")
    AffectedParty.objects.filter(ticket=ticket, settled_at__in=at).update(words="")
    PromisedDate.objects.filter(part__ticket=ticket, named_at__in=at).update(reason="")
    OutsideQuestion.objects.filter(part__ticket=ticket, part__asked_at__in=at).update(whom="")
    TicketFeedback.objects.filter(ticket=ticket, said_at__in=at).update(words="")
    PublishedResult.objects.filter(ticket=ticket, published_at__in=at).update(what="", fix="")
    DeclineProposal.objects.filter(ticket=ticket, proposed_at__in=at).update(reason="")
    reviews = CauseReview.objects.filter(ticket=ticket)
    reviews.filter(reviewed_at__in=at).update(why="", corrective="", preventive="", lesson="")
    reviews.filter(approved_at__in=at).update(lesson="")
    instants = list(at.values_list("at", flat=True))
    for erases in settings.WORDS_ERASED_WITH_EVENTS:
        import_string(erases)(ticket_id=ticket.id, at=instants)

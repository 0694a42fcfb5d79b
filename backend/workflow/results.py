"""Published results: who reads which, and words that seem to name somebody."""

import re
import unicodedata
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from backend.organisation.actors import Actor
from backend.organisation.models import Person
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.affected_errors import NamesSomebody
from backend.workflow.models import PublishedResult, Ticket, TicketParticipant
from backend.workflow.states import State

SHORTEST_NAME = 2


def result_of(*, ticket: Ticket) -> PublishedResult | None:
    """Return what was published of a ticket the reader was let in to; one that is not closed costs no statement."""
    if ticket.state != State.CLOSED or ticket.confidentiality == Confidentiality.K2:
        return None
    counting = PublishedResult.objects.filter(ticket=ticket, published_at__gte=ticket.closed_at)
    return counting.exclude(fix="").first()


def results_published(*, actor: Actor) -> QuerySet[PublishedResult]:
    """Return what was published at the actor's school, of what is open and closed now and does not concern them."""
    concerned = TicketParticipant.objects.filter(ticket=OuterRef("ticket"), person=actor.person_id)
    open_ones = PublishedResult.objects.filter(
        ticket__school=actor.school_scope,
        ticket__state=State.CLOSED,
        ticket__confidentiality=Confidentiality.K0,
        ticket__is_exercise=False,
        published_at__gte=F("ticket__closed_at"),
    )
    return open_ones.exclude(fix="").filter(~Exists(concerned))


def names_check(*, words: str, school_id: UUID, pointer: str) -> None:
    """Raise NamesSomebody where words hold the name of somebody of the school."""
    plain = _plain(words)
    names = Person.objects.filter(school=school_id).values_list("name", flat=True)
    if any(_holds(plain, _plain(name)) for name in names):
        raise NamesSomebody(pointer=pointer)


def _plain(words: str) -> str:
    return unicodedata.normalize("NFKC", words).casefold()


def _holds(words: str, name: str) -> bool:
    """Say whether a name stands in words; in letters that part words by blanks, as a word of its own."""
    if len(name) < SHORTEST_NAME or name not in words:
        return False
    return not name.isascii() or re.search(rf"\b{re.escape(name)}\b", words) is not None

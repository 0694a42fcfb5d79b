"""Visits from outside as those who lead know of them; a finding shows only with its ticket."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.rounds.models import OutsideFinding, OutsideReply, OutsideReplyWord, OutsideVisit
from backend.workflow.selectors import tickets_with_names
from backend.workflow.sight import tickets_known


def visits_known(*, actor: Actor) -> QuerySet[OutsideVisit]:
    """Return the visits to the schools somebody leads, or supervises as their bureau."""
    if not actor.may(Permission.ROUNDS_READ):
        return OutsideVisit.objects.none()
    here = {"school": actor.school_id} if actor.school_id else {"school__bureau": actor.bureau_id}
    return OutsideVisit.objects.filter(**here).select_related("school", "by")


def visits_shown(*, actor: Actor) -> QuerySet[OutsideVisit]:
    """Return them with the answers that they call for, and every word on these; two statements more."""
    words = OutsideReplyWord.objects.select_related("by").order_by("number")
    replies = OutsideReply.objects.order_by("due_on", "number").prefetch_related(Prefetch("words", words))
    return visits_known(actor=actor).prefetch_related(Prefetch("replies", replies))


def visit_shown(*, actor: Actor, visit_id: UUID) -> OutsideVisit:
    """Return one of them; raise NotFound."""
    found = visits_shown(actor=actor).filter(id=visit_id).first()
    if found is None:
        raise NotFound
    return found


def visit_get(*, actor: Actor, visit_id: UUID) -> OutsideVisit:
    """Return one of them; raise NotFound."""
    found = visits_known(actor=actor).filter(id=visit_id).first()
    if found is None:
        raise NotFound
    return found


def findings_of(*, actor: Actor, visits: Sequence[OutsideVisit]) -> list[OutsideFinding]:
    """Return what these visits found, of those tickets the reader may know of, the first at the top; two statements."""
    rows = OutsideFinding.objects.filter(visit__in=[visit.id for visit in visits]).select_related("reply")
    found = list(rows.order_by("at", "id"))
    known = tickets_known(actor=actor).filter(id__in=[one.ticket_id for one in found])
    tickets = {ticket.id: ticket for ticket in tickets_with_names(actor=actor, tickets=known)} if found else {}
    for one in found:
        if one.ticket_id in tickets:
            one.ticket = tickets[one.ticket_id]
    return [one for one in found if one.ticket_id in tickets]

"""The tickets that left a reader's sight since an instant, so that whoever keeps a copy of a list can drop them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from backend.duty.selectors.actors import terms_since
from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.asked import parts_read
from backend.workflow.models import SightChange, TicketGrant, TicketPart, TicketParticipant
from backend.workflow.policy import BY_GRANT, Part, opened_to
from backend.workflow.sight import tickets_known

OF_OFFICE = (Role.HANDLER, Role.OFFICE_HEAD)
Change = tuple[UUID, datetime]
"""A change of a ticket, named by the ticket and the instant."""
MOST_GONE = 1000
"""Whoever follows changes so rarely that more have left reads the list anew."""


def tickets_gone(*, actor: Actor, since: datetime) -> list[UUID]:
    """Return the tickets that the actor saw since an instant and does not see now.

    They left by a change of the ticket, what was asked of the actor's office ended, or a post that opened them is over.
    The latest thousand of each count, and nothing before the actor's last post began: what it would have opened
    then was never seen. Four statements, one more for those who may have grants, and one where a post is over.
    """
    terms = terms_since(person_id=actor.person_id, since=since)
    former = tuple(term.post for term in terms if term.is_over)
    before = replace(actor, posts=(*actor.posts, *former))
    began = max([since, *(term.began_at for term in terms)])
    changes = list(_changes(before).filter(at__gte=began).order_by("-at", "-id")[:MOST_GONE])
    seen = {ticket_id for ticket_id, _at in _seen_before(before, changes)}
    answered = _answered(before).filter(ended_at__gte=began).order_by("-ended_at")
    seen |= set(answered.values_list("ticket", flat=True)[:MOST_GONE])
    if former:
        opened = tickets_known(actor=replace(actor, posts=former), as_reporter=False).order_by("-updated_at", "id")
        seen |= set(opened.values_list("id", flat=True)[:MOST_GONE])
    return sorted(seen - set(tickets_known(actor=actor).filter(id__in=seen).values_list("id", flat=True)))


def changes_hiding(*, actor: Actor, happened: Collection[Change]) -> set[Change]:
    """Return those of some changes of tickets before which the actor saw the ticket by what the change took away.

    Whether they see it now nevertheless is for the caller. Two statements, one more for those who may have grants.
    """
    if not happened:
        return set()
    tickets, instants = {ticket for ticket, _at in happened}, {at for _ticket, at in happened}
    changes = list(_changes(actor).filter(ticket__in=tickets, at__in=instants))
    answered = _answered(actor).filter(ticket__in=tickets, ended_at__in=instants)
    ended = {(ticket, at) for ticket, at in answered.values_list("ticket", "ended_at") if at}
    return (_seen_before(actor, changes) | ended).intersection(happened)


def _not_about(actor: Actor) -> Q:
    return ~Q(Exists(TicketParticipant.objects.filter(ticket=OuterRef("ticket"), person=actor.person_id)))


def _answered(actor: Actor) -> QuerySet[TicketPart]:
    parts = TicketPart.objects.filter(_not_about(actor), office__in=actor.units(*OF_OFFICE))
    return parts.filter(ticket__seal=Confidentiality.K0) if actor.through else parts


def _changes(actor: Actor) -> QuerySet[SightChange]:
    near = Q(school=actor.school_id) if actor.school_id else Q(school__bureau=actor.bureau_id)
    changes = SightChange.objects.filter(near, _not_about(actor)).select_related("ticket", "school")
    if actor.through:
        earlier = SightChange.objects.filter(ticket=OuterRef("ticket"), id__lte=OuterRef("id"))
        changes = changes.exclude(Exists(earlier.exclude(confidentiality=Confidentiality.K0)))
    if actor.holds(*BY_GRANT):
        own = TicketGrant.objects.filter(person=actor.person_id)
        changes = changes.prefetch_related(Prefetch("ticket__grants", own))
    return changes


def _seen_before(actor: Actor, changes: Sequence[SightChange]) -> set[Change]:
    if actor.units(*OF_OFFICE):
        parts_read([change.ticket for change in changes])
    return {(change.ticket_id, change.at) for change in changes if _was_seen(actor, change)}


def _was_seen(actor: Actor, change: SightChange) -> bool:
    """Say whether the actor knew of the ticket while it was as the change found it."""
    before = change.ticket
    before.school = change.school
    before.confidentiality = change.confidentiality
    if actor.through:
        before.seal = change.confidentiality
    before.owner_id, before.assignee_id = change.owner_id, change.assignee_id
    return Part.TICKET in opened_to(actor=actor, ticket=before, at=change.at)

"""Reads of tickets that were merged: those that went into one, with their words, and where one went."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import prefetch_related_objects

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.workflow.actions.comment import COMMENT
from backend.workflow.merging import merge_of, merged_here
from backend.workflow.models import Ticket, TicketEvent, TicketMerge
from backend.workflow.policy import BY_GRANT, SEALED, Part, is_known, opened_to
from backend.workflow.selectors import ticket_get, ticket_is_visible
from backend.workflow.states import State
from backend.workflow.system_events import AMENDED

SAID = (COMMENT.name, AMENDED.name)
"""The events of a merged ticket that are told with the one it went into: what people wrote about the matter."""


@dataclass(frozen=True, slots=True)
class MergedInto:
    """The merge by which a ticket went into another one; `is_open`: whether the reader may open that one."""

    merge: TicketMerge
    is_open: bool


def merged_into(*, actor: Actor, ticket: Ticket) -> MergedInto | None:
    """Return where a ticket went that the reader was let in to; two statements, none for one that is not merged."""
    if ticket.state != State.MERGED:
        return None
    merge = merge_of(ticket=ticket)
    return MergedInto(merge, ticket_is_visible(actor=actor, ticket_id=merge.into_id))


def merges_shown(*, actor: Actor, ticket: Ticket) -> Sequence[TicketMerge]:
    """Return what was merged into a ticket the reader was let in to, as far as they read it there, in order.

    One statement, none where nothing was.
    """
    if not merged_here(ticket=ticket):
        return []
    merges = list(
        TicketMerge.objects.filter(into=ticket, ended_at=None)
        .select_related("ticket__school", "ticket__declining", "ticket__lowering", "merged_by")
        .order_by("merged_at", "id")
    )
    if actor.holds(*BY_GRANT):
        prefetch_related_objects([merge.ticket for merge in merges], "grants")
    return [merge for merge in merges if _is_shown(actor, merge.ticket, ticket)]


def _is_shown(actor: Actor, merged: Ticket, into: Ticket) -> bool:
    """Say whether somebody who was let in to a ticket reads there what was merged into it, but for its reporter.

    Those who work on a ticket do, not its reporter, as long as it is as confidential; of class K2 only those to whom
    the merged one is opened anyway. Both concern the same people.
    """
    is_covered = merged.confidentiality not in SEALED and merged.confidentiality <= into.confidentiality
    if is_covered and Part.INTERNAL in opened_to(actor=actor, ticket=into):
        return True
    return is_known(actor=actor, ticket=merged, concerns_actor=False)


def merged_get(*, actor: Actor, ticket_id: UUID) -> Ticket:
    """Return a ticket whose words and files the actor may read: a known one, or one merged into a known one."""
    try:
        return ticket_get(actor=actor, ticket_id=ticket_id)
    except NotFound:
        into = TicketMerge.objects.filter(ticket=ticket_id, ended_at=None).values_list("into_id", flat=True).first()
        if into is None:
            raise
    shown = merges_shown(actor=actor, ticket=ticket_get(actor=actor, ticket_id=into))
    found = next((merge.ticket for merge in shown if merge.ticket_id == ticket_id), None)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class MergedTicket:
    """A ticket that was merged into another one, and what people wrote about it."""

    merge: TicketMerge
    said: Sequence[TicketEvent]


def merged_with_words(*, actor: Actor, ticket: Ticket) -> list[MergedTicket]:
    """Return what was merged into a ticket the reader was let in to, each with what was written; two statements."""
    merges = merges_shown(actor=actor, ticket=ticket)
    if not merges:
        return []
    events = TicketEvent.objects.filter(ticket__in=[merge.ticket_id for merge in merges], kind__in=SAID)
    said = list(events.select_related("payload").order_by("at", "sequence"))
    return [MergedTicket(merge, [event for event in said if event.ticket_id == merge.ticket_id]) for merge in merges]

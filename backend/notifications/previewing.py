"""Previews: the messages that an action would send and to whom, found by taking it for real and rolling it back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.common.errors import DomainError
from backend.common.models import OutboxMessage
from backend.notifications.messages import Message
from backend.notifications.models import Delivery, Notice
from backend.notifications.rendering import words_of
from backend.notifications.services.delivering import message_for
from backend.notifications.services.planning import notices_create
from backend.organisation.actors import Actor
from backend.organisation.models import Person
from backend.workflow.action import Action
from backend.workflow.action_input import SaidT
from backend.workflow.models import Ticket
from backend.workflow.policy import Part, opened_to
from backend.workflow.selectors import ticket_lock
from backend.workflow.services import ticket_act_on

TOPIC = "ticket.changed:notices"
NO_WORDS = Message("", "")


@dataclass(frozen=True, slots=True)
class WouldTell:
    """Somebody who would be told, in which words and through which sorts of channels.

    A reporter whose name is not open to the reader has no person; then nobody's words are shown, since theirs would
    tell them from the others.
    """

    person: Person | None
    is_reporter: bool
    message: Message
    channels: Sequence[str]


def action_preview(
    *, actor: Actor, ticket_id: UUID, action: Action[SaidT], said: Callable[[], SaidT], now: datetime
) -> list[WouldTell]:
    """Return who would be told by an action; a refusal is raised as it would be, and nothing is changed or sent."""
    found = _told(actor, ticket_id, action, said, now, is_reporter_known=True)
    if all(row.person is not None for row in found):
        return found
    # Somebody who reported it and hears of it for another reason too is named for that, or would be missed.
    try:
        anyway = _told(actor, ticket_id, action, said, now, is_reporter_known=False)
    except DomainError:
        anyway = []  # it goes to the reporter alone, as a question to them
    reporter = [row for row in found if row.person is None]
    return [replace(row, message=NO_WORDS, channels=()) for row in (*reporter, *anyway)]


def _told(
    actor: Actor,
    ticket_id: UUID,
    action: Action[SaidT],
    said: Callable[[], SaidT],
    now: datetime,
    *,
    is_reporter_known: bool,
) -> list[WouldTell]:
    def lock(*, actor: Actor, ticket_id: UUID) -> Ticket:
        ticket = ticket_lock(actor=actor, ticket_id=ticket_id)
        if not is_reporter_known:
            ticket.reporter_id = None
        return ticket

    with transaction.atomic():
        ticket_act_on(actor=actor, ticket_id=ticket_id, action=action, said=said, now=now, lock=lock)
        found = _would_tell(actor, now, is_reporter_known=is_reporter_known)
        transaction.set_rollback(True)
    return found


def _would_tell(actor: Actor, now: datetime, *, is_reporter_known: bool) -> list[WouldTell]:
    """Return who is told by what this transaction left to be told, with the words that would go out."""
    messages = list(OutboxMessage.objects.filter(topic=TOPIC, created_at=now))
    notices_create(messages, now)
    events = {UUID(message.payload["event"]) for message in messages}
    notices = list(Notice.objects.filter(event_id__in=events).select_related("person__user", "instead_of"))
    words = words_of(notices=notices)
    tickets = Ticket.objects.select_related("school").in_bulk({notice.subject_id for notice in notices})
    found = []
    for notice in sorted(notices, key=lambda row: row.person.name):
        if notice.id in words:
            ticket = tickets[notice.subject_id]
            is_reporter = is_reporter_known and ticket.reporter_id == notice.person_id
            is_hidden = is_reporter and Part.REPORTER not in opened_to(actor=actor, ticket=ticket)
            channels = _channels(notice)
            message = message_for(batch=[Delivery(notice=notice)], words=words)
            found.append(WouldTell(None if is_hidden else notice.person, is_reporter, message, channels))
    return found


def _channels(notice: Notice) -> list[str]:
    kinds = Delivery.objects.filter(notice=notice, status=Delivery.Status.WAITING).values_list(
        "channel_kind", flat=True
    )
    return sorted(set(kinds))

"""News of a change of one ticket for people who know the matter by another one that was merged. Pure."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.conf import settings

from backend.common.outbox import OutboxDraft
from backend.workflow.models import TicketEvent


def news_drafts(
    *, event: TicketEvent, told: Collection[UUID], news: Mapping[UUID, Collection[UUID]]
) -> list[OutboxDraft]:
    """Return the outbox rows that tell people of an event by another ticket, for each of them and each subscriber.

    `news` names the people by their ticket; those who are `told` anyway are left out.
    """
    drafts = []
    for ticket_id, people in news.items():
        named = sorted(str(person_id) for person_id in set(people) - set(told))
        payload = {"ticket": str(ticket_id), "event": str(event.id), "kind": event.kind, "people": named}
        drafts += [
            OutboxDraft(topic=f"ticket.changed:{name}", dedup_key=f"{name}:{event.id}:{ticket_id}", payload=payload)
            for name, hears in settings.TICKET_SUBSCRIBERS.items()
            if named and hears == "told"
        ]
    return drafts

"""The message that carries one delivery or several, in the language of the person."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.conf import settings
from django.utils import translation

from backend.notifications.carrying import longest_for
from backend.notifications.messages import Message, compose, compose_digest
from backend.notifications.models import Delivery
from backend.notifications.subjects import Words
from backend.organisation.readers import language_of


def message_for(*, batch: Sequence[Delivery], words: Mapping[UUID, Words]) -> Message:
    """Return the words for deliveries to one destination; what several readers are told alike stands once."""
    first = batch[0]
    with translation.override(language_of(first.notice.person)):
        told = dict.fromkeys((delivery.notice.event_id, words[delivery.notice_id]()) for delivery in batch)
        entries = [facts for _event_id, facts in told]
        if len(entries) == 1:
            return compose(entries[0])
        most_bytes = longest_for(first.channel_kind)
        return compose_digest(entries=entries, link=f"{settings.PUBLIC_URL}/notices", most_bytes=most_bytes)

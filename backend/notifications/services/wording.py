"""The message that carries one delivery or several, in the language and time zone of the person."""

from collections.abc import Mapping, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation

from backend.notifications.carrying import longest_for
from backend.notifications.messages import Message, compose, compose_digest
from backend.notifications.models import Delivery
from backend.notifications.subjects import Words
from backend.organisation.models import Person


def language_of(person: Person) -> str:
    """Return the language somebody reads: the account's choice, else the one they were registered with."""
    return person.user.language if person.user else person.language


def message_for(*, batch: Sequence[Delivery], words: Mapping[UUID, Words]) -> Message:
    """Return the words for deliveries to one person by one channel."""
    first = batch[0]
    zone = ZoneInfo(words[first.notice_id].zone)
    with translation.override(language_of(first.notice.person)), timezone.override(zone):
        entries = [words[delivery.notice_id].facts() for delivery in batch]
        if len(entries) == 1:
            return compose(entries[0])
        most_bytes = longest_for(first.channel_kind)
        return compose_digest(entries=entries, link=f"{settings.PUBLIC_URL}/notices", most_bytes=most_bytes)

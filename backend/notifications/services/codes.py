"""Sending the code by which a person proves that a channel is theirs."""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from backend.common.models import OutboxMessage
from backend.common.outgoing import NotTaken
from backend.notifications.carrying import Carrier
from backend.notifications.messages import Message, branded
from backend.organisation.models import ContactChannel, Person
from backend.organisation.readers import language_of
from backend.organisation.selectors.reachable import may_be_reached
from backend.organisation.services.channels import CODE_VALID, channel_code

LONGEST_ERROR = 200


def code_send(*, message: OutboxMessage, now: datetime) -> None:
    """Send the code an outbox row announces, unless a newer one was asked for, it is too late, or the person left."""
    sent_at = parse_datetime(message.payload["sent_at"])
    people = Person.objects.filter(may_be_reached(at=now))
    channels = ContactChannel.objects.filter(person__in=people).select_related("person__user")
    channel = channels.filter(id=message.payload["channel"], verified_at=None, code_sent_at=sent_at).first()
    if channel is None or sent_at is None or now - sent_at > CODE_VALID:
        return
    code = channel_code(channel_id=channel.id, sent_at=sent_at)
    with translation.override(language_of(channel.person)):
        words = Message(
            branded(_("your code is %(code)s") % {"code": code}),
            _(
                "Somebody added this address to tell them about safety reports. If that was you, type %(code)s on the "
                "page where you added it, within 15 minutes. If it was not you, you need not do anything."
            )
            % {"code": code},
        )
    try:
        with Carrier() as carrier:
            carrier.carry(channel=channel, message=words, message_id=uuid5(NAMESPACE_URL, message.dedup_key))
    except NotTaken as problem:
        _note(channel, problem.reason)
        raise
    _note(channel, "")


def _note(channel: ContactChannel, error: str) -> None:
    """Keep why a code was not taken, so that the page can say it to whoever waits for it."""
    if channel.code_error != error:
        ContactChannel.objects.filter(id=channel.id).update(code_error=error[:LONGEST_ERROR])

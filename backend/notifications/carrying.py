"""Carrying one message through one channel, whatever its kind."""

import smtplib
from uuid import UUID

from django.core.mail import EmailMessage

from backend.notifications.messages import Message
from backend.notifications.open_web import ChannelBroken
from backend.notifications.robots import MOST_BYTES, robot_send
from backend.organisation.models import ContactChannel

PERMANENT_FROM = 500
MOST_BYTES_BY_DEFAULT = 18_000


def longest_for(kind: str) -> int:
    """Return how many bytes a message of this kind of channel may have."""
    return MOST_BYTES.get(kind, MOST_BYTES_BY_DEFAULT)


def carry(*, channel: ContactChannel, message: Message, message_id: UUID) -> None:
    """Send a message, at least once, always under the same id; raise ChannelBroken when it was not taken."""
    if channel.kind == ContactChannel.Kind.EMAIL:
        _mail(channel.address, message, message_id)
    else:
        robot_send(
            kind=channel.kind,
            address=channel.address,
            subject=message.subject,
            body=message.body,
            message_id=str(message_id),
        )


def _mail(address: str, message: Message, message_id: UUID) -> None:
    headers = {"Message-ID": f"<{message_id}@allclear>", "Auto-Submitted": "auto-generated"}
    mail = EmailMessage(subject=message.subject, body=message.body, to=[address], headers=headers)
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _words in error.recipients.values()]
        is_permanent = all(code >= PERMANENT_FROM for code in codes)
        raise ChannelBroken(f"The mail server refused the address: {codes}", is_permanent=is_permanent) from error
    except smtplib.SMTPResponseException as error:
        raise ChannelBroken(f"The mail server answered {error.smtp_code}.") from error
    except (smtplib.SMTPException, OSError) as error:
        raise ChannelBroken(f"The mail could not be handed over: {type(error).__name__}") from error

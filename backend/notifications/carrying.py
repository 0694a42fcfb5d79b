"""Carrying messages through channels, whatever their kind."""

import email.message
import smtplib
from email.header import Header
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.core.mail import EmailMessage, get_connection

from backend.common.later import Later
from backend.common.outgoing import NotTaken
from backend.notifications.messages import Message
from backend.organisation.models import ContactChannel

if TYPE_CHECKING:
    from backend.notifications import robots
else:
    robots = Later("backend.notifications.robots")  # Apprise is for schools that have a robot

PERMANENT_FROM = 500
MOST_BYTES: dict[str, int] = {ContactChannel.Kind.WECOM: 1900, ContactChannel.Kind.DINGTALK: 15_000}
"""The longest text of each robot, with room for the id at its end; WeCom refuses more than 2048 bytes."""
MOST_BYTES_BY_DEFAULT = 18_000


def longest_for(kind: str) -> int:
    """Return how many bytes a message of this kind of channel may have."""
    return MOST_BYTES.get(kind, MOST_BYTES_BY_DEFAULT)


class Mail(EmailMessage):
    """A mail as Django makes it, but for the folding of its subject.

    Django encodes a subject without regard to the name before it, so that a long one was folded before its first word:
    `Subject:` stood alone on its line, and gateways that read that line only showed none, others a blank before it.
    """

    def message(self, *arguments: Any, **options: Any) -> Any:
        """Return the mail with its subject encoded behind the name of the header."""
        built = super().message(*arguments, **options)
        words = " ".join(str(self.subject).split())
        del built["Subject"]
        subject = Header(words, None if words.isascii() else "utf-8", header_name="Subject")
        email.message.Message.__setitem__(built, "Subject", subject)
        return built


class Carrier:
    """Carries messages one after the other; all mails of a round go over one connection."""

    def __init__(self) -> None:
        self._mail = get_connection()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._mail.close()

    def carry(self, *, channel: ContactChannel, message: Message, message_id: UUID) -> None:
        """Send a message, at least once, always under the same id; raise NotTaken when it was not taken."""
        if channel.kind == ContactChannel.Kind.EMAIL:
            self._send_mail(channel.address, message, message_id)
        else:
            robots.robot_send(
                kind=channel.kind,
                address=channel.address,
                subject=message.subject,
                body=message.body,
                message_id=str(message_id),
            )

    def _send_mail(self, address: str, message: Message, message_id: UUID) -> None:
        headers = {"Message-ID": f"<{message_id}@allclear>", "Auto-Submitted": "auto-generated"}
        mail = Mail(message.subject, message.body, to=[address], headers=headers, connection=self._mail)
        try:
            self._mail.open()
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _words in error.recipients.values()]
            is_permanent = all(code >= PERMANENT_FROM for code in codes)
            raise NotTaken(f"The mail server refused the address: {codes}", is_permanent=is_permanent) from error
        except smtplib.SMTPResponseException as error:
            self._mail.close()
            raise NotTaken(f"The mail server answered {error.smtp_code}.") from error
        except (smtplib.SMTPException, OSError) as error:
            self._mail.close()
            raise NotTaken(f"The mail could not be handed over: {type(error).__name__}") from error

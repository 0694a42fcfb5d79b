"""A mail whose subject begins on the line of its name, however long it is."""

from email.header import Header
from email.message import Message
from typing import Any

from django.core.mail import EmailMessage


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
        Message.__setitem__(built, "Subject", subject)
        return built

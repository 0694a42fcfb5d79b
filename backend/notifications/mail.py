"""Mail of a demonstration: a folder for each address instead of a mail server."""

import re
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

UNSAFE = re.compile(r"[^A-Za-z0-9@._+-]")


class FolderBackend(BaseEmailBackend):
    """Write each message as a file into `MAIL_DIRECTORY/<address>/`; a repeated message overwrites itself."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the messages, one file for each recipient, and return how many there were."""
        for message in email_messages:
            built = message.message()
            for address in message.recipients():
                folder = Path(settings.MAIL_DIRECTORY) / UNSAFE.sub("_", address)
                folder.mkdir(parents=True, exist_ok=True)
                name = UNSAFE.sub("", built["Message-ID"])
                (folder / f"{name}.eml").write_bytes(built.as_bytes())
        return len(email_messages)

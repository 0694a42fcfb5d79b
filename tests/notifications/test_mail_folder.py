"""Mail into a folder for each address, as a demonstration keeps it."""

from email import message_from_bytes
from pathlib import Path

from django.core.management import call_command
from django.test import override_settings


def test_a_test_mail_of_the_framework_is_kept_too(tmp_path: Path) -> None:
    """It has no id of its own among its headers, and the folder looked for one there (F15)."""
    with override_settings(EMAIL_BACKEND="backend.notifications.mail.FolderBackend", MAIL_DIRECTORY=str(tmp_path)):
        call_command("sendtestemail", "ada@school.example", "bob@school.example")
    for address in ("ada@school.example", "bob@school.example"):
        (kept,) = (tmp_path / address).glob("*.eml")
        assert message_from_bytes(kept.read_bytes())["Message-ID"].strip("<>").startswith(kept.stem[:10])

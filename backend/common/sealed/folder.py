"""The folder of the keys: its one lock, how a file gets into it, and how the database and it know each other.

The folder holds a mark that the database remembers. Where they differ, the folder is empty, not mounted or another
one: nothing is sealed there, for that key would be gone as soon as the right folder is back.
"""

import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from backend.common.errors import DomainError
from backend.common.models import SealingFolder

LOG = logging.getLogger(__name__)
MARK, LOCK = "mark", "lock"
_known: dict[Path, str] = {}
REMEMBERING = "SELECT pg_try_advisory_xact_lock(hashtext('common.sealing_folder'))"


class ContentsLocked(DomainError):
    """The key to what a confidential ticket says cannot be read."""

    code = "contents_locked"
    status = 503
    title = _(
        "What this says cannot be opened or kept right now. Please try again later, or call the person in charge."
    )
    retry_after = 30


def folder() -> Path:
    """Return the folder of the keys."""
    return Path(settings.SEALING_FOLDER)


@contextmanager
def locked() -> Iterator[None]:
    """Hold the one lock of whoever makes, wraps or destroys a key."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder() / LOCK).open("a") as held:
        flock(held, LOCK_EX)
        yield


def claim() -> None:
    """Let the database and the folder know each other, the first time; raise ContentsLocked where they do not.

    The caller holds the lock, and with it waits for no other transaction: where one is about to remember the mark, it
    is left to it. What was found in the database is not asked for again.
    """
    here = mark_read()
    if here and _known.get(folder()) == here:
        return
    known = SealingFolder.objects.values_list("mark", flat=True).first()
    if known is None:
        _remember(here or mark_write())
    elif known != here:
        raise unreadable(f"{folder()} is {'another' if here else 'empty, and not the'} folder that keys were kept in")
    else:
        _known[folder()] = here


def mark_read() -> str:
    """Return the folder's mark; empty where it has none."""
    path = folder() / MARK
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


def mark_write() -> str:
    """Give the folder a mark, and return it."""
    mark = secrets.token_hex(16)
    file_write(folder() / MARK, f"{mark}\n")
    return mark


def folder_begin() -> None:
    """Take the folder as it is for the one to use from now on: whoever asks knows that the former is lost."""
    with locked():
        mark = mark_read() or mark_write()
    SealingFolder.objects.update_or_create(id=SealingFolder.ONLY, defaults={"mark": mark})


def _remember(mark: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(REMEMBERING)
        is_ours = cursor.fetchone()[0]
    if is_ours:
        SealingFolder.objects.bulk_create([SealingFolder(mark=mark)], ignore_conflicts=True)


def unreadable(reason: str) -> ContentsLocked:
    """Return the refusal, without its reason: that stands in the log alone, and with whoever runs a command."""
    LOG.error("ALARM: what confidential tickets say cannot be opened: %s", reason)
    error = ContentsLocked()
    error.add_note(reason)
    return error


def file_write(path: Path, text: str) -> None:
    """Put a file in place whole, readable by its owner alone, and on the disk before it counts."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)

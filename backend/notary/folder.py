"""Files that no database holds: the notary's key, the checkpoint it signed last, and all of them in another folder."""

import hashlib
import os
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

from backend.notary.notes import NoteRefused, SignerKey

KEY, LAST, FORMER = "key", "last-checkpoint", "key.former"
ENDING = ".checkpoint"
UNNAMED = -1
"""The size of a checkpoint whose name says none."""


class KeyRefused(Exception):
    """The notary has no key to sign with, and the sentence says what to do."""


def key_read(folder: Path) -> SignerKey | None:
    """Return the key to sign with; None where none was made yet."""
    try:
        return SignerKey.read((folder / KEY).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, NoteRefused) as error:
        raise KeyRefused(f"The notary's key in {folder / KEY} cannot be read: {error}.") from error


def key_make(folder: Path, name: str) -> SignerKey:
    """Make a key that only the owner of the file reads; where another process made one meanwhile, take that."""
    key, beside = SignerKey.made(name), folder / f".{KEY}.{os.getpid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_whole(beside, f"{key}\n")
        # A link is made whole or not at all, so nobody reads a key that is half written.
        (folder / KEY).hardlink_to(beside)
    except FileExistsError:
        made = key_read(folder)
        if made is None:
            raise KeyRefused(f"The notary's key in {folder / KEY} went away.") from None
        return made
    except OSError as error:
        raise KeyRefused(f"The notary's key cannot be written into {folder}: {error}.") from error
    finally:
        with suppress(OSError):
            beside.unlink()
    return key


def _write_whole(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def key_put_aside(folder: Path) -> None:
    """Keep the present key beside the next one under another name, whatever stood there."""
    if (folder / KEY).exists():
        (folder / KEY).replace(folder / FORMER)


def last_read(folder: Path) -> str | None:
    """Return the checkpoint that was signed last; None where none was."""
    try:
        return (folder / LAST).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def last_write(folder: Path, note: str) -> None:
    """Keep the checkpoint that was signed last in place of the one before."""
    beside = folder / f".{LAST}.{os.getpid()}"
    beside.write_text(note, encoding="utf-8")
    beside.replace(folder / LAST)


def copy_write(folder: Path, note: str, *, size: int, now: datetime) -> None:
    """Add a checkpoint to those that lie elsewhere, in the folder of its day; another one has another name."""
    day = folder / f"{now:%Y-%m-%d}"
    day.mkdir(parents=True, exist_ok=True)
    name = f"{size:012}-{hashlib.sha256(note.encode()).hexdigest()[:16]}"
    beside = day / f".{name}.{os.getpid()}"
    beside.write_text(note, encoding="utf-8")
    beside.replace(day / f"{name}{ENDING}")


def copies_listed(folder: Path, *, since: date | None = None) -> list[tuple[int, Path]]:
    """Return the checkpoints that lie elsewhere, of a day and later, by the size in their names, the smallest first.

    None of them is read; what is named otherwise comes first.
    """
    days = (day for day in folder.glob("*") if since is None or day.name >= since.isoformat())
    return sorted((_size_named(path), path) for day in days for path in day.glob(f"*{ENDING}"))


def _size_named(path: Path) -> int:
    size = path.name.partition("-")[0]
    return int(size) if size.isascii() and size.isdecimal() else UNNAMED

"""The keys of matters: one file for each, wrapped by a key that lies beside them, all of it outside the database.

A key that is destroyed leaves a file that says so: what was sealed with it is forgotten, also in old copies of the
database. A key that is missing without that is a fault, and nothing is shown in its place.
"""

import logging
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from backend.common.errors import DomainError
from backend.common.later import Later

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives.ciphers import aead
else:
    aead = Later("cryptography.hazmat.primitives.ciphers.aead")
    exceptions = Later("cryptography.exceptions")

LOG = logging.getLogger(__name__)
KEY_BYTES = 32
NONCE_BYTES = 12
CURRENT, LOCK = "current", "lock"
DESTROYED = "destroyed"
TRIES = 3


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


def key_newest(matter: UUID) -> tuple[int, bytes]:
    """Return the number and the key with which a matter's words are sealed now; the first time it is made."""
    try:
        number = max(_numbers(matter), default=0)
        found = key_read(matter, number) if number else None
        if found is not None:
            return number, found
        return number + 1, key_make(matter, number + 1)
    except OSError as error:
        raise _unreadable(f"no key of {matter}: {error}") from error


def key_read(matter: UUID, number: int) -> bytes | None:
    """Return one of a matter's keys; None where it was destroyed. Raise ContentsLocked where it cannot be read."""
    path = _path(matter, number)
    for _attempt in range(TRIES):
        try:
            name, wrapped = path.read_text(encoding="ascii").split(maxsplit=1)
            if name == DESTROYED:
                return None
            return _unwrapped(_wrapping(name), wrapped, path.name)
        except FileNotFoundError:
            continue  # it was wrapped anew, and the key that wrapped it before is gone
        except (OSError, ValueError, exceptions.InvalidTag) as error:
            raise _unreadable(f"the key {path.name} cannot be read: {error!r}") from error
    raise _unreadable(f"the key {path.name} is missing")


def key_make(matter: UUID, number: int) -> bytes:
    """Make one of a matter's keys; where another process made it meanwhile, take that."""
    path = _path(matter, number)
    with locked():
        if not path.exists():
            for parent in (path.parent.parent, path.parent):
                parent.mkdir(mode=0o700, exist_ok=True)
            _write(path, _wrapped(secrets.token_bytes(KEY_BYTES), path.name))
    made = key_read(matter, number)
    if made is None:
        raise _unreadable(f"the key {path.name} was destroyed")
    return made


def keys_destroy(matter: UUID, *, before: int) -> None:
    """Destroy a matter's keys below a number."""
    with locked():
        for number in _numbers(matter):
            if number < before:
                _write(_path(matter, number), f"{DESTROYED} -\n")


def keys_left(matter: UUID) -> int:
    """Return how many of a matter's keys were not destroyed."""
    return sum(
        not _path(matter, number).read_text(encoding="ascii").startswith(DESTROYED) for number in _numbers(matter)
    )


def wrapping_name() -> str:
    """Return the name of the key that wraps the others; the first time it is made, never in another's place."""
    try:
        return (folder() / CURRENT).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        if any(_keys()):
            raise _unreadable("there are keys of matters and none that wraps them") from None
        return wrapping_make()


def wrapping_make() -> str:
    """Make another key to wrap with, and let it be the one; the caller holds the lock."""
    name = secrets.token_hex(4)
    path = folder() / "wrapping" / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    _write(path, urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode())
    _write(folder() / CURRENT, f"{name}\n")
    return name


def wrapping_renew() -> None:
    """Let another key wrap what is made from now on."""
    with locked():
        wrapping_make()


def keys_count() -> tuple[int, int]:
    """Return how many keys of matters there are, and how many were destroyed."""
    words = [path.read_text(encoding="ascii").split(maxsplit=1)[0] for path in _keys()]
    destroyed = words.count(DESTROYED)
    return len(words) - destroyed, destroyed


def keys_rewrap() -> int:
    """Wrap every key by the current one, each under the lock, then let the others go; return how many were wrapped.

    It may be stopped at any time and goes on where it was: until the last key is wrapped anew all of them are there.
    """
    with locked():
        name = wrapping_name()
    count = sum(_rewrap(path, name) for path in _keys())
    with locked():
        count += sum(_rewrap_held(path, name) for path in _keys())  # made or put back since
        for path in (folder() / "wrapping").iterdir():
            if path.name != name:
                path.unlink()
    return count


def is_rewrapping() -> bool:
    """Say whether keys were left wrapped by a former key."""
    with suppress(FileNotFoundError):
        return len(list((folder() / "wrapping").iterdir())) > 1
    return False


@contextmanager
def locked() -> Iterator[None]:
    """Hold the one lock of whoever makes, wraps or destroys a key."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder() / LOCK).open("a") as held:
        flock(held, LOCK_EX)
        yield


def _unreadable(reason: str) -> ContentsLocked:
    """Return the refusal, without its reason: that stands in the log alone, and with whoever runs a command."""
    LOG.error("ALARM: what confidential tickets say cannot be opened: %s", reason)
    error = ContentsLocked()
    error.add_note(reason)
    return error


def _keys() -> Iterator[Path]:
    return (path for path in folder().glob("keys/??/*") if not path.name.startswith("."))


def _numbers(matter: UUID) -> list[int]:
    return [int(path.suffix[1:]) for path in _path(matter, 0).parent.glob(f"{matter.hex}.*")]


def _path(matter: UUID, number: int) -> Path:
    return folder() / "keys" / matter.hex[:2] / f"{matter.hex}.{number}"


def _rewrap(path: Path, name: str) -> bool:
    with locked():
        return _rewrap_held(path, name)


def _rewrap_held(path: Path, name: str) -> bool:
    former, wrapped = path.read_text(encoding="ascii").split(maxsplit=1)
    if former in {name, DESTROYED}:
        return False
    _write(path, _wrapped(_unwrapped(_wrapping(former), wrapped, path.name), path.name))
    return True


def _wrapping(name: str) -> bytes:
    return urlsafe_b64decode((folder() / "wrapping" / name).read_text(encoding="ascii"))


def _wrapped(key: bytes, label: str) -> str:
    name, nonce = wrapping_name(), secrets.token_bytes(NONCE_BYTES)
    cipher = aead.AESGCM(_wrapping(name)).encrypt(nonce, key, label.encode())
    return f"{name} {urlsafe_b64encode(nonce + cipher).decode()}\n"


def _unwrapped(by: bytes, wrapped: str, label: str) -> bytes:
    raw = urlsafe_b64decode(wrapped)
    return aead.AESGCM(by).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], label.encode())


def _write(path: Path, text: str) -> None:
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

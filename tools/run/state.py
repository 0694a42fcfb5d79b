"""The folders of a private installation: who owns them, where its sockets are, its generated secrets."""

import hashlib
import json
import os
import pwd
import secrets
import shutil
import stat
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tools.run.children import Account

SOCKET_PATH_BYTES = 100  # the kernel allows 107, with room for a server's temporary names
LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"
SHORT_FOLDER = Path("/tmp")  # noqa: S108 - the folder below it is made 0700 and its owner is checked
SYSTEM_FOLDER = Path("/var/lib")
SECRET_NAMES = ("secret_key", "postgres", "allclear_owner", "allclear_app")


class StateError(Exception):
    """The private servers cannot run here; the text says why and what to do."""


@dataclass(frozen=True)
class Home:
    """The home of the private servers: `folder` for data, `sockets` (a short path), `account` None for our own user."""

    folder: Path
    sockets: Path
    account: Account | None

    def package(self, name: str, inside: str) -> Path:
        """Return a folder of an installed package; a copy of it when the account cannot reach the original."""
        spec = find_spec(name)
        if spec is None or not spec.submodule_search_locations:
            raise StateError(f"The Python package {name} is missing; run this through make, which installs it.")
        original = Path(next(iter(spec.submodule_search_locations)))
        if may_enter(self.account, original / inside):
            return original / inside
        return self._copied(original) / inside

    def _copied(self, original: Path) -> Path:
        copies = self.folder / "binaries" / f"{original.stat().st_ino}-{int(original.stat().st_mtime)}"
        if not copies.exists():
            half = copies.with_suffix(".half")
            shutil.rmtree(half, ignore_errors=True)
            shutil.copytree(original, half / original.name)
            libraries = original.with_name(f"{original.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, half / libraries.name)
            hand_over(half, self.account)
            half.rename(copies)
        return copies / original.name


def server_account() -> Account | None:
    """Return the account for the servers: PostgreSQL refuses to run as root, so root lends them `nobody`."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Account(user=entry.pw_uid, group=entry.pw_gid)


def may_enter(account: Account | None, path: Path) -> bool:
    """Return whether the account can reach the folder and enter it."""
    if account is None:
        return os.access(path, os.X_OK)
    test = ["test", "-x", str(path)]
    done = subprocess.run(test, user=account.user, group=account.group, extra_groups=[], cwd="/", check=False)
    return done.returncode == 0


def hand_over(folder: Path, account: Account | None) -> None:
    """Give a tree to the account."""
    if account is None:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.user, account.group, follow_symlinks=False)


def private_folder(path: Path, account: Account | None) -> Path:
    """Make a folder only its owner can enter; refuse one that somebody else put there."""
    owners = {os.geteuid()} if account is None else {os.geteuid(), account.user}
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
        raise StateError(f"{path} belongs to somebody else. Remove it, or start from another folder.")
    path.chmod(0o700)
    if account is not None:
        os.chown(path, account.user, account.group)
    return path


def open_home(state: Path) -> Home:
    """Return the servers' home under `state`, made when missing.

    As root the servers run as `nobody`; when `nobody` cannot reach `state` (a checkout below /root, say), their data
    lies under /var/lib and `state/servers` is a link to it.
    """
    state = state.resolve()
    state.mkdir(parents=True, exist_ok=True)
    account = server_account()
    mark = hashlib.sha256(os.fsencode(state)).hexdigest()[:12]
    folder = state / "servers"
    if not may_enter(account, state):
        elsewhere = private_folder(SYSTEM_FOLDER / f"allclear-{mark}", account)
        if not folder.is_symlink():
            folder.symlink_to(elsewhere)
        folder = elsewhere
    folder = private_folder(folder, account)
    sockets = folder / "s"
    if len(os.fsencode(sockets / LONGEST_SOCKET_NAME)) > SOCKET_PATH_BYTES:
        sockets = SHORT_FOLDER / f"allclear-{os.geteuid()}-{mark}"
    return Home(folder=folder, sockets=private_folder(sockets, account), account=account)


def remove_home(state: Path) -> None:
    """Remove the servers' data and sockets, wherever they lie."""
    if not (state / "servers").exists():
        return
    home = open_home(state)
    shutil.rmtree(home.sockets, ignore_errors=True)
    shutil.rmtree(home.folder)
    (state / "servers").unlink(missing_ok=True)


def read_secrets(state: Path) -> dict[str, str]:
    """Return the secrets of this installation, made once and readable by their owner only."""
    path = state / "secrets.json"
    if path.exists():
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return found
    made = {name: secrets.token_urlsafe(48) for name in SECRET_NAMES}
    state.mkdir(parents=True, exist_ok=True)
    write_private(path, json.dumps(made, indent=1))
    return made


def write_private(path: Path, text: str) -> None:
    """Write a file whole that only its owner may read."""
    half = path.with_name(f"{path.name}.half")
    half.unlink(missing_ok=True)
    half.touch(mode=0o600, exist_ok=False)
    half.write_text(text, encoding="utf-8")
    half.rename(path)

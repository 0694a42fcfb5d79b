"""The file that tells who can sign in to the demo, readable by its owner alone."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile


@dataclass(frozen=True, slots=True)
class Login:
    """One line of the file: how to sign in, as which person and for which role."""

    username: str
    password: str
    role: str
    person: str


def passwords_read(path: Path) -> dict[str, str]:
    """Return the passwords by username; a file that is missing or unreadable as such knows none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {str(row["username"]): str(row["password"]) for row in content["accounts"]}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return {}


def credentials_write(*, path: Path, base_url: str, logins: Sequence[Login]) -> None:
    """Replace the file in one step with mode 0600, so that a reader sees the old one or the new one."""
    content = {"base_url": base_url, "accounts": [asdict(login) for login in logins]}
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise

"""Marks of work that an earlier start did (tables, static files, demo school), so that no later one repeats it."""

import hashlib
import json
from pathlib import Path

from tools.run.installation import ROOT

FILE = "prepared.json"
SOURCES = {
    "tables": ("requirements/run.txt", "backend/**/*.py"),
    "static": ("requirements/run.txt", "backend/config/settings.py", "backend/*/static/**/*"),
    "demo": ("backend/**/*.py", "demo/**/*", "rulebooks/**/*"),
}


def fingerprint(part: str, *words: str) -> str:
    """Return the hash of the files a part is made from, and of whatever else it depends on."""
    digest = hashlib.sha256(repr(words).encode())
    for path in sorted(found for pattern in SOURCES[part] for found in ROOT.glob(pattern) if found.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def is_prepared(state: Path, part: str, *words: str) -> bool:
    """Return whether the part is as its files say today."""
    return _read(state).get(part) == fingerprint(part, *words)


def mark_prepared(state: Path, part: str, *words: str) -> None:
    """Note that the part is as its files say today."""
    _write(state, _read(state) | {part: fingerprint(part, *words)})


def forget(state: Path, *parts: str) -> None:
    """Have the next start prepare these parts again."""
    _write(state, {part: mark for part, mark in _read(state).items() if part not in parts})


def _read(state: Path) -> dict[str, str]:
    path = state / FILE
    if not path.exists():
        return {}
    marks: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return marks


def _write(state: Path, marks: dict[str, str]) -> None:
    half = state / f"{FILE}.half"
    half.write_text(json.dumps(marks, indent=1), encoding="utf-8")
    half.rename(state / FILE)

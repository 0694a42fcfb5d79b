"""Names of files: what may stand in one, and the ending that its content gives it. Pure."""

import unicodedata
from pathlib import PurePosixPath

from backend.files.errors import FileNameUnsafe
from backend.files.limits import LONGEST_NAME

PATHS = frozenset("/\\")
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, formats (as what turns the reading direction), halves of characters, and separators of lines."""


def name_checked(name: str) -> str:
    """Return a name as it is kept; raise FileNameUnsafe for a path or one that does not show what it is."""
    plain = unicodedata.normalize("NFC", name).strip()
    is_seen = all(letter not in PATHS and unicodedata.category(letter) not in UNSEEN for letter in plain)
    if not is_seen or not plain.strip(".") or len(plain) > LONGEST_NAME:
        raise FileNameUnsafe(pointer="/name")
    return plain


def name_ending_in(name: str, ending: str) -> str:
    """Return the name with the ending of what the file really is, so that no program takes it for something else."""
    path = PurePosixPath(name)
    stem = path.stem if path.suffix else name
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"

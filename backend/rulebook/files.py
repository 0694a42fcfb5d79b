"""Reading rulebook files."""

from pathlib import Path
from typing import Any

import yaml

from backend.rulebook.validation import rulebook_errors

MAXIMUM_BYTES = 1_000_000


class RulebookFileError(Exception):
    """The rulebook file cannot be used; the message lists every reason."""


def rulebook_read(path: Path) -> dict[str, Any]:
    """Return the checked content of a YAML file, or raise RulebookFileError with everything that is wrong."""
    if path.stat().st_size > MAXIMUM_BYTES:
        raise RulebookFileError(f"{path} is larger than {MAXIMUM_BYTES} bytes.")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RulebookFileError(f"{path} is not YAML in UTF-8: {error}") from error
    errors = rulebook_errors(content)
    if errors:
        raise RulebookFileError("\n".join(errors))
    checked: dict[str, Any] = content
    return checked

"""Reading rulebook files."""

from pathlib import Path
from typing import Any

from backend.common.content_text import ContentUnreadable, content_of
from backend.rulebook.validation import rulebook_errors

MAXIMUM_BYTES = 1_000_000


class RulebookFileError(Exception):
    """The rulebook file cannot be used; the message lists every reason."""


def rulebook_read(path: Path) -> dict[str, Any]:
    """Return the checked content of a YAML file, or raise RulebookFileError with everything that is wrong."""
    with path.open("rb") as file:
        raw = file.read(MAXIMUM_BYTES + 1)
    if len(raw) > MAXIMUM_BYTES:
        raise RulebookFileError(f"{path} is larger than {MAXIMUM_BYTES} bytes.")
    try:
        content = content_of(raw, references=True)
    except ContentUnreadable as error:
        raise RulebookFileError(f"{path} is not YAML in UTF-8: {error}") from error
    errors = rulebook_errors(content)
    if errors:
        raise RulebookFileError("\n".join(errors))
    checked: dict[str, Any] = content
    return checked

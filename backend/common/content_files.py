"""Reading a checked YAML file from which something is laid out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from backend.common.content_text import ContentUnreadable, content_of

MAXIMUM_BYTES = 5_000_000


class ContentFileError(Exception):
    """The file cannot be imported; the message lists every reason."""


def content_read(path: Path, errors_of: Callable[[object], list[str]]) -> dict[str, Any]:
    """Return the content of a YAML file in which the check finds nothing wrong; else raise ContentFileError."""
    with path.open("rb") as file:
        raw = file.read(MAXIMUM_BYTES + 1)
    if len(raw) > MAXIMUM_BYTES:
        raise ContentFileError(f"{path} is larger than {MAXIMUM_BYTES} bytes.")
    try:
        content = content_of(raw, references=True)
    except ContentUnreadable as error:
        raise ContentFileError(f"{path} is not YAML in UTF-8: {error}") from error
    errors = errors_of(content)
    if errors:
        raise ContentFileError("\n".join(f"{path}: {error}" for error in errors))
    checked: dict[str, Any] = content
    return checked

"""Reading a checked YAML file from which something is laid out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

MAXIMUM_BYTES = 5_000_000


class ContentFileError(Exception):
    """The file cannot be imported; the message lists every reason."""


def content_read(path: Path, errors_of: Callable[[object], list[str]]) -> dict[str, Any]:
    """Return the content of a YAML file in which the check finds nothing wrong; else raise ContentFileError."""
    if path.stat().st_size > MAXIMUM_BYTES:
        raise ContentFileError(f"{path} is larger than {MAXIMUM_BYTES} bytes.")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContentFileError(f"{path} is not YAML in UTF-8: {error}") from error
    errors = errors_of(content)
    if errors:
        raise ContentFileError("\n".join(f"{path}: {error}" for error in errors))
    checked: dict[str, Any] = content
    return checked

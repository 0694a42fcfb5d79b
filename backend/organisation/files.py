"""Reading the files a bureau, a school and a calendar are imported from."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from backend.organisation.validation import bureau_errors, calendar_errors, school_errors

MAXIMUM_BYTES = 5_000_000


class OrganisationFileError(Exception):
    """The file cannot be imported; the message lists every reason."""


def bureau_read(path: Path) -> dict[str, Any]:
    """Return the checked content of a bureau's YAML file, or raise OrganisationFileError with all that is wrong."""
    return _read(path, bureau_errors)


def school_read(path: Path) -> dict[str, Any]:
    """Return the checked content of a school's YAML file, or raise OrganisationFileError with all that is wrong."""
    return _read(path, school_errors)


def calendar_read(path: Path) -> dict[str, Any]:
    """Return the checked content of a calendar's YAML file, or raise OrganisationFileError with all that is wrong."""
    return _read(path, calendar_errors)


def _read(path: Path, errors_of: Callable[[object], list[str]]) -> dict[str, Any]:
    if path.stat().st_size > MAXIMUM_BYTES:
        raise OrganisationFileError(f"{path} is larger than {MAXIMUM_BYTES} bytes.")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise OrganisationFileError(f"{path} is not YAML in UTF-8: {error}") from error
    errors = errors_of(content)
    if errors:
        raise OrganisationFileError("\n".join(f"{path}: {error}" for error in errors))
    checked: dict[str, Any] = content
    return checked

"""Reading the files a bureau and a school are laid out from."""

from pathlib import Path
from typing import Any

from backend.common.content_files import content_read
from backend.duty.validation import bureau_errors, school_errors


def bureau_read(path: Path) -> dict[str, Any]:
    """Return the checked content of a bureau's YAML file, or raise ContentFileError with all that is wrong."""
    return content_read(path, bureau_errors)


def school_read(path: Path) -> dict[str, Any]:
    """Return the checked content of a school's YAML file, or raise ContentFileError with all that is wrong."""
    return content_read(path, school_errors)

"""Reading the file a calendar is imported from."""

from pathlib import Path
from typing import Any

from backend.calendars.validation import calendar_errors
from backend.common.content_files import content_read


def calendar_read(path: Path) -> dict[str, Any]:
    """Return the checked content of a calendar's YAML file, or raise ContentFileError with all that is wrong."""
    return content_read(path, calendar_errors)

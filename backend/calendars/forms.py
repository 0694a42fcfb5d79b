"""Fields of forms in which a school enters its calendar."""

from datetime import time
from typing import Any

from django.forms import TimeField


class ClosingTime(TimeField):
    """The end of a day's hours; 24:00 is midnight."""

    def to_python(self, value: Any) -> time | None:
        """Read 24:00 as midnight."""
        return super().to_python("00:00" if value == "24:00" else value)

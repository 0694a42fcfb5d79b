"""Named points at which a test can have the process killed; where FAULT_POINTS names no folder they do nothing."""

import os
import signal
from pathlib import Path

from django.conf import settings

FOLDER = Path(settings.FAULT_POINTS) if settings.FAULT_POINTS else None


def fault_point(name: str) -> None:
    """Die as by kill -9 if a file of this name lies in the folder; the process that removed it is the one that dies."""
    if FOLDER is None:
        return
    try:
        (FOLDER / name).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)

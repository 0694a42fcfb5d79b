"""A notary with a folder of its own."""

from pathlib import Path
from typing import Any

import pytest

from backend.common.clock import database_now
from backend.notary.services.signing import notary_look


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """Give the notary an empty folder."""
    settings.NOTARY_FOLDER = str(tmp_path / "notary")
    return tmp_path / "notary"


def look() -> None:
    """Let the notary number and sign what is new."""
    notary_look(now=database_now())

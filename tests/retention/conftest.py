"""Each test has a notary's folder of its own: what one signed is not what the next one has."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def notary_folder(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder."""
    folder = tmp_path_factory.mktemp("notary")
    settings.NOTARY_FOLDER = str(folder)
    return folder

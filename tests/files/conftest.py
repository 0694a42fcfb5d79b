"""Fixtures of files: an empty store, and a ticket to send them to."""

from pathlib import Path
from uuid import UUID

import pytest
from pytest_django import Settings

from backend.config.file_store import files_in_folder
from tests.workflow.steps import file_ticket
from tests.world import World


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> Path:
    """A folder of this test's own, with nothing in it."""
    folder = tmp_path / "files"
    settings.STORAGES = {**settings.STORAGES, "files": files_in_folder(str(folder))}
    return folder


@pytest.fixture
def ticket(world: World) -> UUID:
    """A blocked exit that Alice reported and Bob's office has."""
    return file_ticket(world, routed=True)

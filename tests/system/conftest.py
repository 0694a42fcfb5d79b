"""One whole installation for all tests of this folder, which run one after the other."""

import signal
from collections.abc import Iterator

import pytest

from tests.system.installation import System
from tools.installation import free_port
from tools.state import remove_home


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One installation, started from nothing."""
    made = System(state=tmp_path_factory.mktemp("installation") / "var", port=free_port())
    try:
        made.start()
        yield made
    finally:
        if made.exit_code() is None:
            made.stop(signal.SIGTERM)
        remove_home(made.state)

"""One whole installation for all tests of this folder, which run one after the other."""

from collections.abc import Iterator

import pytest

from tests.system.installation import System, started


@pytest.fixture(scope="package")
def installation(ready_tables: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One installation, started from nothing but ready tables; its many people sign in with quick passwords.

    It ends with the last test of this folder: its processes would work beside the rest of the run.
    """
    with started(tmp_path_factory.mktemp("installation") / "var", "--rehearsal") as made:
        yield made

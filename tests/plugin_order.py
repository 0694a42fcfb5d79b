"""The order of a run in several processes: the longest begins first; whole installations never run side by side."""

import pytest
from xdist.scheduler import LoadFileScheduling

INSTALLATIONS = "tests/system/"
LONGEST_FIRST = (
    INSTALLATIONS,
    "tests/tools/test_bench.py",
    "tests/tools/test_system.py",
    "tests/contract/",
    "tests/workflow/test_state_machine.py",
    "tests/portal/test_in_a_browser.py",
    "tests/common/test_null_characters.py",
    "tests/health/test_backups.py",
    "tests/portal/test_factors_in_a_browser.py",
    "tests/properties/",
    "tests/docs/test_api_examples.py",
    "tests/organisation/test_demo_seed.py",
    "tests/identity/",
    "tests/setup/",
    "tests/portal/",
    "tests/administration/",
)


class InstallationsTogether(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """A file is one piece of work, except that all tests of whole installations are one together."""

    def _split_scope(self, nodeid: str) -> str:
        return INSTALLATIONS if nodeid.startswith(INSTALLATIONS) else super()._split_scope(nodeid)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest pieces of work first."""
    items.sort(key=lambda item: _place(item.nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> InstallationsTogether:
    """Hand out the work in the order above."""
    config.option.loadscopereorder = False
    return InstallationsTogether(config, log)


def _place(nodeid: str) -> int:
    return next((place for place, start in enumerate(LONGEST_FIRST) if nodeid.startswith(start)), len(LONGEST_FIRST))

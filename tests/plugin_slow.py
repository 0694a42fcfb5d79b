"""A run that was asked for no path and no mark leaves out what `make proofs` and `make check` run, and says so."""

from collections import Counter

import pytest

QUICK = "not slow and not source"
MARK = "slow"


def pytest_configure(config: pytest.Config) -> None:
    """Leave them out; parallel processes are told by the one that hands out the work."""
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.markexpr:
        config.option.markexpr = QUICK


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of a matrix that is slow `after` some of its cases, take the mark from these."""
    cases: Counter[str] = Counter()
    for item in items:
        mark = item.get_closest_marker(MARK)
        if mark and "after" in mark.kwargs:
            function = item.nodeid.partition("[")[0]
            cases[function] += 1
            if cases[function] <= mark.kwargs["after"]:
                item.own_markers.remove(mark)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say that there is more, and what runs it."""
    if config.option.markexpr == QUICK:
        terminalreporter.line("Not run: the slow proofs (`make proofs`), and what reads the source (`make check`).")

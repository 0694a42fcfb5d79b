"""The slow proofs wait for `make proofs` where a run was asked for no path and no mark; the run says so at its end."""

import pytest

QUICK = "not slow"


def pytest_configure(config: pytest.Config) -> None:
    """Leave them out; parallel processes are told by the one that hands out the work."""
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.markexpr:
        config.option.markexpr = QUICK


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say that there is more, and what runs it."""
    if config.option.markexpr == QUICK:
        terminalreporter.line("The slow proofs were not run: `make proofs` runs them.")

"""Names at the end of a test run what this machine could not run; REQUIRE_ALL=1 makes that a failure."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass

import pytest

PREFIX = "not run here: "


@dataclass(frozen=True)
class Program:
    """A program some tests need: the names it goes by, and the command that installs it on Debian."""

    names: tuple[str, ...]
    install: str


PROGRAMS = {
    "chromium": Program(
        ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
        "apt-get install chromium fonts-noto-cjk",
    ),
    "curl": Program(("curl",), "apt-get install curl"),
    "node": Program(("node",), "apt-get install nodejs npm"),
    "npm": Program(("npm",), "apt-get install nodejs npm"),
    "openssl": Program(("openssl",), "apt-get install openssl"),
    "xmlsec1": Program(("xmlsec1",), "apt-get install xmlsec1"),
}


@pytest.fixture(scope="session")
def needs() -> Callable[[str], str]:
    """Return a function that gives the path of a program in PROGRAMS, or ends the test as not run here."""

    def find(name: str) -> str:
        program = PROGRAMS[name]
        path = next((found for found in map(shutil.which, program.names) if found), None)
        if path is not None:
            return path
        reason = f"{PREFIX}needs {name} ({program.install})"
        if os.environ.get("REQUIRE_ALL") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)

    return find


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line per missing program with the number of tests it left out."""
    counts: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if PREFIX in reason:
            text = reason.split(PREFIX, 1)[1]
            counts[text] = counts.get(text, 0) + 1
    if counts:
        terminalreporter.section("Not run on this machine", yellow=True)
        for text, count in sorted(counts.items()):
            terminalreporter.line(f"{count} test(s): {text}")

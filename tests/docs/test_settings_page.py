"""docs/settings.md has a row for every variable that is read, and none for one that nobody reads."""

import re

import pytest

from tests.docs.papers import ROOT, read

pytestmark = pytest.mark.source

APPLICATION = re.compile(r"env_\w+\(\s*\"([A-Z_]+)\"")
TOOLS = re.compile(r"environ(?:ment)?(?:\.get\(|\[)\"([A-Z_]+)\"|\"([A-Z_]+)\" not in os\.environ")
MAKE = re.compile(r"^([A-Z]+) \?=", re.MULTILINE)
SNIPPET = re.compile(r"\$\{\{([A-Z_]+):-")
COMPOSE = re.compile(r"\$\{([A-Z_]+)")
ROW = re.compile(r"^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \|", re.MULTILINE)
OF_THE_SYSTEM = {"PATH", "PYTHONPATH", "PYTEST_XDIST_WORKER", "MAKELEVEL", "DJANGO_SETTINGS_MODULE"}


def section(title: str) -> set[str]:
    """Return the variables that have a row in a section of the page."""
    text = re.split(r"^## ", read("docs/settings.md"), flags=re.MULTILINE)
    body = next(part for part in text if part.startswith(title))
    return {name for row in ROW.findall(body) for name in re.findall(r"`([A-Z_]+)`", row)}


def read_by_tools() -> set[str]:
    """Return the variables that the tools, the Makefile and the test plugin read."""
    files = [*ROOT.glob("tools/*/*.py"), ROOT / "tests" / "plugin_required.py"]
    sources = "\n".join(path.read_text(encoding="utf-8") for path in files)
    names = {name for groups in TOOLS.findall(sources) for name in groups if name}
    return names | set(SNIPPET.findall(sources)) | set(MAKE.findall(read("Makefile")))


def test_every_setting_of_the_application_has_a_row() -> None:
    read_by_processes = [path.read_text(encoding="utf-8") for path in (ROOT / "backend" / "config").glob("*.py")]
    assert section("The application") == set(APPLICATION.findall("\n".join(read_by_processes)))


def test_every_variable_of_the_tools_has_a_row() -> None:
    found, told = read_by_tools(), section("`make run`")
    assert found - OF_THE_SYSTEM - told - section("The application") == set()
    assert told - found == set()


def test_every_variable_of_compose_has_a_row() -> None:
    known = section("The application") | section("Docker Compose")
    assert set(COMPOSE.findall(read("docker-compose.yml"))) - known == set()

"""A whole run fails for an address or a template that no test reached, in however many processes; a part never does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = "[pytest]\ntestpaths = first second\nDJANGO_SETTINGS_MODULE = backend.config.settings\n"
FIRST = """
from django.template.loader import render_to_string
from django.test import Client

def test_something_is_served():
    assert Client().get("/healthz").status_code == 200

def test_somebody_is_refused():
    assert Client().get("/api/v1/me").status_code == 401
    assert Client().get("/report").headers["Location"] == "/sign-in?next=/report"

def test_a_template_is_rendered():
    assert render_to_string("portal/_errors.html", {"errors": ["no"]})
"""
THE_REST = """
from tests.plugin_reached import ADDRESSES, BACKEND, TEMPLATES, addresses, closed_addresses

def test_everything_else_is_reached():
    ADDRESSES.update(address.replace("^", "") for address in addresses() if address != "healthz")
    TEMPLATES.update(str(path) for path in BACKEND.glob("*/templates/**/*.html") if path.name != "_errors.html")
"""
SKIPPED = """
import pytest

def test_what_this_machine_cannot_do():
    pytest.skip("no browser")
"""


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder with tests that reach one address and one template, beside a folder for more."""
    (tmp_path / "pytest.ini").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["tests.plugin_reached"]\n', encoding="utf-8")
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
    (tmp_path / "first" / "test_first.py").write_text(FIRST, encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    plugins = ("-p", "pytest_django.plugin", "-p", "xdist.plugin", "-p", "no:cacheprovider")
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, "-q", *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_whole_run_names_what_was_not_reached_and_fails(outside: Path) -> None:
    done = run(outside)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "3 passed" in done.stdout
    left = {line.partition("reached by no test: ")[2] for line in done.stdout.splitlines()}
    assert {"address api/v1/me", "address report", "template portal/templates/portal/report.html"} <= left
    assert left.isdisjoint({"address healthz", "template portal/templates/portal/_errors.html"})
    assert not [line for line in left if "admin/accounts/user/add/" in line], "it is closed to everybody"


@pytest.mark.slow("tests/tools/test_plugin_reached.py")
def test_what_several_processes_reached_counts_together(outside: Path) -> None:
    (outside / "second" / "test_rest.py").write_text(THE_REST, encoding="utf-8")
    done = run(outside, "-n", "2", "--dist", "loadfile")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "reached by no test" not in done.stdout
    assert " addresses, " in done.stdout


@pytest.mark.slow("tests/tools/test_plugin_reached.py", after=1)
@pytest.mark.parametrize("part", [("first",), ("-k", "served")])
def test_a_part_is_asked_for_nothing_more(outside: Path, part: tuple[str, ...]) -> None:
    (outside / "second" / "test_rest.py").write_text("def test_nothing(): pass\n", encoding="utf-8")
    done = run(outside, *part)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "addresses" not in done.stdout


@pytest.mark.slow("tests/tools/test_plugin_reached.py")
def test_a_run_that_left_a_test_out_is_asked_for_nothing_more(outside: Path) -> None:
    (outside / "second" / "test_browser.py").write_text(SKIPPED, encoding="utf-8")
    done = run(outside)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 skipped" in done.stdout

"""The commands, alarms and services that the papers name exist."""

import re

import pytest
from django.core.management import find_commands, get_commands

from tests.docs.papers import ROOT, paper_name, papers, read

pytestmark = pytest.mark.source

TARGET = re.compile(r"^([a-z]+):", re.MULTILINE)
MAKE = re.compile(r"(?:`|^|\(|: |[A-Z_]+=\S+ )make ([a-z]+)\b", re.MULTILINE)
MANAGE = re.compile(r"(?:make manage ARGS=\"|manage\.py )([a-z_]+)")
ALARMS = re.compile(r"alarms = \{(.*?)\}", re.DOTALL)


def test_every_make_target_exists() -> None:
    targets = set(TARGET.findall(read("Makefile")))
    for paper in papers():
        assert set(MAKE.findall(paper.read_text(encoding="utf-8"))) - targets == set(), paper_name(paper)


def test_the_papers_name_the_two_commands() -> None:
    assert {"run", "test"} <= set(MAKE.findall(read("README.md")))


def test_every_management_command_exists() -> None:
    # The demo's are there where DEMO is set.
    known = {*get_commands(), *find_commands(str(ROOT / "tools" / "demo_school" / "management"))}
    for paper in papers():
        assert set(MANAGE.findall(paper.read_text(encoding="utf-8"))) - known == set(), paper_name(paper)


def test_the_runbook_says_what_to_do_about_every_alarm() -> None:
    alarms = set(re.findall(r'"(\w+)":', " ".join(ALARMS.findall(read("backend/health/selectors.py")))))
    assert len(alarms) >= 9
    told = set(re.findall(r"^\| `(\w+)` \|", read("docs/runbook.md").split("| Alarm |")[1], re.MULTILINE))
    assert alarms - told == set()
    assert {alarm for alarm in told - alarms if "_" in alarm} == set()


def test_the_compose_services_in_the_runbook_exist() -> None:
    services = set(re.findall(r"^  ([a-z0-9-]+):$", read("docker-compose.yml"), re.MULTILINE))
    commands = re.findall(r"docker compose (?:exec|stop)(?: -T)?((?: [a-z]+(?:-\d)?)+)", read("docs/runbook.md"))
    named = {command.split()[0] for command in commands}
    assert named
    assert named - services == set()

"""The processes have the same names and commands wherever they are written down."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.config import settings
from tools.run.processes import PROCESSES, QUEUES, Process

ROOT = Path(__file__).resolve().parents[2]
SERVERS = {"database", "broker"}
PAPERS = ("docs/architecture.md", "docs/runbook.md")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return dict(content["services"])


def test_compose_has_these_processes_and_no_other(services: dict[str, Any]) -> None:
    assert set(services) == {process.name for process in PROCESSES} | SERVERS | {"migrate", "proxy"}


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_compose_runs_the_same_command_with_what_it_needs(process: Process, services: dict[str, Any]) -> None:
    service = services[process.name]
    wanted = [part.format(bind="0.0.0.0:8000", state="/state") for part in process.arguments]
    assert service["command"] == ["python", *wanted]
    waits_for = {name: rule["condition"] for name, rule in service["depends_on"].items()}
    assert waits_for.pop("migrate") == "service_completed_successfully"
    assert set(process.needs) - set(waits_for) == set()
    assert set(waits_for.values()) == {"service_healthy"}


def test_every_service_that_others_wait_for_has_a_health_check(services: dict[str, Any]) -> None:
    awaited = {
        name
        for service in services.values()
        for name, rule in service.get("depends_on", {}).items()
        if rule["condition"] == "service_healthy"
    }
    assert awaited == {name for name, service in services.items() if "healthcheck" in service}


def test_only_the_migration_uses_the_owner_role(services: dict[str, Any]) -> None:
    urls = {
        name: service["environment"].get("DATABASE_URL", "") for name, service in services.items() if "build" in service
    }
    assert {name for name, url in urls.items() if "allclear_owner" in url} == {"migrate"}


def test_every_volume_is_declared_and_used() -> None:
    content = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    used = {mount.split(":")[0] for service in content["services"].values() for mount in service.get("volumes", [])}
    assert {name for name in used if not name.startswith("./")} == set(content["volumes"])
    assert all((ROOT / name).exists() for name in used if name.startswith("./"))


def test_the_worker_consumes_every_queue() -> None:
    assert set(QUEUES) == set(settings.CELERY_TASK_QUEUES)


@pytest.mark.parametrize("paper", PAPERS)
def test_the_papers_name_every_process(paper: str) -> None:
    text = (ROOT / paper).read_text(encoding="utf-8")
    assert [process.name for process in PROCESSES if f"`{process.name}`" not in text] == []


ROOMS = """
import sys, django
django.setup()
from django.conf import settings
from django.core.management import load_command_class
from django.utils.module_loading import import_string
load_command_class("backend.{room}", "{command}")
[import_string(path) for path in settings.{handlers}.values()]
print(*{{name.split(".")[1] for name in sys.modules if name.startswith("backend.")}})
"""
BELOW_ROUNDS = {
    *(
        "accounts",
        "calendars",
        "deadlines",
        "duty",
        "files",
        "organisation",
        "outside",
        "response",
        "rounds",
        "rulebook",
        "workflow",
    ),
}


@pytest.mark.parametrize(
    ("room", "command", "handlers", "rooms"),
    [
        ("common", "outbox_relay", "QUEUES_BESIDE_THE_OUTBOX", {"integrations", "notifications", "todos"}),
        ("deadlines", "deadlines_engine", "DEADLINE_SUBJECTS", BELOW_ROUNDS),
    ],
)
def test_a_process_loads_the_rooms_it_works_in_and_no_other(
    room: str, command: str, handlers: str, rooms: set[str]
) -> None:
    commands = [process.arguments for process in PROCESSES if command in process.arguments]
    (module,) = {arguments[arguments.index("--settings") + 1] for arguments in commands}
    loaded = subprocess.run(
        [sys.executable, "-c", ROOMS.format(room=room, command=command, handlers=handlers)],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": module},
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(loaded.stdout.split()) == rooms | {"common", "config"}


ALONE = """
import os, sys, traceback
import django
django.setup()
from django.utils.module_loading import import_string
from backend.config import handlers
named = [value for name, value in vars(handlers).items() if name.isupper()]
paths = {
    path
    for value in named
    for path in (value.values() if isinstance(value, dict) else [value] if isinstance(value, str) else value)
    if path.startswith("backend.")
}
assert len(paths) > 15, paths
for path in sorted(paths):
    if os.fork() == 0:
        try:
            import_string(path)
        except ImportError:
            print(path, traceback.format_exc(limit=-1))
        sys.stdout.flush()
        os._exit(0)
    os.wait()
"""


def test_a_handler_loads_whichever_is_the_first_that_a_process_needs() -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "backend.config.settings"}
    loaded = subprocess.run(
        [sys.executable, "-c", ALONE], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert loaded.stdout == ""


FRAMEWORK = """
import sys, django
django.setup()
from celery import current_app
current_app.loader.import_default_modules()
print(*{"rest_framework.serializers", "drf_spectacular.plumbing", "django.test"} & set(sys.modules))
"""


def test_the_worker_does_without_what_serves_and_describes_the_api() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", FRAMEWORK],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "backend.config.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.split() == []

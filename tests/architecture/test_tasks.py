"""Every Celery task has a name of its own, goes to a queue a worker consumes, and hands on to a service."""

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import cast

import pytest
import yaml
from celery import current_app
from django.conf import settings

from tests.architecture.source import ROOT, files, functions, place
from tools.run.processes import PROCESSES, QUEUES

pytestmark = pytest.mark.source

LONGEST_TASK = 10


def task_decorators() -> Iterator[tuple[str, ast.FunctionDef, ast.expr]]:
    """Return where each task is defined, its function and its decorator."""
    for path in files("backend"):
        for node in functions(path):
            for decorator in node.decorator_list:
                if "task" in ast.unparse(decorator).split("(")[0].split("_"):
                    yield place(path, node), cast("ast.FunctionDef", node), decorator


def our_tasks() -> set[str]:
    """Return the names of our tasks as Celery knows them."""
    current_app.loader.import_default_modules()
    return {name for name, task in current_app.tasks.items() if task.run.__module__.startswith("backend.")}


def test_every_task_is_named_and_short() -> None:
    found = list(task_decorators())
    for where, node, decorator in found:
        assert isinstance(decorator, ast.Call), where
        assert any(keyword.arg == "name" for keyword in decorator.keywords), where
        assert (node.end_lineno or 0) - node.lineno < LONGEST_TASK, where
    assert len(found) == len(our_tasks())


def test_every_task_goes_to_a_queue_that_is_consumed() -> None:
    queues = {
        name: [route["queue"] for pattern, route in settings.CELERY_TASK_ROUTES.items() if fnmatch(name, pattern)]
        for name in our_tasks()
    }
    assert all(len(routes) == 1 for routes in queues.values()), queues
    used = {routes[0] for routes in queues.values()} | {settings.CELERY_TASK_DEFAULT_QUEUE}
    assert used == set(QUEUES) == set(settings.CELERY_TASK_QUEUES)
    for pattern in settings.CELERY_TASK_ROUTES:
        assert any(fnmatch(name, pattern) for name in our_tasks()), pattern


def test_supervisor_and_compose_start_a_worker_on_every_queue() -> None:
    (worker,) = [process for process in PROCESSES if process.name == "worker"]
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    for command in (worker.arguments, compose["services"]["worker"]["command"]):
        consumed = command[list(command).index("--queues") + 1]
        assert set(consumed.split(",")) == set(QUEUES)


def test_what_waits_in_the_outbox_and_what_beat_starts_has_a_task() -> None:
    wanted = {*settings.OUTBOX_TASKS.values(), *(row["task"] for row in settings.CELERY_BEAT_SCHEDULE.values())}
    assert wanted <= our_tasks()

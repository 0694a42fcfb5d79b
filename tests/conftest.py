"""What every test can ask for."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from backend.insights.selectors import workers_heard
from tests.world import Client, World, build_world

pytest_plugins = ["tests.plugin_required", "tests.plugin_order", "tests.browser"]
ROOT = Path(__file__).parents[1]
SECONDS_TO_START = 30
END_SESSIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""


@pytest.fixture(scope="session", autouse=True)
def static_files_without_collecting() -> Iterator[None]:
    """Serve styles and scripts straight from the sources; the tests of `make run` use the collected ones."""
    storages = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with override_settings(STORAGES=storages, WHITENOISE_AUTOREFRESH=True, WHITENOISE_USE_FINDERS=True):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """End the sessions that killed processes and finished threads left in the tests' database before it is dropped."""
    yield
    with django_db_blocker.unblock():
        # Beside a browser's event loop Django keeps another connection than without one; either may be dead by now.
        connections.close_all()
        with connection.cursor() as cursor:
            cursor.execute(END_SESSIONS)
        connections.close_all()


@pytest.fixture
def world(db: None) -> World:
    """Two schools and the cast, in this test's own transaction."""
    cache.clear()
    return build_world()


@pytest.fixture
def committed_world(transactional_db: None) -> World:
    """The same, committed, for tests with other processes or connections; the tables are emptied afterwards."""
    cache.clear()
    return build_world()


@pytest.fixture
def anonymous() -> Client:
    """The API without signing in."""
    return Client(None)


def process_environment() -> dict[str, str]:
    """Return the environment of a process that works on this test's database and broker."""
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?host={database['HOST']}"
    if database["PORT"]:
        url += f"&port={database['PORT']}"
    return {**os.environ, "DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL}


@pytest.fixture
def worker(committed_world: World, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker on every queue, ready to take work."""
    queues = ",".join(settings.CELERY_TASK_QUEUES)
    command = [sys.executable, "-m", "celery", "-A", "backend.config", "worker", "-Q", queues, "-c", "1"]
    environment = {**process_environment(), "MAIL_DIRECTORY": str(tmp_path / "mail")}
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + SECONDS_TO_START
            while not workers_heard():
                assert process.poll() is None, (tmp_path / "worker.log").read_text()
                assert time.monotonic() < deadline, "the worker did not answer"
            yield process
        finally:
            process.terminate()
            process.wait(timeout=20)

"""Fixtures for every test: settings that save time, the world of two schools, and a real worker."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections
from django.test import TransactionTestCase, override_settings
from pytest_django.plugin import DjangoDbBlocker

from backend.config.file_store import files_in_folder
from backend.health.selectors import workers_heard
from tests.emptying import tables, tables_empty
from tests.patience import PATIENCE
from tests.roles import OPTION, work_as_application, work_as_owner
from tests.world import Client, World
from tests.world_template import WorldTemplate, world_template_build
from tools.run.children import kill_group, spawn

pytest_plugins = [
    "tests.plugin_database",
    "tests.plugin_garbage",
    "tests.plugin_required",
    "tests.plugin_order",
    "tests.plugin_slow",
    "tests.plugin_reached",
    "tests.browser",
]
ROOT = Path(__file__).parents[1]
SECONDS_TO_START = 120
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


@pytest.fixture(scope="session", autouse=True)
def files_in_a_folder_of_their_own(
    static_files_without_collecting: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Keep the files of tests, and the notary's and the keys of tickets, in folders that go with them."""
    folder = files_in_folder(str(tmp_path_factory.mktemp("files")))
    notary = str(tmp_path_factory.mktemp("notary"))
    sealing = str(tmp_path_factory.mktemp("sealing"))
    stores = {**settings.STORAGES, "files": folder}
    with override_settings(STORAGES=stores, NOTARY_FOLDER=notary, SEALING_FOLDER=sealing):
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hash passwords with the same function at its least cost; a good hash takes a third of a second."""
    with override_settings(PASSWORD_HASHERS=["tools.run.quick_passwords.QuickPasswordHasher"]):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Work as the application; end what killed processes and threads left in the database before it is dropped."""
    with django_db_blocker.unblock():
        call_command("grants_apply", verbosity=0)
        work_as_application()
    yield
    with django_db_blocker.unblock():
        work_as_owner()
        # Beside a browser's event loop Django keeps another connection than without one; either may be dead by now.
        connections.close_all()
        with connection.cursor() as cursor:
            cursor.execute(END_SESSIONS)
        connections.close_all()


@pytest.fixture(scope="session", autouse=True)
def emptying_what_tests_fill() -> Iterator[None]:
    """Empty the tables after a committing test, but for what migrations write."""
    names = tables()

    def empty(_case: TransactionTestCase) -> None:
        tables_empty(names)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.fixture(scope="session")
def world_template(quick_passwords: None, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> WorldTemplate:
    """The rows of the world, kept aside."""
    with django_db_blocker.unblock():
        return world_template_build()


@pytest.fixture
def world(world_template: WorldTemplate, db: None) -> World:
    """Two schools and the cast, in this test's own transaction."""
    cache.clear()
    return world_template.world_now()


@pytest.fixture
def committed_world(world_template: WorldTemplate, transactional_db: None) -> World:
    """The same, committed, for tests with other processes or connections; the tables are emptied afterwards."""
    cache.clear()
    return world_template.world_now()


@pytest.fixture
def anonymous() -> Client:
    """The API without signing in."""
    return Client(None)


def process_environment() -> dict[str, str]:
    """Return the environment of a process that works on this test's database and broker."""
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?host={database['HOST']}"
    url += f"&options={quote(OPTION)}"
    if database["PORT"]:
        url += f"&port={database['PORT']}"
    files = str(settings.STORAGES["files"]["OPTIONS"]["location"])
    folders = {"FILES_ROOT": files, "NOTARY_FOLDER": str(settings.NOTARY_FOLDER)}
    return {**os.environ, "DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL, **folders}


@pytest.fixture
def worker(committed_world: World, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker on every queue, ready to take work."""
    queues = ",".join(settings.CELERY_TASK_QUEUES)
    command = [sys.executable, "-m", "celery", "-A", "backend.config", "worker", "-Q", queues, "-c", "1"]
    environment = {**process_environment(), "MAIL_DIRECTORY": str(tmp_path / "mail")}
    with (tmp_path / "worker.log").open("wb") as log:
        process = spawn(command, environment=environment, folder=ROOT, output=log)
        try:
            deadline = time.monotonic() + SECONDS_TO_START
            while not workers_heard():
                assert process.poll() is None, (tmp_path / "worker.log").read_text()
                assert time.monotonic() < deadline, "the worker did not answer"
            yield process
        finally:
            kill_group(process)
            process.wait(timeout=PATIENCE)

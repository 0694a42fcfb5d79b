"""Has each process of a parallel run work in a copy of the run's migrated database."""

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from tests.template_database import template_drop, template_make, template_name


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    request: pytest.FixtureRequest,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """Have the test database of this process made as a copy of the run's template, unless it works in an old one."""
    run = getattr(request.config, "workerinput", {}).get("testrunuid")
    if run and (django_db_createdb or not django_db_keepdb):
        with django_db_blocker.unblock():
            template_make(run)
        connection.settings_dict["TEST"]["TEMPLATE"] = template_name(run)


@pytest.fixture(scope="session")
def ready_tables(django_db_modify_db_settings: None) -> None:
    """The tables of the run's template, with which fresh installations begin where several processes share a run."""


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Drop the template where all parallel processes come together."""
    run = getattr(session.config, "workerinput", None) is None and session.config.pluginmanager.get_plugin("dsession")
    if run:
        template_drop(run.nodemanager.testrunuid)

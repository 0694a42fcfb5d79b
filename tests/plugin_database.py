"""The migrated database of a run in several processes: whoever first needs one makes it, each works in a copy."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

MAINTENANCE = "postgres"
EXISTS = "SELECT 1 FROM pg_database WHERE datname = %s"


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


def template_make(run: str) -> None:
    """Make the template unless another process has; who comes meanwhile waits."""
    name, half = template_name(run), f"{template_name(run)}_half"
    with maintenance() as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        if server.execute(EXISTS, [name]).fetchone() is None:
            _migrate(half)
            server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (half, name))))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Drop the template where all parallel processes come together."""
    run = getattr(session.config, "workerinput", None) is None and session.config.pluginmanager.get_plugin("dsession")
    if run:
        with maintenance() as server:
            name = template_name(run.nodemanager.testrunuid)
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def template_name(run: str) -> str:
    """Return the name of a run's template, which no other run uses."""
    return f"template_{run}"


@contextmanager
def maintenance() -> Iterator[psycopg.Connection]:
    """Open a connection of the owner to the database that is always there."""
    parameters = {**connection.get_connection_params(), "dbname": MAINTENANCE}
    own = {name: parameters[name] for name in ("host", "port", "user", "password", "dbname") if name in parameters}
    with psycopg.connect(**own, autocommit=True) as opened:
        yield opened


def _migrate(name: str) -> None:
    """Make a database and bring it up to date, and leave the connection's settings as they were."""
    settings, test = connection.settings_dict, connection.settings_dict["TEST"]
    before = settings["NAME"], test["NAME"]
    test["NAME"] = name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        connection.close()
        settings["NAME"], test["NAME"] = before

"""The database's two roles in tests: everything runs as the application's, what only the owner may is said so.

The tests' own connections belong to the owner, who has taken the application's role: so a test can step out of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections, transaction

from backend.config.env import PLANNED_ONCE

OPTION = f"{PLANNED_ONCE} -c role={settings.APPLICATION_ROLE}"


def work_as_application() -> None:
    """Make every connection from now on, of any thread, one of the application's role."""
    connections.close_all()
    connection.settings_dict["OPTIONS"]["options"] = OPTION
    try:
        connection.ensure_connection()
    except OperationalError as problem:
        pytest.exit(
            f"The tests' owner is no member of the application's role; restart tools.run.embedded. {problem}", 1
        )


def work_as_owner() -> None:
    """Make every connection from now on one of the owner again."""
    connections.close_all()
    connection.settings_dict["OPTIONS"].pop("options", None)


@contextmanager
def as_owner() -> Iterator[None]:
    """Do as the tables' owner what the application may not, in the same transaction if there is one."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        try:
            with transaction.atomic():
                yield
        finally:
            cursor.execute(f"SET ROLE {settings.APPLICATION_ROLE}")

"""Telling a database that cannot be reached from one that refused a statement."""

from django.db import InterfaceError, OperationalError

CONNECTION_STATES = frozenset({"08", "57P", "57014", "53300"})
"""Beginnings of the SQLSTATEs that mean: no connection, server going down or coming up, statement ended since it took
too long, too many connections."""


def is_database_away(error: BaseException | None) -> bool:
    """Say whether the error means that the database cannot be reached, or did not answer in time."""
    if isinstance(error, InterfaceError):
        return "connection" in str(error)
    if not isinstance(error, OperationalError):
        return False
    state: str | None = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(tuple(CONNECTION_STATES))

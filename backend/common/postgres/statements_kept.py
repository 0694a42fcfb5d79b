"""Planned statements that outlive a rollback, as they do in the database."""

from collections.abc import Sequence
from typing import Any

from psycopg import BaseConnection
from psycopg._preparing import Prepare, PrepareManager

SCHEMA_CHANGES = (b"DROP", b"ALTER", b"DISCARD", b"DEALLOCATE")


class StatementsKept(PrepareManager):
    """Forgets what was planned only where a table may have become another one.

    The driver forgets all of it at each rollback, even to a savepoint, since a table could have been made anew in
    between. No transaction of ours does that but a migration's, whose ALTER and DROP are heeded; and every refused
    request ends in a rollback, after which the statements of all that follow would be planned anew.
    """

    @classmethod
    def use(cls, connection: BaseConnection[Any]) -> None:
        """Have a new connection keep them."""
        kept = cls()
        kept.prepare_threshold = connection.prepare_threshold
        connection._prepared = kept  # noqa: SLF001 - the driver has no other way to say so

    def clear(self) -> bool:
        """Keep everything: the driver asks for this after a rollback."""
        return False

    def _should_discard(self, _prep: Prepare, results: Sequence[Any], *_pattern: Any) -> bool:
        status = [result.command_status or b"" for result in results]
        return any(done.startswith(SCHEMA_CHANGES) for done in status) and super().clear()

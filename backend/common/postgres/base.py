"""The database backend that settings name: `django.db.backends.postgresql` but for how it waits."""

import select
from typing import Any

from django.db.backends.postgresql import base
from django.utils.asyncio import async_unsafe
from psycopg import IsolationLevel
from psycopg.pq import ConnStatus, TransactionStatus

from backend.common.deadline import PatientConnection

UNFIT = frozenset({TransactionStatus.INERROR, TransactionStatus.UNKNOWN})


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that finds out without a statement whether the server is still there.

    Django asks before the first statement of every request and task, and sends `SELECT 1`. A server that is gone has
    closed the socket, or left its last words in it: on an idle connection there is nothing else to read.
    """

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> PatientConnection:
        """Connect; there is no pool here and no other isolation level."""
        self.isolation_level = IsolationLevel.READ_COMMITTED
        return PatientConnection.connect(**conn_params)

    def is_usable(self) -> bool:
        """Say whether the connection can be used, from its socket alone."""
        if self.connection is None or self.connection.closed:
            return False
        driver = self.connection.pgconn
        poll = select.poll()
        poll.register(driver.socket, select.POLLIN)
        return driver.status == ConnStatus.OK and driver.transaction_status not in UNFIT and not poll.poll(0)

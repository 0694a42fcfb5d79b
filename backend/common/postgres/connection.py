"""A connection that gives up on a silent server when the request it works for may wait no longer."""

from typing import Any, Self, TypeVar

import psycopg
from psycopg.abc import PQGen

from backend.common.deadline import STATEMENT_SECONDS, current

Answer = TypeVar("Answer")
INTERVAL = 0.1
WORDS = "The server was silent for too long."
STATEMENT_OPTION = f"-c statement_timeout={int(STATEMENT_SECONDS * 1000)}"


class PatientConnection(psycopg.Connection[Any]):
    """Waits within the deadline of the present request; where there is none, as long as it takes.

    A stopped server keeps its sockets open and acknowledges what arrives, so no timeout of the socket's own ever ends.
    """

    @classmethod
    def connect(cls, conninfo: str = "", **options: Any) -> Self:
        """Connect within the deadline, if there is one, and let the server end long statements by itself."""
        deadline = current.get()
        if deadline is None:
            return super().connect(conninfo, **options)
        if not deadline.seconds_to_wait():
            raise psycopg.OperationalError(WORDS)
        options["options"] = f"{options.get('options') or ''} {STATEMENT_OPTION}".strip()
        try:
            return super().connect(conninfo, **options)
        except psycopg.errors.ConnectionTimeout:
            deadline.give_up()
            raise

    def wait(self, gen: PQGen[Answer], interval: float = INTERVAL, timeout: float | None = None) -> Answer:
        """Wait for an answer; after the deadline close the connection, since what was asked may yet be answered."""
        deadline = current.get()
        if deadline is None or timeout is not None:
            return super().wait(gen, interval, timeout)
        seconds = deadline.seconds_to_wait()
        try:
            if seconds:
                return super().wait(gen, interval, seconds)
        except psycopg.errors._WaitTimeout:  # noqa: SLF001 - the driver's own waits raise it to whoever gave a timeout
            deadline.give_up()
        self.close()
        raise psycopg.OperationalError(WORDS)

"""A database that falls silent costs a request an answer and no thread: 503 within 5 s, and nothing is lost."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test import Client
from psycopg.errors import ConnectionTimeout

from backend.common.deadline import SILENT, STATEMENT_SECONDS, Deadline, PatientConnection, current
from backend.workflow.models import Ticket
from tests.patience import within
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
LONGEST = 5.0


@contextmanager
def frozen() -> Iterator[None]:
    """Stop the server's process behind this connection, as a machine that stalls would; then let it go on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        number = cursor.fetchone()[0]
    os.kill(number, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(number, signal.SIGCONT)
        SILENT.reset()
        connection.close_if_unusable_or_obsolete()  # as after each request


def timed(client: Client, path: str, **options: Any) -> tuple[int, str, float]:
    """Return status, `Retry-After` and the seconds until the answer."""
    began = time.monotonic()
    response = client.get(path, **options)
    return response.status_code, response.headers.get("Retry-After", ""), time.monotonic() - began


def elsewhere(client: Client, path: str) -> tuple[int, str, float]:
    """Ask in a thread of its own, with a connection that nothing has happened to."""

    def ask() -> tuple[int, str, float]:
        try:
            return timed(client, path)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(ask).result()


@pytest.mark.slow("tests/common/test_deadline.py", after=2)
@pytest.mark.parametrize("path", ["/readyz", "/api/v1/tickets", "/tickets", "/admin/", "/statusz"])
def test_a_frozen_database_is_a_503_within_five_seconds(world: World, path: str) -> None:
    client = Client(raise_request_exception=False, headers={"Authorization": f"Token {world.bob.client.token}"})
    if not path.startswith("/api/"):
        client.force_login(world.bob.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/readyz").status_code == 200  # which looks for missing migrations once
    with frozen():
        status, retry, seconds = timed(client, path)
    assert (status, retry) == (503, "5")
    assert within(seconds, LONGEST)
    assert timed(client, "/readyz")[0] == 200


def test_whoever_comes_after_a_silence_is_refused_at_once(world: World) -> None:
    client = Client(raise_request_exception=False)
    with frozen():
        assert timed(client, "/readyz")[0] == 503
        status, retry, seconds = elsewhere(client, "/readyz")
        assert (status, retry) == (503, "5")
        assert within(seconds, 0.5)
        assert timed(client, "/healthz")[0] == 200
    assert timed(client, "/readyz")[0] == 200


def answered_meanwhile(client: Client, after: float) -> None:
    """Let another request of this process be answered by the database while something else waits."""
    time.sleep(after)
    assert elsewhere(client, "/readyz")[0] == 200


@pytest.mark.parametrize("is_answered", [False, True])
def test_a_silence_during_which_others_were_answered_refuses_nobody_else(world: World, *, is_answered: bool) -> None:
    client = Client(raise_request_exception=False)
    assert client.get("/readyz").status_code == 200
    with frozen(), ThreadPoolExecutor(1) as pool:
        meanwhile = pool.submit(answered_meanwhile, client, 0.5) if is_answered else None
        assert timed(client, "/readyz")[0] == 503
        if meanwhile:
            meanwhile.result()
        assert elsewhere(client, "/readyz")[0] == (200 if is_answered else 503)


@pytest.mark.parametrize("is_answered", [False, True])
def test_a_late_connection_that_is_never_made_refuses_others_only_where_nobody_was_answered(
    world: World, *, is_answered: bool
) -> None:
    client, noted = Client(raise_request_exception=False), current.set(Deadline(time.monotonic() + 60))
    try:
        with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(1) as pool:
            meanwhile = pool.submit(answered_meanwhile, client, 0.5) if is_answered else None
            with pytest.raises(ConnectionTimeout):
                PatientConnection.connect(host="127.0.0.1", port=silent.getsockname()[1], connect_timeout=2)
            if meanwhile:
                meanwhile.result()
        assert SILENT.is_open is not is_answered
    finally:
        current.reset(noted)
        SILENT.reset()


def test_a_report_filed_while_the_database_is_frozen_is_filed_once(world: World) -> None:
    key, body = str(uuid4()), world.report_body()
    with frozen():
        refused = world.alice.client.post("reports", body, key=key)
        assert (refused.status_code, refused.data["code"]) == (503, "database_away")
    first, second = (world.alice.client.post("reports", body, key=key) for _time in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data["id"] == second.data["id"]
    assert Ticket.objects.count() == 1


def test_the_server_ends_a_long_statement_of_a_request_by_itself(client: Client) -> None:
    connection.close()
    assert client.get("/readyz").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("3s",)
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_request_whose_time_is_over_asks_nothing_more(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.common.deadline.REQUEST_SECONDS", 0.0)
    status, _retry, seconds = timed(client, "/readyz")
    assert status == 503
    assert within(seconds, STATEMENT_SECONDS)


def test_work_that_answers_no_request_waits_for_the_database() -> None:
    noted = current.set(Deadline(time.monotonic()))
    with pytest.raises(Exception, match="silent"), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    current.reset(noted)
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.2)")

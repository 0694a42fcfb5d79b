"""kill -9 of one process after the other while reports are filed: none is lost, none is stored twice."""

import json
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.patience import PATIENCE
from tests.system.installation import NAMES, System
from tests.system.people import Somebody
from tools.run.children import wait_until

ON_THE_WAY = ("database", "web", "worker", "relay")
REPORTS_FOR_EACH = 17
CLIENTS = 4
PAUSE_SECONDS = 0.3
SECONDS_TO_SETTLE = 900
COUNT = """
import json
from backend.incidents.models import Report
from backend.common.models import OutboxMessage
from backend.workflow.models import Ticket, TicketEvent
filed = Report.objects.filter(description__startswith="%s")
tickets = Ticket.objects.filter(reports__in=filed)
print(json.dumps({
    "reports": [str(report_id) for report_id in filed.values_list("id", flat=True)],
    "texts": sorted(filed.values_list("description", flat=True)),
    "states": sorted(set(tickets.values_list("state", flat=True))),
    "routed_events": TicketEvent.objects.filter(kind="route", ticket__in=tickets).count(),
    "open_messages": OutboxMessage.objects.filter(done_at=None).count(),
}))
"""


def stored(system: System, words: str) -> dict[str, Any]:
    """Return what the database holds of reports that begin with these words."""
    done = system.tool("manage", "shell", "--no-imports", "-c", COUNT % words)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def messages_open(database: psycopg.Connection) -> int:
    """Return how many messages wait; to ask through a command would take the processes' own time to file."""
    row = database.execute("SELECT count(*) FROM common_outboxmessage WHERE done_at IS NULL").fetchone()
    return int(row[0]) if row else 0


def kill_and_wait(system: System, name: str) -> None:
    """kill -9 a process and wait until the supervisor has started it again."""
    before = system.description["processes"][name]
    os.kill(before, signal.SIGKILL)
    assert wait_until(lambda: system.description["processes"].get(name, before) != before, seconds=PATIENCE), name


EVERY = pytest.param(NAMES, id="every process", marks=pytest.mark.slow("tests/system/test_killed_while_filing.py"))


@pytest.mark.parametrize("names", [pytest.param(ON_THE_WAY, id="on a report's way"), EVERY])
def test_none_is_lost_and_none_stored_twice(installation: System, names: tuple[str, ...]) -> None:
    reports = len(names) * REPORTS_FOR_EACH
    words = f"filed while {len(names)} were killed, "
    base = f"http://127.0.0.1:{installation.port}"
    alice = Somebody.sign_in(installation.state, base, "reporter")
    place = alice.get("places").body["items"][0]["id"]
    killing_ended = threading.Event()
    filed: list[str] = []
    filed_meanwhile: list[int] = []

    def file_one(number: int) -> None:
        if number >= reports - CLIENTS:
            killing_ended.wait(SECONDS_TO_SETTLE)
        answer = alice.file(place, f"{words}{number:03}")
        assert answer.status == 201, answer
        filed.append(answer.body["id"])
        if not killing_ended.is_set():
            time.sleep(PAUSE_SECONDS)

    def kill_each() -> None:
        try:
            assert wait_until(lambda: bool(filed), seconds=PATIENCE)
            for name in names:
                kill_and_wait(installation, name)
                time.sleep(0.5)
            filed_meanwhile.append(len(filed))
        finally:
            killing_ended.set()

    with ThreadPoolExecutor(CLIENTS + 1) as pool:
        killer = pool.submit(kill_each)
        list(pool.map(file_one, range(reports)))
        killer.result()
    assert 0 < filed_meanwhile[0] < reports, "somebody files from before the first kill until after the last"

    # A message lost twice waits as long again as it is old, and two cores route a few tickets a second.
    with psycopg.connect(installation.description["owner_url"], autocommit=True) as database:
        assert wait_until(lambda: messages_open(database) == 0, seconds=SECONDS_TO_SETTLE, pause=1), installation.log
    found = stored(installation, words)
    assert found["open_messages"] == 0
    assert found["texts"] == [f"{words}{number:03}" for number in range(reports)]
    assert sorted(found["reports"]) == sorted(filed)
    assert found["states"] == ["routed"]
    assert found["routed_events"] == reports
    for command in ("deadlines_audit", "ledger_verify"):
        done = installation.tool("manage", command)
        assert done.returncode == 0, done.stdout + done.stderr

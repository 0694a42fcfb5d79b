"""Neither a dump of the database nor its journal, the broker or a log holds a word of a ticket of class K2."""

import logging
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from django.conf import settings
from django.db import connection

from backend.health.backup_databases import conninfo, programs_environment
from backend.health.backup_files import program
from tests.notifications.hands import work
from tests.roles import as_owner
from tests.workflow.steps import TOLD, file_ticket
from tests.world import World


def dumped() -> bytes:
    """Return a plain dump of the test's database."""
    with as_owner():
        reached = conninfo()
    command = [program("pg_dump"), "--schema=public", "--format=plain"]
    return subprocess.run(command, env=programs_environment(reached), capture_output=True, check=True).stdout


def journalled() -> bytes:
    """Return the journal of the database's server, as it lies on the disk."""
    lock = next(Path(connection.settings_dict["HOST"]).glob(".s.PGSQL.*.lock"))
    folder = Path(lock.read_text().splitlines()[1]) / "pg_wal"
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())


def in_broker() -> bytes:
    """Return all that the broker holds."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    return b"".join(key + (client.dump(key) or b"") for key in client.scan_iter())


def said(world: World, category: str, by: str) -> list[str]:
    """File a report with words that stand nowhere else, have it worked on and told of; return the words."""
    words = [f"Zq{uuid4().hex}" for _word in range(3)]
    caller = {"name": words[1], "contact": "13800000000"}
    ticket_id = file_ticket(world, category=category, routed=True, description=words[0], caller=caller)
    assert world.members[by].client.act(ticket_id, "acknowledge", note=words[2]).status_code == 200
    work(TOLD, "notice.deliver")
    return words


def test_a_dump_the_journal_the_broker_and_the_log_hold_no_word_of_it(
    committed_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        plain, sealed = said(committed_world, "F02", "bob"), said(committed_world, "C02", "erin")
    places = {"dump": dumped(), "journal": journalled(), "broker": in_broker(), "log": caplog.text.encode()}
    found = {name for name, content in places.items() if any(word.encode() in content for word in plain)}
    assert {"dump", "journal"} <= found  # an open report's words are found where they are looked for
    for name, content in places.items():
        assert not [word for word in sealed if word.encode() in content or word.encode().hex().encode() in content], (
            name
        )

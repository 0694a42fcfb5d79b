"""Programs mark notices as read, ask for those that are not, and for what changed since they asked last."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from backend.incidents.models import Report
from backend.notifications.models import Notice
from backend.workflow.models import Ticket
from tests.notifications.hands import work
from tests.roles import as_owner
from tests.workflow.steps import HOUR, STRICT, TOLD, file_ticket
from tests.world import Client, World


def told(client: Client, **query: str) -> list[Any]:
    """Return the ids of the notices that a list holds."""
    answer = client.get("notices", **query)
    assert answer.status_code == 200, answer.data
    return [row["id"] for row in answer.data["items"]]


def three_notices(world: World) -> list[Any]:
    """Tell Bob of three tickets, an hour after each other; return the notices, newest first."""
    for _number in range(3):
        file_ticket(world, routed=True)
    work(TOLD)
    found = told(world.bob.client)
    assert len(found) == 3
    now = database_now()
    with as_owner():
        for hours, notice_id in enumerate(found):
            Notice.objects.filter(id=notice_id).update(created_at=now - hours * HOUR)
    return found


def test_one_notice_or_all_up_to_one_are_read_by_their_reader_alone(world: World) -> None:
    newest, middle, oldest = three_notices(world)
    bob = world.bob.client
    assert world.alice.client.post(f"notices/{middle}/read").status_code == 404
    assert world.alice.client.post("notices/read", {"until": str(newest)}).status_code == 404
    assert told(bob, unread="true") == [newest, middle, oldest]

    read = bob.post(f"notices/{newest}/read", key="a-key-of-this")
    assert (read.status_code, read.data["id"]) == (200, newest)
    assert read.data["read_at"]
    assert bob.post(f"notices/{newest}/read").data["read_at"] == read.data["read_at"]
    assert bob.post(f"notices/{newest}/read", key="a-key-of-this").data["read_at"] == read.data["read_at"]
    assert (told(bob, unread="true"), told(bob, unread="false")) == ([middle, oldest], [newest])

    assert bob.post("notices/read", {"until": str(oldest)}).data == {"unread": 1}
    assert bob.post("notices/read", {"until": str(middle)}).data == {"unread": 0}
    assert told(bob, unread="true") == []


def test_what_was_told_or_read_since_is_found_and_costs_no_more_than_the_list(world: World) -> None:
    newest, _middle, oldest = three_notices(world)
    bob, since = world.bob.client, database_now() - timedelta(minutes=15)
    assert told(bob, updated_since=since.isoformat()) == [newest]
    assert bob.post(f"notices/{oldest}/read").status_code == 200
    with CaptureQueriesContext(connection) as plain:
        told(bob)
    with CaptureQueriesContext(connection) as followed:
        assert told(bob, updated_since=since.isoformat()) == [newest, oldest]
    assert len(followed) == len(plain)


def test_a_report_changes_with_its_ticket_but_not_with_one_that_is_sealed(world: World) -> None:
    alice = world.alice.client
    quiet, acted, sealed = (file_ticket(world, category=category, routed=True) for category in ("F02", "F02", STRICT))
    before = database_now() - 2 * HOUR
    Ticket.objects.filter(id__in=[quiet, acted, sealed]).update(updated_at=before)
    assert world.bob.client.act(acted, "acknowledge").status_code == 200
    of = {report.ticket_id: str(report.id) for report in Report.objects.all()}
    with CaptureQueriesContext(connection) as plain:
        alice.get("reports")
    with CaptureQueriesContext(connection) as followed:
        found = alice.get("reports", updated_since=(before + HOUR).isoformat()).data["items"]
    assert {row["id"] for row in found} == {of[acted], of[sealed]}
    assert len(followed) == len(plain)
    found = alice.get("reports", updated_since=before.isoformat()).data["items"]
    assert {row["id"] for row in found} == set(of.values())

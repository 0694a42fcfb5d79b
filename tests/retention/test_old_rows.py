"""Rows that belong to no ticket: their words go by their age, and one kind that fails stops no other."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.notifications.models import Notice
from backend.response.models import ResponseDraft
from backend.retention.models import What
from backend.retention.services import retention_run, running
from backend.rounds.models import Inspection
from backend.rulebook.selectors import active_version_id
from backend.training.models import TrainingKind, TrainingSession
from tests.retention.test_forgetting import LONG
from tests.workflow.steps import DAY, act_at, file_ticket
from tests.world import World

pytestmark = pytest.mark.django_db


def inspection(world: World, at: datetime) -> Inspection:
    """Have had somebody ask for an inspection."""
    school = world.home.school
    version_id = active_version_id(school_id=school.id)
    assert version_id is not None
    return Inspection.objects.create(
        school=school,
        rulebook_id=version_id,
        plan="opening",
        reason="Before the holiday.",
        by=world.dan.person,
        at=at,
        due_at=at + DAY,
    )


def test_an_old_inspection_says_why_no_more_and_is_not_found_again(world: World) -> None:
    now = database_now()
    row = inspection(world, now - 4000 * DAY)
    assert retention_run(now=now, seconds=LONG)[What.PATROLS] == 1
    row.refresh_from_db()
    assert row.reason == "—"
    assert retention_run(now=now, seconds=LONG)[What.PATROLS] == 0


def test_a_dry_run_counts_more_than_one_batch_and_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = database_now()
    monkeypatch.setattr(running, "ROWS_AT_ONCE", 1)
    rows = [inspection(world, now - 4000 * DAY) for _row in range(3)]
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            topic="no.topic", dedup_key=str(uuid4()), payload={}, created_at=old, next_attempt_at=old, failed_at=old
        )
        for old in [now - 4000 * DAY] * 2
    )
    counted = retention_run(now=now, seconds=LONG, is_dry=True)
    assert counted == {What.PATROLS: 3, What.NEWS: 2}
    rows[0].refresh_from_db()
    assert rows[0].reason == "Before the holiday."
    assert retention_run(now=now, seconds=LONG) == counted


def test_a_kind_that_the_database_refuses_stops_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = database_now()
    inspection(world, now - 4000 * DAY)

    def refused(*_args: Any) -> tuple[What, int]:
        raise DatabaseError

    monkeypatch.setattr(running, "_tickets", refused)
    assert retention_run(now=now, seconds=LONG)[What.PATROLS] == 1
    assert "ALARM: what is past its period could not be forgotten" in caplog.text


def test_messages_about_evidence_stay_as_long_as_it_is_held(world: World) -> None:
    now = database_now()
    ticket_ids = [file_ticket(world) for _report in range(2)]
    act_at(world.dan, ticket_ids[0], "hold-evidence", now, note="The court asked.")
    Notice.objects.bulk_create(
        Notice(
            person=world.bob.person,
            subject_kind="ticket",
            subject_id=ticket_id,
            ticket_id=ticket_id,
            event_id=uuid4(),
            kind="acknowledge",
            created_at=now - 4000 * DAY,
        )
        for ticket_id in ticket_ids
    )
    retention_run(now=now, seconds=LONG)
    old = Notice.objects.filter(created_at__lt=now - DAY)
    assert list(old.values_list("ticket", flat=True)) == ticket_ids[:1]


def test_an_old_training_keeps_its_day_and_an_old_draft_of_a_plan_goes(world: World) -> None:
    now = database_now()
    school, by, at = world.home.school, world.dan.person, now - 4000 * DAY
    said = {"title": "Planted", "held_by": "Planted Wang", "minutes": 40, "people_count": 3, "kind": TrainingKind.DRILL}
    counting, over = (
        TrainingSession.objects.create(
            school=school, by=by, at=at, held_on=at.date(), counts_until=counts_until.date(), **said
        )
        for counts_until in (now, at)
    )
    ResponseDraft.objects.create(school=school, plan="fire", steps=["Planted."], by=by, at=at)
    assert retention_run(now=now, seconds=LONG)[What.PATROLS] == 2
    over.refresh_from_db()
    counting.refresh_from_db()
    assert (over.title, over.held_by, counting.held_by) == ("—", "", "Planted Wang")
    assert not ResponseDraft.objects.exists()

"""Fixtures of the pages: reports filed, told and acted on before somebody opens a page."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from backend.common.clock import database_now
from backend.config.file_store import files_in_folder
from backend.incidents.models import Report
from backend.incidents.services import report_file
from backend.notifications.tasks import tell
from backend.workflow.models import Ticket
from backend.workflow.services import TicketDraft, tickets_route
from tests.workflow.steps import act_at
from tests.world import Member, World


@pytest.fixture
def file_store(settings: Settings, tmp_path: Path) -> None:
    """A store of files of this test's own, with nothing in it."""
    settings.STORAGES = {**settings.STORAGES, "files": files_in_folder(str(tmp_path / "files"))}


def filed(
    member: Member,
    world: World,
    category: str = "F02",
    description: str = "二楼安全出口被课桌堵住了。",
    *,
    ago: timedelta = timedelta(0),
    concerned: Member | None = None,
) -> Report:
    """File a report some time ago, route its ticket as the worker does, and return the report."""
    at = database_now() - ago
    draft = TicketDraft(
        category=category,
        place_id=world.home.places["stairwell"].id,
        occurred_at=at - timedelta(minutes=2),
        description=description,
        persons_concerned=frozenset([concerned.person.id] if concerned else []),
    )
    report = report_file(actor=member.actor, draft=draft, now=at)
    tickets_route(ticket_ids=[report.ticket_id], now=at)
    return Report.objects.select_related("ticket").get(id=report.id)


def deliver() -> None:
    """Do what the worker does with everything that people are to be told."""
    tell()


def take(member: Member, ticket: Ticket, action: str, note: str = "", assignee: Member | None = None) -> None:
    """Take an action on a ticket as somebody."""
    words: dict[str, Any] = {"assignee": assignee.person.id} if assignee else {}
    act_at(member, ticket.id, action, database_now(), note=note, **words)

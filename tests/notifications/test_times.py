"""Times in what leaves the system: always in the zone of the school, in the language of the reader."""

import ast
import dataclasses
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_type_hints
from uuid import UUID, uuid4

import pytest
from django.utils import translation

from backend.common.moments import moment_in
from backend.notifications.messages import Facts, Message
from backend.notifications.models import Delivery, Notice, SubjectKind
from backend.notifications.rendering import words_of
from backend.notifications.sentences import TO_REPORTER, TO_STAFF
from backend.notifications.services.delivering import message_for
from backend.organisation.models import Person, School
from backend.rulebook.selectors import active_version_id, coverage_get, ruleset_get
from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.architecture.source import ROOT, files, imported, place, tree
from tests.notifications.test_telling import mails, post_office, text_of, work_all
from tests.workflow.steps import file_ticket, ticket_in
from tests.world import World

__all__ = ["post_office"]
DUE = datetime(2026, 11, 28, 12, 55, tzinfo=UTC)
ZONES = {"Asia/Shanghai": "20:55", "Europe/London": "12:55"}
FORMATTERS = {
    "django.utils.formats.date_format",
    "django.utils.formats.time_format",
    "django.utils.dateformat.format",
    "django.utils.timezone.localtime",
}
# The pages format for the person in front of them: beside the one function only the value of a field to type into.
MAY_FORMAT = {"backend/common/moments.py", "backend/portal/due.py", "backend/portal/views/filing.py"}

WORDED = (
    "backend/portal/mails.py",
    "backend/portal/account_news.py",
    "backend/duty/words.py",
    "backend/rulebook/words.py",
)
"""The places where messages are worded, beside the rooms that do nothing else, or answer what somebody did."""


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_mail_names_the_deadline_in_the_schools_time_zone(
    world: World, post_office: Path, zone: str, language: str
) -> None:
    School.objects.filter(id=world.school.id).update(time_zone=zone)
    world.bob.user.language = language
    world.bob.user.save()
    ticket_id = file_ticket(world, routed=True)
    Ticket.objects.filter(id=ticket_id).update(next_due_at=DUE)
    work_all()
    (mail,) = mails(post_office, "bob")
    assert ZONES[zone] in text_of(mail)


@pytest.mark.slow("tests/notifications/test_times.py", after=2)
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_kind_of_notice_names_another_zones_time(world: World, zone: str, language: str) -> None:
    School.objects.filter(id=world.school.id).update(time_zone=zone)
    tickets = [ticket_in(world, state) for state in State]
    asked = ticket_in(world, State.IN_PROGRESS)
    assert world.dan.client.act(asked, "order", note="Say what was done.").status_code == 200
    office = str(world.home.units["facilities"].id)
    assert world.bob.client.act(asked, "offer", office=office, note="It is theirs.").status_code == 200
    tickets.append(asked)
    Ticket.objects.update(next_due_at=DUE)
    world.bob.user.language = language
    told = set()
    for kind in {*TO_STAFF, *TO_REPORTER}:
        for text in filter(None, (_text_of(world.bob.person, ticket_id, kind) for ticket_id in tickets)):
            told.add(kind)
            assert ZONES[zone] in text, kind
            assert not {ZONES[other] for other in ZONES if other != zone} & set(text.split()), kind
    assert {*TO_STAFF, *TO_REPORTER} - told == {"propose-decline", "propose-lowering"}


def _text_of(person: Person, ticket_id: UUID, kind: str) -> str:
    """Return the message that a worker would send of an event, without sending it; empty where its reason is gone."""
    notice = Notice(person=person, subject_kind=SubjectKind.TICKET, subject_id=ticket_id, event_id=uuid4(), kind=kind)
    words = words_of(notices=[notice])
    if not words:
        return ""
    message = message_for(batch=[Delivery(notice=notice, channel_kind="email")], words=words)
    return f"{message.subject}\n{message.body}"


@pytest.mark.parametrize("zone", ZONES)
def test_the_findings_of_a_check_name_times_of_the_schools_zone(world: World, zone: str) -> None:
    School.objects.filter(id=world.school.id).update(time_zone=zone)
    world.olga.person.appointments.update(starts_at=DUE - timedelta(days=2), ends_at=DUE)
    version_id = active_version_id(school_id=world.school.id)
    assert version_id is not None
    school = School.objects.get(id=world.school.id)
    coverage = coverage_get(school=school, ruleset=ruleset_get(version_id), since=DUE - timedelta(days=1))
    assert any(f"28 Nov 2026, {ZONES[zone]} until" in finding.text_en for finding in coverage.findings)


def test_the_hour_that_comes_twice_says_which_of_the_two_it_is() -> None:
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    with translation.override("en"):
        assert moment_in(at=first, zone="Europe/London") == "25 Oct 2026, 01:30 (UTC+01:00)"
        assert moment_in(at=second, zone="Europe/London") == "25 Oct 2026, 01:30 (UTC+00:00)"
        assert moment_in(at=second, zone="Asia/Shanghai") == "25 Oct 2026, 09:30"
    with translation.override("zh-hans"):
        assert moment_in(at=second, zone="Asia/Shanghai") == "2026年10月25日 09:30"


def test_what_a_message_is_made_from_holds_no_instant() -> None:
    for shape in (Facts, Message):
        hints = get_type_hints(shape)
        assert {hints[field.name] for field in dataclasses.fields(shape)} <= {str, bool}


def formats_itself(node: ast.AST) -> bool:
    """Say whether an expression writes a time out in the zone it happens to be in."""
    if isinstance(node, ast.FormattedValue):
        return node.format_spec is not None and re.search("%[A-Za-z]", ast.unparse(node.format_spec)) is not None
    return isinstance(node, ast.Attribute) and node.attr in {"strftime", "ctime"}


def test_no_message_formats_a_time_by_itself() -> None:
    wording = [*files("backend/notifications", "backend/workflow/actions"), *(ROOT / path for path in WORDED)]
    assert [place(path, node) for path in wording for node in ast.walk(tree(path)) if formats_itself(node)] == []


def test_instants_are_formatted_by_the_one_function() -> None:
    elsewhere = [path for path in files("backend") if imported(path) & FORMATTERS]
    assert {place(path, tree(path)).partition(":")[0] for path in elsewhere} <= MAY_FORMAT

"""The hour in which a school is set up, over HTTP: from the empty workbook to a report that its head acknowledges."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from backend.common.clock import database_now
from backend.organisation.models import Person, Place, School, Unit
from backend.rounds.models import Round
from backend.workflow.models import Ticket
from backend.workflow.services import tickets_route
from tests.organisation import powers
from tests.setup.test_first_start import ADA, link_printed
from tests.setup.test_pages import calendar_of
from tools.prove.hour.filling import template_fill
from tools.prove.hour.lists import OFFICES, PEOPLE, address_of, head_of, lists_of

pytestmark = pytest.mark.django_db
SECURITY, TEACHER = 6, 60
ACCEPT = {"zh": "zh-CN", "en": "en"}
NAMES = {"zh": {"name_zh": "青山实验学校", "name_en": ""}, "en": {"name_zh": "", "name_en": "Green Hill School"}}
SCHOOL = {"kind": "day", "campuses": "", "time_zone": "Asia/Shanghai", "bureau": ""}
NUMBERS = {"emergency_police": "110", "emergency_fire": "119", "emergency_ambulance": "120"}


@pytest.fixture(autouse=True)
def mails() -> Iterator[None]:
    """Keep the mails in memory."""
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        yield


def read(client: Client, file: bytes) -> str:
    """Return the page that shows what a workbook would do."""
    return unescape(client.post("/setup/workbook", {"file": SimpleUploadedFile("s.xlsx", file)}).content.decode())


def filled(client: Client, language: str, folder: Path) -> bytes:
    """Download the empty workbook, and write the lists of the school's secretary into it."""
    path = folder / "school.xlsx"
    path.write_bytes(client.get("/setup/workbook/template").content)
    today = database_now().date()
    template_fill(path=path, lists=lists_of(language=language, monday=today + timedelta(days=7 - today.weekday())))
    return path.read_bytes()


def account_open(address: str, language: str) -> Client:
    """Open an account by the link of the invitation, in a browser of its own."""
    (letter,) = [sent for sent in mail.outbox if sent.to == [address] and "/invitation?token=" in str(sent.body)]
    (token,) = re.findall(r"token=(\S+)", str(letter.body))
    words = {"username": address.partition("@")[0], "password": ADA["password"], "again": ADA["password"]}
    client = Client(headers={"accept-language": ACCEPT[language]})
    assert client.post("/invitation", {**words, "token": unquote(token)}).status_code == 302
    return client


@pytest.mark.slow("tests/setup/test_hour_by_http.py", after=1)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_administrator_comes_from_an_empty_workbook_to_an_acknowledged_report(language: str, tmp_path: Path) -> None:
    ada = Client(headers={"accept-language": ACCEPT[language]})
    ada.get(link_printed())
    ada.post("/setup/school", {**SCHOOL, **NAMES[language]})
    ada.post("/setup/administrator", ADA)
    file = filled(ada, language, tmp_path)
    page = read(ada, file)
    hidden = {name: re.findall(rf'name="{name}" value="([^"]+)"', page)[0] for name in ("workbook", "digest")}
    assert ada.post("/setup/workbook", hidden).headers["Location"] == "/setup/people"
    units = [Unit.objects.filter(kind=kind).count() for kind in (Unit.Kind.OFFICE, Unit.Kind.CLASS)]
    assert (units, Person.objects.count(), Place.objects.count()) == ([len(OFFICES[language]), 36], PEOPLE + 1, 60)
    assert 'name="digest"' not in read(ada, file)
    assert ada.post("/setup/calendar", {**calendar_of(ada), "save": "1"}).headers["Location"] == "/setup/rules"
    offices = {f"office-{row.code}": row.chosen for row in ada.get("/setup/rules").context["offices"]}
    ada.post("/setup/rules", {"save": "1", "preset": "cn-school", "above": "principal", **NUMBERS, **offices})
    assert ada.get("/setup/check").context["holes"] == []
    ada.post("/setup/invitations")
    powers.work()
    needed = (*range(6), *(head_of(at) for at in range(len(OFFICES[language]))), TEACHER)
    people = {number: account_open(address_of(number), language) for number in needed}
    assert ada.get("/setup/check").context["awaited_count"] == 0
    assert ada.post("/setup/live").headers["Location"] == "/setup"
    assert School.objects.get().live_at is not None
    assert Round.objects.exists(), "the coming days have their rounds at once"
    page = people[TEACHER].get("/report").content.decode()
    fields = dict(re.findall(r'name="(token|occurred_at)"[^>]* value="([^"]+)"', page))
    report = {**fields, "category": "F01", "place": str(Place.objects.earliest("code").id), "description": "有烟。"}
    assert people[TEACHER].post("/report", report).status_code == 302
    ticket = Ticket.objects.get()
    tickets_route(ticket_ids=[ticket.id], now=database_now())
    ticket.refresh_from_db()
    head = people[head_of(SECURITY)]
    row = dict(re.findall(r'name="(token|version)" value="([^"]+)"', head.get("/tickets").content.decode()))
    assert head.post(f"/tickets/{ticket.id}/actions/acknowledge", row).status_code == 302
    ticket.refresh_from_db()
    office = {"zh": ticket.owner.name_zh, "en": ticket.owner.name_en}[language]
    assert (ticket.state, office) == ("acknowledged", OFFICES[language][SECURITY])

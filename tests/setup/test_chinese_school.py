"""A Chinese school of 120 people set up over the pages: one workbook, and nothing in red that is entered rightly."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from backend.organisation.models import Appointment, Person, Place, School, Unit
from tests.organisation.workbooks import workbook
from tests.setup.chinese_school import chinese_school
from tests.setup.test_first_start import ADA, SCHOOL, link_printed

pytestmark = pytest.mark.django_db
NUMBERS = {"emergency_police": "110", "emergency_fire": "119", "emergency_ambulance": "120"}


@pytest.fixture
def lin() -> Client:
    """The first administrator, whose browser speaks Chinese."""
    client = Client(headers={"accept-language": "zh-CN"})
    client.get(link_printed())
    client.post("/setup/school", SCHOOL)
    client.post("/setup/administrator", ADA)
    return client


def taken(client: Client) -> str:
    """Take the school's workbook into use; return the page of the preview."""
    file = SimpleUploadedFile("学校资料表.xlsx", workbook(chinese_school()))
    page = unescape(client.post("/setup/workbook", {"file": file}).content.decode())
    hidden = {name: re.findall(rf'name="{name}" value="([^"]+)"', page)[0] for name in ("workbook", "digest")}
    assert client.post("/setup/workbook", hidden).headers["Location"] == "/setup/people"
    return page


@pytest.mark.slow("tests/setup/test_hour_by_http.py")
def test_a_chinese_school_of_120_people_is_set_up_without_a_red_row(lin: Client) -> None:
    page = taken(lin)
    assert "第3步，共9步：人员、处室、地点" in page
    school = School.objects.get()
    counted = (Person.objects.count(), Place.objects.count(), Unit.objects.filter(kind=Unit.Kind.CLASS).count())
    assert counted == (120 + 1, 60 + 2, 36)
    assert (school.intake_unit and school.intake_unit.name_zh) == "平安办"
    assert Appointment.objects.filter(is_deputy=True).count() == 25
    assert len(lin.get("/setup/people").context["empty_offices"]) == 2
    offices = {f"office-{row.code}": row.chosen for row in lin.get("/setup/rules").context["offices"]}
    assert all(offices.values())
    lin.post("/setup/rules", {"save": "1", "preset": "cn-school", "above": "board_chair", **NUMBERS, **offices})
    answer = lin.get("/setup/check")
    page = answer.content.decode()
    assert (answer.context["holes"], "has-hole" in page, "没有缺失。" in page) == ([], False, True)
    assert len({row.office for row in answer.context["rows"]}) == len(answer.context["rows"]) <= len(offices) + 6
    assert "张晓燕（未开通）" in page
    assert "<h3>各年级组（以七年级为例）</h3>" in page
    assert "已发出117份邀请。" in lin.post("/setup/invitations", follow=True).content.decode()
    live = lin.get("/setup/live").content.decode()
    assert ("以下步骤尚未完成" in live, "正式启用" in "".join(re.findall("<button.*?</button>", live))) == (True, False)

"""Holidays and terms from a calendar file, on the page: looked at, said what they are, and stored once."""

import re
from datetime import date
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from backend.calendars.content import calendar_content
from backend.calendars.ical import IcalDays, IcalKind
from backend.calendars.models import Calendar, CalendarDay
from backend.calendars.validation import calendar_errors
from backend.organisation.services import calendar_import
from backend.portal.calendar_files import days_packed
from tests.browser import SignIn
from tests.world import World

DAY = date(2026, 12, 24)
EVENTS = (
    ("20261221", "20270104", "Winter break"),
    ("20261224", "20261225", "Founding day"),
    ("20270222", "20270710", "Spring term"),
    ("20261014", "20261015", "School trip"),
)
CONTENT = {
    "name": {"zh": "校历", "en": "School calendar"},
    "published_until": "2026-12-31",
    "hours": [{"weekdays": [0, 1, 2, 3, 4], "opens": "08:00", "closes": "17:00"}],
    "days": [{"first": "2026-11-05", "note": ""}],
}


@pytest.fixture
def calendar(world: World) -> Calendar:
    """Give the school a calendar with one day of its own."""
    assert calendar_errors(CONTENT) == []
    return calendar_import(school=world.school, content=CONTENT)


def ics(*events: tuple[str, str, str]) -> bytes:
    """Return a calendar file of whole days."""
    parts = [
        f"BEGIN:VEVENT\nUID:{first}{name}\nDTSTART;VALUE=DATE:{first}\nDTEND;VALUE=DATE:{end}\nSUMMARY:{name}\nEND:VEVENT"
        for first, end, name in events
    ]
    return "\n".join(["BEGIN:VCALENDAR", *parts, "END:VCALENDAR"]).encode()


def preview(browser: Browser, content: bytes) -> tuple[int, str]:
    answer = browser.post("/calendar/import", {"file": SimpleUploadedFile("days.ics", content)})
    return answer.status_code, unescape(answer.content.decode())


def confirm(browser: Browser, page: str, **kinds: str) -> str:
    found = re.search(r'name="days" value="([^"]+)"', page)
    assert found, page
    chosen = {name.replace("_", "-"): kind for name, kind in kinds.items()}
    return browser.post("/calendar/import", {"days": found[1], **chosen}, follow=True).content.decode()


def test_a_file_is_looked_at_first_and_stored_as_it_was_confirmed(
    world: World, calendar: Calendar, signed_in: SignIn
) -> None:
    browser = signed_in(world.cleo)
    assert 'href="/calendar/import"' in browser.get("/account").content.decode()
    status, page = preview(browser, ics(*EVENTS))
    assert status == 200
    assert "There already" in page
    assert CalendarDay.objects.count() == 1
    assert "2 entries were taken in." in confirm(browser, page, kind_1="left_out")
    calendar.refresh_from_db()
    assert calendar.version == 2
    content = calendar_content(calendar=calendar)
    assert [row["note"] for row in content["periods"]] == ["Winter break"]
    assert [row["name"]["en"] for row in content["terms"]] == ["Spring term"]
    assert content["days"] == CONTENT["days"]
    _status, page = preview(browser, ics(*EVENTS))
    assert "0 entries were taken in." in confirm(browser, page, kind_1="left_out")
    calendar.refresh_from_db()
    assert calendar.version == 2


def test_a_day_that_the_school_set_itself_stays(world: World, calendar: Calendar, signed_in: SignIn) -> None:
    CalendarDay.objects.filter(day=date(2026, 11, 5)).update(works_as_weekday=0, note="Open day")
    browser = signed_in(world.cleo)
    _status, page = preview(browser, ics(("20261104", "20261107", "Sports")))
    assert "1 entry was taken in." in confirm(browser, page)
    assert list(CalendarDay.objects.order_by("day").values_list("day", "note")) == [
        (date(2026, 11, 4), "Sports"),
        (date(2026, 11, 5), "Open day"),
        (date(2026, 11, 6), "Sports"),
    ]


def test_what_cannot_be_read_is_said_on_the_page_and_others_may_not(
    world: World, calendar: Calendar, signed_in: SignIn
) -> None:
    browser = signed_in(world.cleo)
    assert preview(browser, b"name,day")[0] == 400
    assert "cannot be read as a calendar" in preview(browser, b"name,day")[1]
    assert preview(browser, b"x" * 600_000)[0] == 400
    assert "There is nothing in this file" in preview(browser, ics(("19991221", "20000104", "Past")))[1]
    assert browser.post("/calendar/import", {}).status_code == 400
    assert browser.post("/calendar/import", {"days": "forged"}).status_code == 409
    assert "It repeats in a way" in preview(browser, ics(("20261221", "20261222", "X\nRRULE:FREQ=DAILY")))[1]
    assert signed_in(world.bob).get("/calendar/import").status_code == 403
    assert signed_in(world.olga).get("/calendar/import").status_code == 403
    foreign = days_packed(school=world.elsewhere.school, rows=[IcalDays(DAY, DAY, "Eve", IcalKind.HOLIDAY)])
    assert browser.post("/calendar/import", {"days": foreign}).status_code == 409
    assert CalendarDay.objects.count() == 1

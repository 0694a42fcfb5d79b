"""Holidays and terms from calendar files: whole days by the school's clock, yearly ones, odd files, and bombs."""

import time
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.calendars.ical import IcalDays, IcalFile, IcalKind, ical_read
from backend.calendars.ical_merge import Joined, ical_merge
from backend.calendars.ical_text import IcalTooLarge, IcalUnreadable
from tests.patience import within

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2025, 1, 1), date(2028, 12, 31)
WINTER_BREAK = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//school//EN
BEGIN:VEVENT
UID:1@school
DTSTART;VALUE=DATE:20261221
DTEND;VALUE=DATE:20270104
SUMMARY:Winter break
END:VEVENT
END:VCALENDAR"""


def read(content: bytes) -> IcalFile:
    return ical_read(content, zone=SHANGHAI, first=FIRST, last=LAST)


def calendar(*events: str) -> bytes:
    """Return a calendar file of events, each given by its lines."""
    parts = [f"BEGIN:VEVENT\r\n{event.strip()}\r\nEND:VEVENT" for event in events]
    return "\r\n".join(["BEGIN:VCALENDAR", *parts, "END:VCALENDAR", ""]).encode()


def spans(content: bytes) -> list[tuple[str, str]]:
    """Return the first and the last days of a file without problems."""
    found = read(content)
    assert found.problems == ()
    return [(row.first.isoformat(), row.last.isoformat()) for row in found.days]


def test_the_end_of_whole_days_is_the_day_after_the_last() -> None:
    assert read(WINTER_BREAK).days == (
        IcalDays(date(2026, 12, 21), date(2027, 1, 3), "Winter break", IcalKind.HOLIDAY),
    )


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("DTSTART;VALUE=DATE:20261001", [("2026-10-01", "2026-10-01")]),
        ("DTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261001", [("2026-10-01", "2026-10-01")]),
        ("DTSTART;VALUE=DATE:20261001\nDURATION:P3D", [("2026-10-01", "2026-10-03")]),
        ("DTSTART:20260930T160000Z\nDTEND:20261001T160000Z", [("2026-10-01", "2026-10-01")]),
        ("DTSTART;TZID=Asia/Tokyo:20261001T010000\nDTEND;TZID=Asia/Tokyo:20261002T010000", [("2026-10-01",) * 2]),
        ("DTSTART:20261001T000000\nDTEND:20261003T000000", [("2026-10-01", "2026-10-02")]),
        ("DTSTART;VALUE=DATE:20261001\nSTATUS:CANCELLED", []),
        ("DTSTART;VALUE=DATE:19991001", []),
        (
            "DTSTART;VALUE=DATE:19901001\nRRULE:FREQ=YEARLY",
            [("2025-10-01",) * 2, ("2026-10-01",) * 2, ("2027-10-01",) * 2, ("2028-10-01",) * 2],
        ),
        (
            "DTSTART;VALUE=DATE:20261012\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=2MO",
            [("2026-10-12",) * 2, ("2027-10-11",) * 2, ("2028-10-09",) * 2],
        ),
        ("DTSTART;VALUE=DATE:20251001\nRRULE:FREQ=YEARLY;COUNT=2", [("2025-10-01",) * 2, ("2026-10-01",) * 2]),
        (
            "DTSTART;VALUE=DATE:20251001\nRRULE:FREQ=YEARLY;UNTIL=20270101\nEXDATE;VALUE=DATE:20251001",
            [("2026-10-01",) * 2],
        ),
        ("DTSTART;VALUE=DATE:20261001\nRRULE:FREQ=YEARLY;INTERVAL=2", [("2026-10-01",) * 2, ("2028-10-01",) * 2]),
        ("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY", [("2028-02-29",) * 2]),
        (
            "DTSTART;VALUE=DATE:20250531\nRRULE:FREQ=YEARLY;BYMONTH=5,6;BYMONTHDAY=-1;UNTIL=20260601T000000Z",
            [("2025-05-31",) * 2, ("2025-06-30",) * 2, ("2026-05-31",) * 2],
        ),
        ("DTSTART;VALUE=DATE:20271231\nRRULE:FREQ=YEARLY;BYDAY=-1FR", [("2027-12-31",) * 2, ("2028-12-29",) * 2]),
        ("DTSTART;VALUE=DATE:20241230\nDTEND;VALUE=DATE:20250103", [("2024-12-30", "2025-01-02")]),
    ],
)
def test_what_programs_write_is_read_as_days_of_the_school(event: str, expected: list[tuple[str, str]]) -> None:
    assert spans(calendar(f"UID:1\n{event}\nSUMMARY:Holiday")) == expected


def test_a_day_without_a_midnight_begins_when_the_clocks_go_forward() -> None:
    """In Cairo midnight is one o'clock on a day in April; a program that writes instants could not give that day."""
    content = calendar("DTSTART:20270429T220000Z\nDTEND:20270430T210000Z\nSUMMARY:Day off")
    found = ical_read(content, zone=ZoneInfo("Africa/Cairo"), first=FIRST, last=LAST)
    assert ([row.first for row in found.days], found.problems) == ([date(2027, 4, 30)], ())


def test_a_day_moved_out_of_a_series_is_not_there_twice() -> None:
    series = "UID:1\nDTSTART;VALUE=DATE:20261001\nRRULE:FREQ=YEARLY;COUNT=2\nSUMMARY:Founding day"
    moved = "UID:1\nRECURRENCE-ID;VALUE=DATE:20271001\nDTSTART;VALUE=DATE:20271004\nSUMMARY:Founding day"
    assert spans(calendar(series, moved)) == [("2026-10-01",) * 2, ("2027-10-04",) * 2]


@pytest.mark.parametrize(
    "event",
    [
        "SUMMARY:No day",
        "DTSTART:tomorrow",
        "DTSTART:20261001T080000Z\nDTEND:20261001T090000Z",
        "DTSTART;VALUE=DATE:20261001\nDTEND:20261002T000000Z",
        "DTSTART;VALUE=DATE:20261005\nDTEND;VALUE=DATE:20261001",
        "DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20270101",
        "DTSTART;VALUE=DATE:20261001\nRDATE;VALUE=DATE:20261101",
        "DTSTART;VALUE=DATE:20261001\nRRULE:FREQ=WEEKLY",
        "DTSTART;VALUE=DATE:20261001\nRRULE:FREQ=YEARLY;BYHOUR=1,2,3;BYMINUTE=1,2,3;BYSECOND=1,2,3",
        "DTSTART;VALUE=DATE:20261001\nRRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR",
        "DTSTART;VALUE=DATE:20261001\nRRULE:FREQ=YEARLY;INTERVAL=0",
        "DTSTART;VALUE=DATE:00011001\nRRULE:FREQ=YEARLY",
    ],
)
def test_what_is_no_day_off_is_left_out_with_a_reason(event: str) -> None:
    found = read(calendar(f"UID:1\n{event}", "UID:2\nDTSTART;VALUE=DATE:20261224\nSUMMARY:Eve"))
    assert [row.name for row in found.days] == ["Eve"]
    assert len(found.problems) == 1
    assert found.problems[0].message


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART;VALUE=DATE:00010101",
        "DTSTART;VALUE=DATE:99991231\nDURATION:P9D",
        "DTSTART;VALUE=DATE:99991231\nDTEND;VALUE=DATE:00010101",
        "DTSTART:99991231T235959Z\nDTEND:99991231T235959Z",
        "DTSTART;VALUE=DATE:20270101\nRRULE:FREQ=YEARLY;COUNT=99999999999",
        "DTSTART;VALUE=DATE:20270101\nRRULE:FREQ=YEARLY;INTERVAL=99999999999999999999",
    ],
)
def test_what_nobody_can_count_is_left_out_with_a_reason(event: str) -> None:
    found = read(calendar(event, "DTSTART;VALUE=DATE:20261001"))
    assert ([row.first for row in found.days], len(found.problems)) == ([date(2026, 10, 1)], 1)


def test_names_say_what_days_are() -> None:
    rows = ["国庆节", "第一学期", "Autumn term", "Half-term break", "国庆节补班", "寒假"]
    events = [f"UID:{name}\nDTSTART;VALUE=DATE:202610{10 + number}\nSUMMARY:{name}" for number, name in enumerate(rows)]
    kinds = {row.name: row.kind for row in read(calendar(*events)).days}
    assert [kinds[name] for name in rows] == ["holiday", "term", "term", "holiday", "left_out", "holiday"]


@pytest.mark.parametrize(
    ("encoding", "prefix"), [("utf-8-sig", b""), ("gb18030", b""), ("utf-16", b""), ("utf-8", b"\n\n")]
)
def test_files_in_other_encodings_and_line_ends_are_read(encoding: str, prefix: bytes) -> None:
    content = calendar("UID:1\nDTSTART;VALUE=DATE:20261001\nSUMMARY:国庆\n 节").decode()
    assert [row.name for row in read(prefix + content.encode(encoding)).days] == ["国庆节"]
    assert [row.name for row in read(prefix + content.replace("\r\n", "\r").encode(encoding)).days] == ["国庆节"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", IcalUnreadable),
        (b"name,date\nx,y\n", IcalUnreadable),
        (WINTER_BREAK[:-14], IcalUnreadable),
        (b"\xff\xff\x81", IcalUnreadable),
        (b"BEGIN:VCALENDAR\n" * 20_000 + b"END:VCALENDAR\n" * 20_000, IcalTooLarge),
        (WINTER_BREAK + b"\n" * 600_000, IcalTooLarge),
        (calendar(*[f"UID:{number}\nDTSTART;VALUE=DATE:20261001" for number in range(1001)]), IcalTooLarge),
    ],
)
def test_what_is_no_calendar_or_too_much_is_refused(content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(content)


def with_own_zone(begin: str, offset: str, rule: str = "", *, name: str = "Our Clock") -> bytes:
    """Return a file of one day by the clock of a zone that the file itself describes."""
    turn = f"DTSTART:19700101T000000\nTZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}{rule}"
    zone = f"TZID:{name}\nBEGIN:STANDARD\n{turn}\nEND:STANDARD\nBEGIN:DAYLIGHT\n{turn}\nEND:DAYLIGHT"
    event = f"DTSTART;TZID={name}:20261001T000000\nDTEND;TZID={name}:20261002T000000\nSUMMARY:Day"
    return calendar(event).replace(b"BEGIN:VEVENT", f"{begin}\n{zone}\nEND:VTIMEZONE\nBEGIN:VEVENT".encode(), 1)


@pytest.mark.parametrize("begin", ["BEGIN:VTIMEZONE", "begin:vtime\n zone", "BE\n\tGIN;X=1:VTIMEZONE"])
def test_a_zone_of_the_files_own_is_not_followed_and_not_kept_for_the_next_file(begin: str) -> None:
    started = time.process_time()
    for offset in ("+0000", "+0800", "-1000"):
        assert spans(with_own_zone(begin, offset)) == [("2026-10-01", "2026-10-01")]
    assert spans(with_own_zone(begin, "+0800", "\nRRULE:FREQ=SECONDLY", name="Every second"))
    assert within(time.process_time() - started, 1)


def test_parts_in_parts_are_refused_however_they_are_written() -> None:
    deep = b"BEGIN:VCALENDAR\n" + b"BEG\n IN:VEVENT\n" * 990 + b"E\n ND:VEVENT\n" * 990 + b"END:VCALENDAR\n"
    with pytest.raises(IcalTooLarge):
        read(deep)


@pytest.mark.slow("tests/calendars/test_ical.py")
def test_the_dearest_file_that_is_read_is_read_in_a_moment() -> None:
    never = "DTSTART;VALUE=DATE:19900101\nRRULE:FREQ=YEARLY;COUNT=99999;BYMONTHDAY=32"
    plain = [f"UID:{number}\nDTSTART;VALUE=DATE:20261001\nSUMMARY:{number}" for number in range(800)]
    content = calendar(*[f"UID:r{number}\n{never}" for number in range(200)], *plain)
    started = time.process_time()
    assert len(read(content).days) == 800
    assert within(time.process_time() - started, 10)


@given(
    lines=st.lists(
        st.tuples(
            st.sampled_from(
                ["DTSTART", "DTEND;VALUE=DATE", "DURATION", "RRULE", "EXDATE", "RECURRENCE-ID", "SUMMARY", "UID"]
            ),
            st.sampled_from(["20261001", "20261001T000000Z", "P3D", "FREQ=YEARLY;BYDAY=9XX", "FREQ=YEARLY", "x", ""])
            | st.text(max_size=20),
        ),
        max_size=12,
    )
)
def test_whatever_an_entry_says_the_file_is_read_or_refused(lines: list[tuple[str, str]]) -> None:
    event = "\n".join(f"{name}:{value}" for name, value in lines)
    try:
        found = read(calendar(event))
    except IcalUnreadable:
        return
    assert all(row.first <= row.last and row.last >= FIRST and row.first <= LAST for row in found.days)


def test_joining_takes_nothing_away_and_says_what_became_of_each() -> None:
    content = {
        "name": {"zh": "校历", "en": "Calendar"},
        "terms": [{"name": {"zh": "秋", "en": "Autumn"}, "first": "2026-09-01", "last": "2027-01-15"}],
        "periods": [{"first": "2027-01-16", "last": "2027-02-20", "note": "寒假", "hours": []}],
        "yearly": [{"day": "12-31", "note": "校庆"}],
        "days": [{"first": "2026-11-05", "note": "校庆", "opens": "08:00", "closes": "12:00"}],
    }
    rows = [
        IcalDays(date(2026, 9, 1), date(2027, 1, 15), "Autumn", IcalKind.TERM),
        IcalDays(date(2026, 10, 1), date(2026, 10, 1), "National day", IcalKind.HOLIDAY),
        IcalDays(date(2026, 11, 4), date(2026, 11, 6), "Sports", IcalKind.HOLIDAY),
        IcalDays(date(2026, 12, 24), date(2026, 12, 24), "Left", IcalKind.LEFT_OUT),
        IcalDays(date(2026, 12, 31), date(2026, 12, 31), "Founding day", IcalKind.HOLIDAY),
        IcalDays(date(2027, 1, 18), date(2027, 1, 30), "Winter break", IcalKind.HOLIDAY),
        IcalDays(date(2027, 1, 20), date(2027, 7, 1), "Spring", IcalKind.TERM),
        IcalDays(date(2027, 7, 2), date(2027, 8, 31), "Summer break", IcalKind.HOLIDAY),
    ]
    merged = ical_merge(content=content, free={date(2026, 10, 1)}, rows=rows)
    assert [outcome for _row, outcome in merged.outcomes] == [
        *(Joined.KNOWN, Joined.KNOWN, Joined.ADDED, Joined.LEFT_OUT),
        *(Joined.KNOWN, Joined.OVERLAPS, Joined.ADDED, Joined.ADDED),
    ]
    added = [{"first": f"2026-11-0{day}", "note": "Sports"} for day in (4, 6)]
    assert merged.content["days"] == [*content["days"], *added]
    again = ical_merge(content=merged.content, free={date(2026, 10, 1)}, rows=rows)
    assert (again.added, again.content) == (0, merged.content)

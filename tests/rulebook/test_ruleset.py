"""The rules of a version by day and by night, and versions stored before nights and bounds existed."""

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend.organisation.roles import Role
from backend.rulebook.files import rulebook_read
from backend.rulebook.nights import night_borders
from backend.rulebook.reading import ruleset_from_content
from backend.rulebook.ruleset import PARTS, ClockName, Confidentiality, QuietHours, Severity
from backend.rulebook.validation import rulebook_errors
from tests.world import RULEBOOK

CONTENT = rulebook_read(RULEBOOK)
RULES = ruleset_from_content(CONTENT)
SHANGHAI = "Asia/Shanghai"


def told(severity: Severity, clock: ClockName, rung: int, *, at_night: bool, category: str = "F01") -> list[Role]:
    """Return whom a rung tells."""
    steps = RULES.rungs_to_tell(
        category=category,
        severity=severity,
        confidentiality=RULES.categories[category].confidentiality,
        clock=clock,
        rung=rung,
        at_night=at_night,
    )
    return [role for step in steps for role in step.tell]


def informed(severity: Severity, confidentiality: Confidentiality, *, at_night: bool) -> tuple[Role, ...]:
    """Return who hears at once."""
    return RULES.informed_of(severity=severity, confidentiality=confidentiality, at_night=at_night)


def test_at_night_the_duty_leader_stands_where_the_vice_principal_stands_by_day() -> None:
    assert told(Severity.P1, ClockName.ACT, 0, at_night=False) == [Role.VICE_PRINCIPAL]
    assert told(Severity.P1, ClockName.ACT, 0, at_night=True) == [Role.DUTY_LEADER]
    assert informed(Severity.P1, Confidentiality.K0, at_night=False)[2] is Role.VICE_PRINCIPAL
    assert informed(Severity.P1, Confidentiality.K0, at_night=True) == (
        Role.HANDLER,
        Role.OFFICE_HEAD,
        Role.DUTY_LEADER,
        Role.PRINCIPAL,
    )


def test_less_than_urgent_tickets_ask_the_same_people_day_and_night() -> None:
    for at_night in (False, True):
        assert told(Severity.P2, ClockName.ACT, 0, at_night=at_night) == [Role.VICE_PRINCIPAL]
        assert informed(Severity.P2, Confidentiality.K0, at_night=at_night) == (Role.HANDLER, Role.OFFICE_HEAD)


@pytest.mark.parametrize("at_night", [False, True], ids=["day", "night"])
def test_a_protection_case_climbs_its_own_ladder_alone(at_night: bool) -> None:
    climbed = [told(Severity.P1, ClockName.RESULT, rung, at_night=at_night, category="C01") for rung in range(6)]
    assert [roles[0] for roles in climbed] == [
        Role.PROTECTION_LEAD,
        Role.PROTECTION_LEAD,
        Role.PRINCIPAL,
        *(Role.BUREAU_OFFICER,) * 3,
    ]
    assert informed(Severity.P1, Confidentiality.K2, at_night=at_night) == (Role.PROTECTION_LEAD,)


def test_a_repeat_tells_the_last_rung_or_all_of_them() -> None:
    assert told(Severity.P1, ClockName.ACT, 7, at_night=False) == [Role.BUREAU_OFFICER]
    assert told(Severity.P1, ClockName.ACKNOWLEDGE, 2, at_night=False)[-1] is Role.BUREAU_OFFICER
    assert len(told(Severity.P1, ClockName.ACKNOWLEDGE, 2, at_night=False)) == 6


@pytest.mark.parametrize(
    ("local", "night"),
    [("20:59:59", False), ("21:00", True), ("23:59", True), ("00:00", True), ("06:59:59", True), ("07:00", False)],
)
def test_the_night_begins_at_nine_and_ends_at_seven(local: str, night: bool) -> None:
    assert RULES.quiet_hours.holds(time.fromisoformat(local)) is night
    assert RULES.quiet_hours.severities == {Severity.P3, Severity.P4}


def test_a_night_may_end_at_midnight() -> None:
    """24:00 is an end here as in shifts and calendars; the file was refused."""
    content = {**CONTENT, "quiet_hours": {"starts": "21:30", "ends": "24:00", "severities": ["P4"]}}
    assert rulebook_errors(content) == []
    night = ruleset_from_content(content).quiet_hours
    held = [night.holds(time.fromisoformat(local)) for local in ("21:29", "21:30", "23:59:59", "00:00", "07:00")]
    assert held == [False, True, True, False, False]


def test_the_night_is_the_schools_own() -> None:
    at = datetime(2026, 11, 23, 14, tzinfo=UTC)
    zones = (SHANGHAI, "Europe/London", "Nowhere/At-All", "../etc")
    assert [RULES.is_night(at=at, zone=zone) for zone in zones] == [True, False, False, False]


def test_night_borders_lie_strictly_between_and_follow_the_clock_of_the_zone() -> None:
    london = ZoneInfo("Europe/London")
    since = datetime(2026, 10, 24, 7, tzinfo=london)
    borders = night_borders(
        quiet_hours=RULES.quiet_hours, zone=london, since=since, until=datetime(2026, 10, 26, 21, tzinfo=london)
    )
    assert [f"{border.astimezone(UTC):%d %H:%M}" for border in borders] == [
        "24 20:00",
        "25 07:00",
        "25 21:00",
        "26 07:00",
    ]
    never = QuietHours(time(0), time(0), frozenset())
    assert list(night_borders(quiet_hours=never, zone=london, since=since, until=since.replace(year=2027))) == []


def test_a_version_stored_before_nights_and_bounds_existed_still_reads() -> None:
    new = ("quiet_hours", "at_night", "bounds", "outside_clocks", "parts")
    old: dict[str, Any] = {key: value for key, value in CONTENT.items() if key not in new}
    old["categories"] = [
        {key: row[key] for key in ("code", "name", "kind", "severity", "lead", "class")}
        for row in CONTENT["categories"]
    ]
    rules = ruleset_from_content(old)
    assert not rules.is_night(at=datetime(2026, 11, 23, 16, tzinfo=UTC), zone=SHANGHAI)
    assert set(rules.clocks_of(category="C02", severity=Severity.P2)) == {*CONTENT["clocks"]["P2"], *PARTS}
    assert rules.categories["F01"].support == ()

"""Any school that a file describes comes back from the database as it was described, and once more the same."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend.duty.models import DutyShift
from backend.organisation.models import School
from backend.organisation.roles import UNIT_ROLES, Role
from backend.setup.configuration.applying import configuration_apply
from backend.setup.configuration.exporting import configuration_of
from backend.setup.configuration.files import configuration_read, configuration_write

NOW = datetime(2026, 11, 28, 4, tzinfo=UTC)
WORDS = st.text("楼办abz 0:#-'\"", min_size=1, max_size=12).map(lambda text: f"x{text}x")
NAMES = st.fixed_dictionaries({"zh": WORDS, "en": WORDS})
ROLES = [role for role in Role if role is not Role.BUREAU_OFFICER]
HOURS = st.sampled_from(["08:00", "12:30", "22:00"])
Content = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]


def tree(draw: Draw, codes: list[str], **more: st.SearchStrategy[Any]) -> list[Content]:
    """Draw nodes whose parents stand above them."""
    rows: list[Content] = []
    for code in codes:
        row = {"code": code, "name": draw(NAMES), **{name: draw(values) for name, values in more.items()}}
        if rows and draw(st.booleans()):
            row["parent"] = draw(st.sampled_from(rows))["code"]
        rows.append(row)
    return rows


def at(draw: Draw, first: int, last: int) -> str:
    """Draw an instant some hours from now, written with the distance of some place on earth."""
    hours = draw(st.integers(first, last))
    return (NOW + timedelta(hours=hours)).isoformat()


def post(draw: Draw, units: list[str]) -> Content:
    """Draw a post that has begun, for good or until some day."""
    role = draw(st.sampled_from(ROLES))
    found: Content = {"role": role.value, "since": at(draw, -900, -1)}
    if role in UNIT_ROLES:
        found["unit"] = draw(st.sampled_from(units))
    if draw(st.booleans()):
        found["until"] = at(draw, 1, 900)
    if draw(st.booleans()):
        found["deputy"] = True
    return found


def once(rows: list[Content], *names: str) -> list[Content]:
    """Keep the first of the rows that are alike in these fields."""
    return list({tuple(str(row.get(name)) for name in names): row for row in reversed(rows)}.values())


PARTS = ["leader", "teacher"]


@st.composite
def schools(draw: Draw) -> Content:
    """Draw a configuration: a small school with anything in it."""
    units = [f"unit-{number}" for number in range(draw(st.integers(1, 5)))]
    places = [f"Place_{number}" for number in range(draw(st.integers(0, 4)))]
    numbers = [f"{number:03}" for number in range(draw(st.integers(1, 5)))]
    people = [
        {
            "staff_number": number,
            "name": draw(WORDS),
            "language": draw(st.sampled_from(["zh-hans", "en"])),
            "addresses": [f"p{number}{letter}@school.example" for letter in draw(st.sets(st.sampled_from("ab")))],
            "posts": once([post(draw, units) for _ in range(draw(st.integers(0, 3)))], "role", "unit", "deputy"),
        }
        for number in numbers
    ]
    shifts = [
        {
            "kind": draw(st.sampled_from(DutyShift.Kind.values)),
            **({"place": draw(st.sampled_from(places))} if places and draw(st.booleans()) else {}),
            "starts_at": at(draw, -5, 300),
            "ends_at": at(draw, 301, 320),
            "people": [
                # Who is named first leads: week, night and holiday duty is taken only so.
                {"staff_number": number, "part": "leader" if place == 0 else draw(st.sampled_from(PARTS))}
                for place, number in enumerate(sorted(draw(st.sets(st.sampled_from(numbers)))))
            ],
        }
        for _ in range(draw(st.integers(0, 4)))
    ]
    days = [f"2026-12-{day:02}" for day in sorted(draw(st.sets(st.integers(1, 28), max_size=4)))]
    calendar = {
        "name": draw(NAMES),
        "published_until": "2026-12-31",
        "hours": [{"weekdays": [weekday], "opens": "07:00", "closes": draw(HOURS)} for weekday in range(3)],
        "yearly": [
            {"day": f"10-{day:02}", "note": draw(WORDS)} for day in sorted(draw(st.sets(st.integers(1, 31))))[:3]
        ],
        "days": [{"first": day, "note": draw(WORDS)} for day in days],
    }
    return {
        "format": "allclear-configuration",
        "version": 1,
        "bureau": {"code": "bureau", "name": draw(NAMES)},
        "school": {"code": "school", "name": draw(NAMES), "time_zone": draw(st.sampled_from(["Asia/Shanghai", "UTC"]))},
        "units": tree(draw, units, kind=st.sampled_from(["office", "grade", "class"])),
        "places": tree(draw, places, owner=st.sampled_from(units)),
        "people": people,
        **({"calendar": calendar} if draw(st.booleans()) else {}),
        "shifts": once(shifts, "kind", "place", "starts_at"),
    }


@pytest.mark.slow("tests/setup/test_configuration_file.py")
@pytest.mark.django_db
@settings(max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(described=schools())
def test_what_is_written_in_comes_back(described: Content) -> None:
    with transaction.atomic():
        content = configuration_read(configuration_write(described).encode())
        assert content == described
        configuration_apply(content=content, now=NOW)
        first = configuration_write(written())
        assert differences(content) == {}
        assert configuration_apply(content=configuration_read(first.encode()), now=NOW).is_same
        transaction.set_rollback(True)
    with transaction.atomic():
        configuration_apply(content=configuration_read(first.encode()), now=NOW)
        assert configuration_write(written()) == first
        transaction.set_rollback(True)


def differences(content: Content) -> dict[str, Any]:
    """Return what a file would still change."""
    sections = configuration_apply(content=content, now=NOW).sections
    return {name: (section.new, section.changed) for name, section in sections.items() if not section.is_same}


def written() -> Content:
    """Return the one school as it would be written out."""
    return configuration_of(school=School.objects.select_related("bureau", "calendar").get(), now=NOW)

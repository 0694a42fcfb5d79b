"""The school of `make demo`: laid out afresh for each run, with clocks in seconds that keep their order."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.test import override_settings

from backend.duty.selectors import actor_get
from backend.organisation.models import Person, School, Unit
from backend.rounds.models import Round, RoundState
from backend.rulebook.validation import rulebook_errors
from tools.demo_school.clocks import acknowledge_seconds, rulebook_in_seconds, seconds_of
from tools.demo_school.day import content_of_run, demo_day_read, zone_of_mid_morning
from tools.demo_school.management.commands.demo_day_lay_out import Command

ROOT = Path(__file__).resolve().parents[2]
DAY = ROOT / "demo" / "day"
FILES = demo_day_read(folder=DAY, rulebook=ROOT / "rulebooks" / "cn-school.yaml")
LENGTHS = ["0m", "5m", "30m", "2h", "4hW", "1dW", "72h", "5dW", "15d", "90d"]


def lay_out() -> dict[str, Any]:
    said = StringIO()
    with override_settings(DEMO=True):
        call_command(Command(), seconds=150.0, stdout=said)
    found: dict[str, Any] = json.loads(said.getvalue())
    return found


@pytest.mark.parametrize("day_seconds", [10, 60, 150, 600])
def test_the_rulebook_in_seconds_is_a_rulebook(day_seconds: float) -> None:
    scaled = rulebook_in_seconds(FILES.rulebook, day_seconds=day_seconds)
    assert rulebook_errors(scaled) == []
    assert list(acknowledge_seconds(scaled).values()) == sorted(acknowledge_seconds(scaled).values())
    assert FILES.rulebook["clocks"]["P1"]["acknowledge"]["within"] == "5m"


def test_longer_stays_longer() -> None:
    seconds = [seconds_of(length, scale=1) for length in LENGTHS]
    assert seconds == sorted(set(seconds))
    assert seconds[0] == 0
    assert seconds_of("5m", scale=1) == 4
    assert seconds_of("5m", scale=0.01) == 1


@pytest.mark.slow("tests/portal/test_demo_day_school.py", after=4)
@pytest.mark.parametrize("hour", range(24))
def test_it_is_always_mid_morning_there(hour: int) -> None:
    now = datetime(2026, 3, 2, hour, 59, tzinfo=UTC)
    local = (now + timedelta(minutes=5)).astimezone(ZoneInfo(zone_of_mid_morning(now)))
    assert local.hour in {10, 11}


def test_a_run_changes_names_and_addresses_only() -> None:
    run = content_of_run(FILES.school, code="demo-day-7", mark="demo-day-7", zone="Etc/GMT")
    first = run["people"][0]
    assert first["account"]["username"] == "demo-day-7.teacher.01"
    assert first["email"] == "teacher.01@demo-day-7.example"
    assert FILES.school["people"][0]["account"]["username"] == "teacher.01"
    assert (run["units"], run["places"]) == (FILES.school["units"], FILES.school["places"])


def test_the_school_has_whom_the_day_needs() -> None:
    roles = Counter(post["role"] for person in FILES.school["people"] for post in person.get("posts", ()))
    offices = [unit for unit in FILES.school["units"] if unit["kind"] == Unit.Kind.OFFICE]
    teachers = [row for row in FILES.school["people"] if "account" in row and "teacher" in row["account"]["username"]]
    assert len(offices) >= 10
    assert len(teachers) == 12
    assert roles["office_head"] >= 20
    codes = {unit["code"] for unit in FILES.school["units"]} | {"grade"}
    assert {category["lead"] for category in FILES.rulebook["categories"]} <= codes


def test_the_reports_are_many_and_each_is_its_own() -> None:
    reports = yaml.safe_load((DAY / "reports.yaml").read_text(encoding="utf-8"))["reports"]
    places = {place["code"] for place in FILES.school["places"]}
    chinese = [row for row in reports if any("一" <= letter <= "鿿" for letter in row["text"])]
    assert len(reports) >= 300
    assert len({row["text"] for row in reports}) == len(reports)
    assert 0.4 < len(chinese) / len(reports) < 0.6
    assert {row["category"] for row in reports} == {row["code"] for row in FILES.rulebook["categories"]}
    assert {row["place"] for row in reports} <= places
    assert any(row.get("concerning") for row in reports)


@pytest.mark.django_db
def test_each_run_gets_a_school_of_its_own() -> None:
    first, second = lay_out(), lay_out()
    assert (first["school"], second["school"]) == ("demo-day-1", "demo-day-2")
    school = School.objects.get(code="demo-day-2")
    assert school.rulebook.version.content["name"] == "cn-school-in-seconds"
    head = next(account for account in second["accounts"] if account["part"] == "conflicted")
    person = Person.objects.get(id=head["person"])
    assert person.user is not None
    assert person.user.check_password(head["password"])
    actor = actor_get(user_id=person.user.pk)
    assert actor is not None
    assert actor.school_id == school.id
    assert second["offices"]["F02"] == ["security"]
    assert Round.objects.filter(school=school, state=RoundState.PLANNED).count() == len(second["rounds"]) == 19
    assert second["offices"]["S04"] == ["grade-7", "grade-8", "grade-9"]


@pytest.mark.django_db
def test_only_a_demo_gets_one() -> None:
    with override_settings(DEMO=False), pytest.raises(CommandError, match="not a demo"):
        call_command(Command())

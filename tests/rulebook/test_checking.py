"""The check that every rung reaches somebody: by office and time, with the reason, and with any one person away."""

from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.organisation.models import Appointment, ContactChannel, School, Unit
from backend.organisation.roles import Role
from backend.rulebook.findings import Coverage
from backend.rulebook.models import RulebookCheck, SchoolRulebook
from backend.rulebook.reading import ruleset_from_content
from backend.rulebook.selectors import coverage_get, ruleset_get
from backend.rulebook.services import rulebook_check_record, rulebooks_check
from backend.rulebook.tasks import check
from tests.organisation.conftest import import_demo
from tests.patience import within
from tests.roles import as_owner
from tests.rulebook.conftest import away, everybody, small_content
from tests.world import RULEBOOK, World, appoint, rulebook_content

SHANGHAI = ZoneInfo("Asia/Shanghai")


def night(now: datetime, *, hour: int = 22) -> datetime:
    """Return an hour of the local evening two days ahead."""
    return (now.astimezone(SHANGHAI) + timedelta(days=2)).replace(hour=hour, minute=0, second=0, microsecond=0)


def covered(world: World, days: int = 28) -> Coverage:
    """Check the rulebook in use at home."""
    version_id = SchoolRulebook.objects.get(school=world.school).version_id
    return coverage_get(school=world.school, ruleset=ruleset_get(version_id), since=world.now, days=days)


def add_second_officer(world: World) -> None:
    """Give the bureau a second officer on duty, so that nothing rests on one."""
    appoint(world.vera.person, Role.BOARD_CHAIR, None, world.now - timedelta(days=1))
    officer = type(world.olga.person).objects.create(bureau=world.bureau, name="Otto", staff_number="otto")
    ContactChannel.objects.create(person=officer, address="otto@bureau.example", verified_at=world.now)
    appoint(officer, Role.BUREAU_OFFICER, None, world.now)


def test_a_school_with_everybody_in_place_has_no_gap(small_world: World) -> None:
    add_second_officer(small_world)
    coverage = covered(small_world)
    assert coverage.findings == ()
    assert [warning.identity for warning in coverage.warnings] == ["nobody MORNING_CHECK"], "it has no classes"


def test_one_officer_alone_is_a_warning_that_names_the_person_and_the_steps(small_world: World) -> None:
    coverage = covered(small_world)
    assert coverage.findings == ()
    (warning, _no_classes) = coverage.warnings
    assert warning.text_en.startswith(
        "At any time of the period checked: only Olga can be reached as Bureau duty officer. It concerns "
    )
    assert "“Be there and act” step 3" in warning.text_en
    assert "“Acknowledge” step 4" in warning.text_en


def test_a_vacant_post_climbs_and_leaves_a_gap_only_at_the_top(small_world: World) -> None:
    add_second_officer(small_world)
    with as_owner():
        Appointment.objects.filter(person=small_world.bob.person).delete()
    assert covered(small_world).findings == ()
    with as_owner():
        Appointment.objects.filter(post__role=Role.BUREAU_OFFICER).delete()
    (finding,) = covered(small_world).findings
    assert "nobody can be reached as Bureau duty officer" in finding.text_en
    assert "Why: Bureau duty officer: nobody holds this post." in finding.text_en
    assert small_world.school.name_en not in finding.text_en


def test_a_night_on_which_all_are_away_is_found_with_local_times_and_reasons(small_world: World) -> None:
    add_second_officer(small_world)
    start = night(small_world.now)
    end = start + timedelta(hours=8)
    for person in everybody(small_world.school):
        away(person, start, 8)
    (finding,) = covered(small_world).findings
    assert finding.spans == ((start, end),)
    assert finding.text_en.startswith(f"{start:%-d %b %Y}, 22:00 until {end:%-d %b %Y}, 06:00: nobody")
    for words in ("Principal: Dan: away", "Head of office", "told at once", "Security office"):
        assert words in finding.text_en
    assert "保卫处" in finding.text_zh
    assert "Security office" not in finding.text_zh


def test_by_night_others_are_asked_than_by_day(small_world: World) -> None:
    add_second_officer(small_world)
    rules = ruleset_from_content(small_content(at_night={"P1": {"vice_principal": "administrator"}}))
    for person in everybody(small_world.school):
        away(person, night(small_world.now, hour=20), 12)
    found = coverage_get(school=small_world.school, ruleset=rules, since=small_world.now, days=4).findings
    hours = {
        "Administrator" in one.text_en.partition("Why:")[0]: [f"{at.astimezone(SHANGHAI):%H}" for at in one.spans[0]]
        for one in found
        if len(one.spans) == 1
    }
    assert hours[True] == ["21", "07"]
    assert {"20", "08"} == {*hours[False]}


def test_a_person_without_a_verified_channel_is_named_as_the_reason(small_world: World) -> None:
    ContactChannel.objects.filter(person=small_world.olga.person).update(verified_at=None)
    (finding,) = covered(small_world, days=1).findings
    assert "Bureau duty officer: Olga: no verified way to be reached" in finding.text_en


def test_an_office_that_the_school_has_not_is_found_and_support_only_warned_of(world: World) -> None:
    coverage = covered(world, days=1)
    assert [finding.text_en for finding in coverage.findings] == [
        "The school has no office canteen, which answers for D02. They would stay at intake.",
        "The school has no grade group, which answers for S04. They would stay at intake.",
        "The school has no office academic, which answers for T04, X01, X02. They would stay at intake.",
        "The school has no office school-office, which answers for X03, X05. They would stay at intake.",
        "The school has no office it-centre, which answers for X04. They would stay at intake.",
    ]
    support = [warning.text_en for warning in coverage.warnings if "supports" in warning.text_en]
    assert "The school has no office it-centre, which supports S06." in support


def test_a_grade_group_answers_for_a_category_that_is_led_by_one(world: World) -> None:
    Unit.objects.create(school=world.school, code="grade-7", kind="grade", name_zh="七年级", name_en="Grade 7")
    assert not any("grade group" in finding.text_en for finding in covered(world, days=1).findings)


def test_recurring_gaps_of_one_sort_are_one_finding(small_world: World) -> None:
    add_second_officer(small_world)
    for days in (0, 1, 2):
        for person in everybody(small_world.school):
            away(person, night(small_world.now) + timedelta(days=days), 2)
    (finding,) = covered(small_world).findings
    assert len(finding.spans) == 3


def test_the_check_asks_the_database_the_same_whatever_the_number_of_days(
    small_world: World, django_assert_max_num_queries: type
) -> None:
    for days in range(20):
        away(small_world.bob.person, night(small_world.now) + timedelta(days=days), 2)
    version_id = SchoolRulebook.objects.get(school=small_world.school).version_id
    ruleset = ruleset_get(version_id)
    for days in (1, 28):
        with django_assert_max_num_queries(10):
            coverage_get(school=small_world.school, ruleset=ruleset, since=small_world.now, days=days)


def test_the_demo_school_is_covered_for_28_days_in_ten_seconds(db: None) -> None:
    school, _small = import_demo(database_now())
    started, ruleset = database_now(), ruleset_from_content(rulebook_content())
    coverage = coverage_get(school=school, ruleset=ruleset, since=started)
    assert (coverage.findings, coverage.warnings) == ((), ())
    assert within((database_now() - started).total_seconds(), 10)


def command(*arguments: str) -> str:
    """Run the check from the command line and return what it says."""
    out = StringIO()
    call_command("rulebook_check", "--school", "home", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_found_and_fails_only_on_what_is_nobodys(small_world: World) -> None:
    assert "home: 0 findings, 2 warnings in 28 days" in command()
    with pytest.raises(CommandError, match="not everything has somebody"):
        command("--rulebook", str(RULEBOOK), "--days", "1")
    away(small_world.olga.person, small_world.now + timedelta(days=5), 1)
    assert "0 findings" in command("--days", "4")
    with pytest.raises(CommandError):
        command("--days", "6")


@pytest.mark.usefixtures("small_world")
@pytest.mark.parametrize("arguments", [("--days", "0"), ("--days", "121"), ("--rulebook", "nothing.yaml")])
def test_the_command_refuses_what_it_cannot_check(arguments: tuple[str, str]) -> None:
    with pytest.raises(CommandError):
        command(*arguments)


def told() -> list[dict[str, object]]:
    """Return what waits to be told about checks."""
    return list(OutboxMessage.objects.filter(topic="rulebook.checked").values_list("payload", flat=True))


def test_the_coordinator_is_told_of_findings_once_and_again_when_they_change(small_world: World) -> None:
    school = small_world.school
    rulebook_check_record(school=school, now=small_world.now)
    assert told() == []
    away(small_world.olga.person, small_world.now + timedelta(days=3), 2)
    for day in (0, 1):
        rulebook_check_record(school=school, now=small_world.now + timedelta(days=day))
    (message,) = told()
    first = RulebookCheck.objects.get(school=school).findings[0]["text"]
    assert message["warnings"]
    assert {name: value for name, value in message.items() if name != "warnings"} == {
        "school": str(school.id),
        "people": [str(small_world.cleo.person.id)],
        "findings": 1,
        "first": first,
    }
    rulebook_check_record(school=school, now=small_world.now + timedelta(days=3, hours=1))
    assert len(told()) == 2
    rulebook_check_record(school=school, now=small_world.now + timedelta(days=4))
    assert RulebookCheck.objects.get(school=school).findings == []
    assert len(told()) == 2


def test_the_nightly_task_checks_every_school_and_one_that_fails_stops_no_other(
    small_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    check()
    assert set(RulebookCheck.objects.values_list("school__code", flat=True)) == {"home", "elsewhere"}
    with as_owner():
        RulebookCheck.objects.all().delete()
    School.objects.filter(code="elsewhere").update(time_zone="Nowhere/At-All")
    assert rulebooks_check(now=small_world.now) == 2
    assert "ALARM" not in caplog.text

"""Importing a bureau, schools and calendars from their files."""

from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.db import IntegrityError, transaction

from backend.calendars.files import calendar_read
from backend.calendars.models import Calendar, CalendarDay
from backend.common.clock import database_now
from backend.common.content_files import ContentFileError
from backend.duty.files import bureau_read, school_read
from backend.duty.models import Absence, DutyShift, DutySlot
from backend.organisation.models import Appointment, ContactChannel, Person, Place, Post, School, Unit
from backend.organisation.roles import Role
from backend.organisation.services import PostElsewhere, calendar_import, post_fill
from backend.rulebook.files import rulebook_read
from tests.organisation.conftest import DEMO, SmallSchool, import_demo


def all_rows() -> dict[str, list[dict[str, Any]]]:
    models = apps.get_app_config("organisation").get_models()
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


def test_importing_twice_leaves_every_row_as_it_was(demo_schools: list[School]) -> None:
    before = all_rows()
    import_demo(database_now() + timedelta(days=1))
    assert all_rows() == before
    assert {name for name, rows in before.items() if not rows} <= {"DutySwap", "PendingPower", "TelephoneNumber"}


def test_importing_again_does_not_undo_an_appointment_ended_since(demo_schools: list[School]) -> None:
    now = database_now()
    Appointment.objects.filter(person__name="周勇").update(ends_at=now)
    import_demo(now)
    assert set(Appointment.objects.filter(person__name="周勇").values_list("ends_at", flat=True)) == {now}


def test_demo_school_is_complete(demo_schools: list[School]) -> None:
    school, small = demo_schools
    people = Person.objects.filter(school=school)
    assert people.count() >= 60
    assert 10 <= Person.objects.filter(school=small).count() <= 20
    assert not Person.objects.exclude(channels__verified_at__isnull=False).exists()
    assert not people.exclude(appointments__post__role=Role.REPORTER).exists()
    assert Place.objects.filter(school=school, parent__parent__isnull=False).exists()
    assert Place.objects.filter(school=school).count() >= 40
    assert Unit.objects.filter(school=school, kind=Unit.Kind.OFFICE).count() >= 10
    assert Absence.objects.filter(person__school=school, ends_at__gt=database_now()).count() == 1
    held = set(Post.objects.filter(school=school).values_list("role", flat=True))
    assert held == set(Role.values) - {Role.BUREAU_OFFICER}
    assert school.intake_unit
    assert school.intake_unit.code == "safety-office"
    assert school.protection_unit
    assert school.protection_unit.code == "student-protection"


def test_every_office_the_rulebook_names_has_a_handler_and_a_head(demo_schools: list[School]) -> None:
    rules = rulebook_read(DEMO.parent / "rulebooks" / "cn-school.yaml")
    leads = {row["lead"] for row in rules["categories"]} - {"grade"}
    for school in demo_schools:
        offices = Unit.objects.filter(school=school, kind=Unit.Kind.OFFICE)
        assert leads <= set(offices.values_list("code", flat=True))
    for office in Unit.objects.filter(school__in=demo_schools).exclude(kind=Unit.Kind.CLASS):
        roles = set(Appointment.objects.filter(post__unit=office).values_list("post__role", "is_deputy"))
        assert {(Role.HANDLER, False), (Role.OFFICE_HEAD, False), (Role.OFFICE_HEAD, True)} <= roles, office.code


def test_every_class_lies_in_a_grade_group_that_owns_its_room(demo_schools: list[School]) -> None:
    classes = Unit.objects.filter(school__in=demo_schools, kind=Unit.Kind.CLASS)
    assert classes.count() == 12 + 6
    for row in classes.select_related("parent"):
        assert row.parent is not None
        assert row.parent.kind == Unit.Kind.GRADE
        room = Place.objects.get(school=row.school_id, code=row.code.replace("class", "room"))
        assert room.owner_id == row.parent_id


def test_rosters_of_the_demo_cover_the_term(demo_schools: list[School]) -> None:
    shifts = DutyShift.objects.filter(school=demo_schools[0])
    assert set(shifts.values_list("kind", flat=True)) == set(DutyShift.Kind.values)
    assert set(shifts.filter(kind="gate").values_list("place__code", flat=True)) == {
        "main-gate",
        "back-gate",
        "side-gate",
    }
    for kind in ("week", "night", "holiday"):
        assert not shifts.filter(kind=kind).exclude(slots__part=DutySlot.Part.LEADER).exists()
    last = shifts.latest("ends_at")
    assert last.ends_at.date() >= date(2027, 2, 28)
    assert DutyShift.objects.filter(bureau=demo_schools[0].bureau_id).exists()


def test_importing_again_does_not_undo_a_swap(demo_schools: list[School]) -> None:
    slot = DutySlot.objects.filter(shift__school=demo_schools[0], part="teacher").order_by("shift__starts_at")[0]
    DutySlot.objects.filter(id=slot.id).update(person=Person.objects.get(name="康健"))
    import_demo(database_now())
    assert DutySlot.objects.get(id=slot.id).person.name == "康健"


def test_calendar_knows_holidays_and_make_up_days(demo_schools: list[School]) -> None:
    calendar = Calendar.objects.get(school=demo_schools[0])
    assert (calendar.version, calendar.published_until) == (1, date(2026, 12, 31))
    assert set(calendar.hours.filter(weekday=0).values_list("opens", "closes")) == {
        (time(8), time(12)),
        (time(13, 30), time(17, 30)),
    }
    days = dict(calendar.days.values_list("day", "works_as_weekday"))
    assert days[date(2026, 2, 23)] is None
    assert days[date(2026, 2, 28)] == 0
    assert all(day.weekday() >= 5 for day, weekday in days.items() if weekday is not None)


def test_changed_calendar_gets_the_next_version(demo_schools: list[School]) -> None:
    content = calendar_read(DEMO / "calendar.yaml")
    content["days"].append({"first": "2026-11-05", "note": "运动会"})
    calendar = calendar_import(school=demo_schools[0], content=content)
    assert calendar.version == 2
    assert CalendarDay.objects.filter(calendar=calendar, note="运动会").count() == 1
    assert calendar_import(school=demo_schools[0], content=content).version == 2


def broken(source: str, change: Callable[[Any], None], folder: Path) -> Path:
    content = yaml.safe_load((DEMO / source).read_text(encoding="utf-8"))
    change(content)
    path = folder / source
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.slow("tests/organisation/test_import.py", after=3)
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda content: content.update(colour="red"), "Additional properties"),
        (lambda content: content.update(since="2026-02-31"), "since: '2026-02-31' is not a 'date'"),
        (lambda content: content.update(time_zone="Mars/Olympus"), "time_zone: 'Mars/Olympus' is not a time zone"),
        (lambda content: content.update(intake_unit="nowhere"), "intake_unit: there is no unit 'nowhere'."),
        (lambda content: content["units"].append(content["units"][0]), "units/school-office: this code stands twice"),
        (lambda content: content["places"].reverse(), "must stand above it in the file"),
        (lambda content: content["people"].append(content["people"][0]), "people/1101: stands twice."),
        (lambda content: content["people"][0].update(posts=[{"role": "handler"}]), "hold their post in a unit"),
        (lambda content: content["people"][0].update(posts=[{"role": "bureau_officer"}]), "the bureau has officers"),
        (
            lambda content: content["people"][0].update(absent={"first": "2026-03-02", "last": "2026-03-01"}),
            "the last day comes before the first",
        ),
    ],
)
def test_school_file_names_what_is_wrong(change: Callable[[Any], None], expected: str, tmp_path: Path) -> None:
    with pytest.raises(ContentFileError, match=expected):
        school_read(broken("qinghe.yaml", change, tmp_path))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda content: content["hours"][0].update(closes="07:00"), "hours/08:00: the end comes after the beginning"),
        (lambda content: content["days"].append({"first": "2026-02-20", "note": "x"}), "this day stands twice"),
    ],
)
def test_calendar_file_names_what_is_wrong(change: Callable[[Any], None], expected: str, tmp_path: Path) -> None:
    with pytest.raises(ContentFileError, match=expected):
        calendar_read(broken("calendar.yaml", change, tmp_path))


@pytest.mark.parametrize("text", ["- [", "just words", "\ufffe\x00"])
def test_file_that_is_no_yaml_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "bureau.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentFileError):
        bureau_read(path)


def test_post_is_held_where_the_person_works(small_school: SmallSchool, demo_schools: list[School]) -> None:
    person = small_school.person("bob")
    elsewhere = Unit.objects.get(school=demo_schools[0], code="security")
    for role, unit in ((Role.HANDLER, elsewhere), (Role.HANDLER, None), (Role.PRINCIPAL, small_school.office)):
        with pytest.raises(PostElsewhere):
            post_fill(person=person, role=role, unit=unit, starts_at=small_school.now)
    with pytest.raises(PostElsewhere):
        post_fill(person=person, role=Role.BUREAU_OFFICER, starts_at=small_school.now)
    assert not Appointment.objects.filter(person=person).exists()


def test_database_refuses_a_unit_role_without_a_unit(small_school: SmallSchool) -> None:
    with pytest.raises(IntegrityError, match="post_in_a_unit_by_its_role"), transaction.atomic():
        Post.objects.create(role=Role.HANDLER, school=small_school.school)


def test_staff_number_is_used_once_at_the_bureau_too(small_school: SmallSchool) -> None:
    bureau = small_school.school.bureau
    first = small_school.person("fang", employer=bureau)
    assert small_school.person("fang", employer=bureau) == first
    assert ContactChannel.objects.filter(person=first).count() == 1
    with pytest.raises(IntegrityError, match="staff_number_once_per_employer"), transaction.atomic():
        Person.objects.create(bureau=bureau, staff_number="fang", name="Another")

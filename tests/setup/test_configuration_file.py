"""A school's configuration as a file: the same on every installation, read with bounds, taking nothing away."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import date, datetime, timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from backend.administration.models import Change
from backend.calendars.models import Calendar, CalendarDay
from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.duty.models import DutyShift, DutySlot
from backend.organisation.models import Appointment, Bureau, ContactChannel, PendingPower, Person, School, Unit
from backend.organisation.roles import Role
from backend.organisation.selectors.school_calendars import school_at
from backend.organisation.services.bureau_officers import BureauShared
from backend.rulebook.services import rulebook_activate, rulebook_load
from backend.setup.configuration.applying import ConfigurationRefused, configuration_apply, configuration_preview
from backend.setup.configuration.exporting import configuration_of
from backend.setup.configuration.files import ConfigurationUnreadable, configuration_read, configuration_write
from tests.organisation.conftest import import_demo
from tests.organisation.test_rosters import planned
from tests.world import World, member_add, rulebook_content

Content = dict[str, Any]


@contextmanager
def elsewhere() -> Iterator[None]:
    """Do something on an installation of its own: nothing of it is left afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def exported(code: str, now: datetime) -> Content:
    return configuration_of(school=School.objects.select_related("bureau", "calendar").get(code=code), now=now)


@pytest.mark.slow("tests/setup/test_configuration_file.py", after=1)
@pytest.mark.parametrize("as_json", [False, True])
def test_a_whole_school_comes_back_the_same_on_an_empty_installation(
    db: None, as_json: bool, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    now = database_now()
    with elsewhere():
        import_demo(now)
        school = School.objects.get(code="qinghe")
        version, _new = rulebook_load(content=rulebook_content(), now=now)
        rulebook_activate(school=school, version=version, now=now)
        calendar = Calendar.objects.get(school=school)
        CalendarDay.objects.create(calendar=calendar, day=date(2026, 11, 15), works_as_weekday=0, is_published=True)
        text = configuration_write(exported("qinghe", now), as_json=as_json)
    assert not School.objects.exists()
    content = configuration_read(text.encode())
    with django_assert_max_num_queries(150):  # eight of them ask once in a process for the kinds of rows
        applied = configuration_apply(content=content, now=now)
    assert not applied.is_same
    assert (School.objects.get().live_at, applied.waiting) == (None, 0)
    assert configuration_write(exported("qinghe", now), as_json=as_json) == text
    assert len(content["people"]) > 50
    assert len(content["shifts"]) > 50


def test_the_same_file_again_changes_nothing_and_costs_little(
    db: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    now = database_now()
    import_demo(now)
    content = exported("qinghe", now)
    recorded, told = Change.objects.count(), OutboxMessage.objects.count()
    with django_assert_max_num_queries(31):
        applied = configuration_apply(content=content, now=now)
    assert applied.is_same
    assert all(section.left_out == () for section in applied.sections.values())
    assert (Change.objects.count(), OutboxMessage.objects.count()) == (recorded, told)


@pytest.fixture
def live(world: World) -> World:
    """The cast's school with a night of duty, live."""
    planned(world)
    world.school.live_at = world.now
    world.school.save()
    return world


def test_a_live_school_gets_what_is_new_keeps_what_is_left_out_and_waits_for_power(live: World) -> None:
    content = exported("home", live.now)
    changed = deepcopy(content)
    alice = next(row for row in changed["people"] if row["staff_number"] == "alice")
    alice["name"] = "Alice B."
    alice["posts"].append({"role": "protection_lead", "since": live.now.isoformat()})
    erin = next(row for row in changed["people"] if row["staff_number"] == "erin")
    erin["addresses"].append("erin@outside.example")
    changed["people"] = [row for row in changed["people"] if row["staff_number"] != "carol"]
    changed["units"].append({"code": "library", "kind": "office", "name": {"zh": "图书馆", "en": "Library"}})
    changed["people"].append(
        {
            "staff_number": "new",
            "name": "Newt",
            "language": "en",
            "addresses": ["newt@school.example"],
            "posts": [{"role": "handler", "unit": "library", "since": live.now.isoformat()}],
        }
    )
    applied = configuration_apply(content=configuration_read(configuration_write(changed).encode()), now=live.now)
    assert (applied.waiting, sorted(PendingPower.objects.values_list("kind", flat=True))) == (2, ["address", "post"])
    assert list(applied.sections["people"].changed.values()) == [("name",)]
    assert ("carol",) in applied.sections["people"].left_out
    assert Person.objects.filter(staff_number="carol", appointments__ends_at=None).exists()
    assert Appointment.objects.filter(person__staff_number="new", post__unit__code="library").exists()
    assert ContactChannel.objects.get(address="newt@school.example").verified_at is None
    assert not live.alice.actor.holds(Role.PROTECTION_LEAD)
    assert not ContactChannel.objects.filter(address="erin@outside.example").exists()
    again = configuration_apply(content=changed, now=live.now)
    assert (again.waiting, PendingPower.objects.count()) == (0, 2)


def test_duty_that_a_file_changes_at_a_live_school_is_told(live: World) -> None:
    content = exported("home", live.now)
    (night,) = content["shifts"]
    night["ends_at"] = (live.now + timedelta(hours=11)).isoformat()
    night["people"] = [{"staff_number": "vera", "part": "leader"}, {"staff_number": "bob", "part": "teacher"}]
    gate = {"kind": "gate", "starts_at": (live.now + timedelta(days=2)).isoformat()}
    gate |= {"ends_at": (live.now + timedelta(days=2, hours=1)).isoformat()}
    content["shifts"].append({**gate, "people": [{"staff_number": "carol", "part": "teacher"}]})
    OutboxMessage.objects.filter(topic="duty.changed").delete()
    configuration_apply(content=content, now=live.now)
    told = {(row.payload["what"], *row.payload["people"]) for row in OutboxMessage.objects.filter(topic="duty.changed")}
    ids = {name: str(live.members[name].person.id) for name in ("alice", "vera", "bob")}
    assert told == {
        ("moved", ids["vera"]),
        ("entered", ids["bob"]),
        ("left", ids["alice"]),
    }
    assert DutySlot.objects.filter(shift__kind="gate", person=live.carol.person).exists()
    assert DutySlot.objects.filter(shift__kind="night").count() == 2
    assert configuration_apply(content=content, now=live.now).is_same


def test_the_duty_of_the_bureau_comes_with_the_school(db: None) -> None:
    now = database_now()
    with elsewhere():
        import_demo(now)
        before = exported("qinghe", now)
        text = configuration_write(before)
    assert before["bureau"]["shifts"]
    content = configuration_read(text.encode())
    configuration_apply(content=content, now=now)
    assert exported("qinghe", now)["bureau"] == before["bureau"]
    assert configuration_apply(content=content, now=now).is_same
    # Being entered for duty is no post: nobody at the bureau gets a power by a school's file.
    assert not Appointment.objects.filter(person__bureau__isnull=False).exists()
    first = content["bureau"]["shifts"][0]
    first["people"] = []
    content["bureau"]["people"][0]["name"] = "Renamed"
    sections = configuration_apply(content=content, now=now).sections
    assert (len(sections["bureau_shifts"].changed), len(sections["bureau_people"].changed)) == (1, 1)
    assert exported("qinghe", now)["bureau"] == content["bureau"]


def test_officers_of_a_bureau_of_ones_own_come_along_through_the_guard(db: None) -> None:
    now, since = database_now(), "2026-09-01T08:00:00+08:00"
    content = configuration_read(MINIMAL.encode())
    officer = {"staff_number": "B1", "name": "Zhou", "language": "en", "addresses": ["zhou@bureau.example"]}
    content["bureau"]["people"] = [{**officer, "posts": [{"role": "bureau_officer", "since": since}]}]
    assert configuration_preview(content=content, now=now).waiting == 0
    assert not Person.objects.filter(staff_number="B1").exists()
    assert configuration_apply(content=content, now=now).waiting == 0
    told = exported("s", now)["bureau"]["people"]
    assert (told[0]["addresses"], told[0]["posts"][0]["role"]) == (["zhou@bureau.example"], "bureau_officer")
    assert configuration_apply(content=exported("s", now), now=now).is_same
    School.objects.update(live_at=now)
    content["bureau"]["people"].append(
        {**officer, "staff_number": "B2", "addresses": [], "posts": [{"role": "bureau_officer", "since": since}]}
    )
    assert configuration_apply(content=content, now=now).waiting == 1
    School.objects.create(code="t", name_zh="t", name_en="t", bureau=Bureau.objects.get())
    assert "posts" not in exported("s", now)["bureau"]["people"][0]
    content["bureau"]["people"][0]["addresses"] = ["other@bureau.example"]
    with pytest.raises(BureauShared):
        configuration_apply(content=content, now=now)


def test_of_the_school_itself_a_file_may_leave_things_out(live: World) -> None:
    live.school.kind, live.school.emergency_fire, live.school.country = "boarding", "18119", "CN"
    live.school.save()
    content = exported("home", live.now)
    assert (content["school"]["kind"], content["school"]["emergency"]["fire"]) == ("boarding", "18119")
    for name in ("kind", "country", "emergency", "intake_unit", "protection_unit"):
        content["school"].pop(name, None)
    assert configuration_apply(content=content, now=live.now).is_same
    content["school"] |= {
        "kind": "day",
        "country": "SG",
        "emergency": {"police": "999", "fire": "998", "ambulance": "997"},
    }
    configuration_apply(content=content, now=live.now)
    live.school.refresh_from_db()
    assert (live.school.kind, live.school.country, live.school.emergency_ambulance) == ("day", "SG", "997")


def test_every_field_of_a_school_is_in_the_file_or_left_out_on_purpose() -> None:
    written = {"bureau", "code", "kind", "name_zh", "name_en", "time_zone", "country", "calendar", "intake_unit"}
    written |= {"protection_unit", "emergency_police", "emergency_fire", "emergency_ambulance", "takes_anonymous"}
    assert {field.name for field in School._meta.get_fields() if field.concrete} == written | {"id", "live_at"}


def test_what_is_over_is_neither_written_out_nor_written_in(live: World) -> None:
    content = exported("home", live.now)
    later = live.now + timedelta(days=3)
    assert exported("home", later)["shifts"] == []
    DutyShift.objects.all().delete()
    assert configuration_apply(content=content, now=later).is_same
    assert not DutyShift.objects.exists()


def test_a_post_gets_another_end(live: World) -> None:
    content = exported("home", live.now)
    bob = next(row for row in content["people"] if row["staff_number"] == "bob")
    until = live.now + timedelta(days=30)
    for post in bob["posts"]:
        post["until"] = until.isoformat()
    applied = configuration_apply(content=content, now=live.now)
    assert applied.waiting == 0
    assert set(Appointment.objects.filter(person=live.bob.person).values_list("ends_at", flat=True)) == {until}


def test_a_school_under_another_bureau_is_refused_and_nothing_is_half_done(live: World) -> None:
    content = exported("home", live.now)
    content["bureau"]["code"] = "another"
    with pytest.raises(ConfigurationRefused, match="belongs to the bureau"):
        configuration_apply(content=content, now=live.now)
    content = exported("home", live.now)
    content["school"]["name"]["en"] = "Renamed"
    content["people"][0]["addresses"].append("x@school.example")
    content["shifts"][0]["people"] = [{"staff_number": "nobody", "part": "leader"}]
    with pytest.raises(ConfigurationUnreadable, match="shifts/0/people/0/staff_number: there is nobody"):
        configuration_read(configuration_write(content).encode())


def test_no_secret_is_in_the_file(live: World) -> None:
    robot = "https://oapi.dingtalk.com/robot/send?access_token=5ecret"
    ContactChannel.objects.create(person=live.bob.person, kind="dingtalk", address=robot, verified_at=live.now)
    text = configuration_write(exported("home", live.now))
    secrets = ["5ecret", live.bob.user.password, str(live.home.places["stairwell"].token), str(live.school.id)]
    assert [secret for secret in secrets if secret in text] == []


MINIMAL = """
format: allclear-configuration
version: 1
bureau: {code: b, name: {zh: 局, en: Bureau}}
school: {code: s, name: {zh: 校, en: School}, time_zone: Asia/Shanghai}
units: [{code: office, kind: office, name: {zh: 办, en: Office}}]
places: []
people:
- {staff_number: 001, name: no, language: en, posts: [{role: handler, unit: office, since: 2026-09-01T08:00:00+08:00}]}
calendar:
  name: {zh: 校历, en: Calendar}
  published_until: 2026-12-31
  hours: [{weekdays: [0, 1], opens: 08:00, closes: 22:00}]
  days: []
"""


def test_a_file_written_by_hand_means_what_it_says(db: None) -> None:
    content = configuration_read(MINIMAL.encode())
    assert content["calendar"]["hours"][0]["closes"] == "22:00"
    assert (content["people"][0]["name"], content["people"][0]["staff_number"]) == ("no", "001")
    configuration_apply(content=content, now=database_now())
    assert Unit.objects.get().code == "office"
    assert school_at(code="s").calendar is not None


DOUBLINGS = [f"{name}: &{name} [{', '.join(['*' + before] * 9)}]" for before, name in pairwise("abcdefghi")]
BOMB = "\n".join(["a: &a [x]", *DOUBLINGS])


@pytest.mark.slow("tests/setup/test_configuration_file.py", after=4)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "format: this is no configuration file"),
        ("- a\n- b", "format: this is no configuration file"),
        (MINIMAL.replace("version: 1", "version: 2"), "this is version 2, and this installation reads version 1"),
        (MINIMAL + "colour: red\n", "'colour' was unexpected"),
        (MINIMAL.replace("kind: office", "kind: palace"), "units/0/kind"),
        (MINIMAL.replace("unit: office", "unit: shed"), "there is no unit 'shed'"),
        (MINIMAL.replace("since: 2026-09-01T08:00:00+08:00", "since: 2026-09-01"), "instants are written like"),
        (MINIMAL.replace("Asia/Shanghai", "Moon/Base"), "time_zone"),
        (MINIMAL.replace("closes: 22:00", "closes: 07:00"), "calendar/hours/08:00"),
        (MINIMAL + "version: 1\n", "stands twice"),
        (MINIMAL.replace("closes: 22:00", "closes: 25:00"), "calendar/hours/0/closes"),
        (MINIMAL.replace("opens: 08:00", r'opens: "08:00\n"'), "calendar/hours/0/opens"),
        (MINIMAL.replace("code: office", r'code: "office\n"'), "units/0/code"),
        (MINIMAL.replace("zh: 校,", r'zh: "校\n",'), "school/name/zh"),
        (MINIMAL.replace("zh: 校,", r'zh: "\u200b",'), "school/name/zh"),
        (MINIMAL.replace("name: no", r'name: "\u202e "'), "people/0/name"),
        (MINIMAL.replace("since: 2026", "since: 0001"), "instants are written like"),
        (MINIMAL.replace("08:00:00+08:00", "08:00:00+08:00, until: 9999-12-31T23:00:00-12:00"), "instants are written"),
        (BOMB, "references"),
        ("[" * 100 + "]" * 100, "too deep"),
        ("{" * 2000, "no YAML or JSON"),
        ("!!python/object:os.system x", "no YAML or JSON"),
        ("a: [1", "no YAML or JSON"),
        ("x" * 8_000_001, "larger than"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(ConfigurationUnreadable) as refused:
        configuration_read(text.encode())
    assert said in str(refused.value)


def commanded(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_commands_look_first_and_then_write(live: World, tmp_path: Path) -> None:
    member_add(live, "zed", [(Role.HANDLER, "security", False)], site=live.home)
    path = tmp_path / "home.yaml"
    commanded("configuration_export", "--school", "home", "--output", str(path))
    assert commanded("configuration_export", "--school", "home") == path.read_text()
    path.write_text(path.read_text().replace("name: Zed", "name: Zoe").replace("code: stairwell", "code: stairs"))
    said = commanded("configuration_import", str(path), "--check")
    assert "places: 1 new\n  stairs\n" in said
    assert "places: 1 left out by the file, stays\n  stairwell\n" in said
    assert "people: 1 changed\n  zed (name)\n" in said
    assert "Check only: nothing was changed." in said
    assert Person.objects.get(staff_number="zed").name == "Zed"
    commanded("configuration_import", str(path), "--apply")
    assert Person.objects.get(staff_number="zed").name == "Zoe"
    assert "there is nothing to do" in commanded("configuration_import", str(path), "--apply")
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("configuration_import", str(tmp_path / "missing.yaml"), "--check")

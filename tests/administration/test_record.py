"""Every change of configuration is recorded: who, when, what it was before and what it is now."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction
from pytest_django import DjangoAssertNumQueries

from backend.administration.models import Change
from backend.calendars.models import Calendar
from backend.common.clock import database_now
from backend.common.recording import bulk_record
from backend.duty.models import Absence
from backend.organisation.models import Appointment, ContactChannel, Person, Place, Post
from backend.organisation.roles import Role
from backend.organisation.services import calendar_import
from backend.rulebook.models import SchoolRulebook
from backend.rulebook.services import rulebook_load
from tests.administration.conftest import address, form_of, rows_of
from tests.browser import SignIn
from tests.organisation.test_calendar_file_api import CONTENT
from tests.roles import as_owner
from tests.world import World


def latest(kind: str) -> Change:
    """Return the newest change of a kind of row."""
    change: Change = Change.objects.filter(content_type__model=kind).latest("id")
    return change


def test_a_change_on_a_page_is_recorded_with_before_and_after(school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.ada)
    place = school_day.home.places["stairwell"]
    path = address("organisation.Place", place)
    other = school_day.home.units["security"]
    answer = client.post(path, form_of(client, path, name_en="Second stairwell", owner=str(other.pk)))
    assert answer.status_code == 302
    assert Place.objects.get(pk=place.pk).name_en == "Second stairwell"
    change = latest("place")
    assert change.actor == school_day.ada.user
    assert change.action == Change.Action.UPDATE
    assert change.employer_id == school_day.school.id
    assert change.changes == {
        "name_en": ["Stairwell, second floor", "Second stairwell"],
        "owner": [str(place.owner_id), str(other.pk)],
    }
    assert abs(change.timestamp - database_now()) < timedelta(minutes=1)
    page = client.get(client.get(address("organisation.Place", place, "history")).headers["Location"]).content.decode()
    assert "English name: Stairwell, second floor → Second stairwell" in page
    assert "Looked after by: Facilities office → Security office" in page
    assert "Ada" in page


def test_the_record_is_read_by_ones_own_school_alone(school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.ada)
    path = address("organisation.Unit", school_day.home.units["security"])
    client.post(path, form_of(client, path, name_en="Guards"))
    change = latest("unit")
    for name, status in (("ada", 200), ("dan", 200), ("una", 200), ("abe", 404), ("mallory", 404), ("alice", 404)):
        reader = signed_in(school_day.members[name])
        assert reader.get(address("administration.Change", change)).status_code == status, name
        listed = reader.get(address("administration.Change")).content.decode()
        assert ("Guards" in listed) == (status == 200), name
        assert reader.post(address("administration.Change", change), {}).status_code in {403, 404}, name


def test_the_list_costs_the_same_however_many_changes(
    school_day: World, signed_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(school_day.ada)
    listed = address("administration.Change")
    client.get(listed)
    for number in range(30):
        Absence.objects.create(
            person=school_day.bob.person,
            starts_at=school_day.now + timedelta(days=number),
            ends_at=school_day.now + timedelta(days=number, hours=1),
        )
    with django_assert_max_num_queries(20):
        assert client.get(listed).status_code == 200


def test_the_database_refuses_to_rewrite_the_record(school_day: World) -> None:
    school_day.bob.person.save()
    school_day.bob.person.name = "Robert"
    school_day.bob.person.save()
    change = latest("person")
    assert change.changes == {"name": ["Bob", "Robert"]}
    for refused, role in (("permission denied", transaction.atomic), ("change_immutable", as_owner)):
        with pytest.raises(ProgrammingError, match=refused), role():
            Change.objects.filter(pk=change.pk).update(actor=school_day.ada.user)
        with pytest.raises(ProgrammingError, match=refused), role():
            Change.objects.filter(pk=change.pk).delete()


def test_a_change_over_the_api_is_recorded_with_the_person_behind_the_token(school_day: World) -> None:
    before = Change.objects.count()
    starts = school_day.now + timedelta(days=3)
    answer = school_day.bob.client.post(
        "absences",
        {
            "person": str(school_day.bob.person.id),
            "starts_at": starts.isoformat(),
            "ends_at": (starts + timedelta(days=1)).isoformat(),
        },
    )
    assert answer.status_code == 201, answer.data
    assert Change.objects.count() == before + 1
    change = latest("absence")
    assert change.actor == school_day.bob.user
    assert change.employer_id == school_day.school.id
    assert change.changes["ends_at"][0] is None


def test_an_edited_calendar_has_its_next_version(school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.ada)
    calendar = Calendar.objects.get(school=school_day.school)
    path = address("calendars.Calendar", calendar)
    assert client.post(path, form_of(client, path)).status_code == 302
    assert Calendar.objects.get(pk=calendar.pk).version == calendar.version
    assert client.post(path, form_of(client, path, **{"hours-0-closes": "16:30"})).status_code == 302
    assert Calendar.objects.get(pk=calendar.pk).version == calendar.version + 1
    assert latest("workinghours").changes == {"closes": ["17:00:00", "16:30:00"]}
    period = address("calendars.CalendarPeriod", calendar.periods.get())
    assert client.post(period, form_of(client, period, note="Winter")).status_code == 302
    assert Calendar.objects.get(pk=calendar.pk).version == calendar.version + 2
    school = address("organisation.School", school_day.school)
    assert client.post(school, form_of(client, school, time_zone="Asia/Urumqi")).status_code == 302
    assert Calendar.objects.get(pk=calendar.pk).version == calendar.version + 3


def test_what_the_database_would_refuse_is_said_in_words(school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.ada)
    bob = school_day.bob.person
    path = address("organisation.Person", bob)
    wrong = {"appointments-0-ends_at_0": "2020-01-01", "appointments-0-ends_at_1": "08:00"}
    answer = client.post(path, form_of(client, path, **wrong))
    assert answer.status_code == 200
    assert "The end must be after the beginning." in answer.content.decode()
    answer = client.post(path, form_of(client, path, staff_number="carol"))
    assert "Another person has this staff number." in answer.content.decode()
    assert Person.objects.get(pk=bob.pk).staff_number == "bob"
    add = "/admin/organisation/post/add/"
    answer = client.post(add, form_of(client, add, role=Role.OFFICE_HEAD))
    assert "need a unit" in answer.content.decode()
    answer = client.post(add, form_of(client, add, role=Role.PRINCIPAL))
    assert "This post exists already." in answer.content.decode()
    school = address("organisation.School", school_day.school)
    answer = client.post(school, form_of(client, school, time_zone="Mars/Olympus"))
    assert "no such time zone" in answer.content.decode()


@pytest.mark.parametrize("name", ["abe", "una"])
def test_a_calendar_is_added_to_a_school_that_has_none(school_day: World, signed_in: SignIn, name: str) -> None:
    with as_owner():
        Calendar.objects.all().delete()
    school = school_day.elsewhere.school
    client, add = signed_in(school_day.members[name]), "/admin/calendars/calendar/add/"
    named = {"name_zh": "校历", "name_en": "School year", "published_until": "2026-12-31"}
    chosen = {"school": str(school.pk)} if name == "una" else {}
    answer = client.post(add, form_of(client, add, **named, **chosen))
    assert answer.status_code == 302, answer.context["errors"]
    assert Calendar.objects.get().school == school
    assert (latest("calendar").get_action_display(), latest("calendar").employer_id) == ("create", school.pk)
    assert client.get(add).status_code == 403


def test_a_person_is_added_with_a_post_and_an_address(school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.ada)
    add = "/admin/organisation/person/add/"
    post = Post.objects.get(role=Role.COORDINATOR, school=school_day.school)
    sent = {
        "name": "新老师",
        "staff_number": "n-1",
        "appointments-TOTAL_FORMS": "1",
        "appointments-0-post": str(post.pk),
        "appointments-0-starts_at_0": "2026-01-01",
        "appointments-0-starts_at_1": "08:00",
        "channels-TOTAL_FORMS": "1",
        "channels-0-kind": "email",
        "channels-0-address": "new@school.example",
    }
    answer = client.post(add, form_of(client, add, **sent))
    assert answer.status_code == 302, answer.context["errors"]
    person = Person.objects.get(staff_number="n-1")
    assert person.school == school_day.school
    assert Appointment.objects.get(person=person).starts_at.isoformat() == "2026-01-01T00:00:00+00:00"
    assert ContactChannel.objects.get(person=person).verified_at is None
    assert latest("appointment").changes["post"] == [None, str(post.pk)]


def test_accounts_are_closed_and_unlinked_but_never_ones_own(school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.ada)
    path = address("accounts.User", school_day.bob.user)
    sent = form_of(client, path)
    sent.pop("is_active")
    assert client.post(path, sent).status_code == 302
    assert latest("user").changes == {"is_active": [True, False]}
    assert school_day.bob.client.get("me").status_code == 401
    assert client.post(path, {**sent, "accounts_user_unlink": "1"}).status_code == 302
    assert Person.objects.get(pk=school_day.bob.person.pk).user is None
    assert latest("person").changes == {"user": [school_day.bob.user.pk, None]}
    own = address("accounts.User", school_day.ada.user)
    client.post(own, {**form_of(client, own), "accounts_user_unlink": "1"})
    assert Person.objects.get(pk=school_day.ada.person.pk).user == school_day.ada.user


def test_a_rulebook_version_is_taken_into_use_and_never_edited(school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.ada)
    used = SchoolRulebook.objects.get(school=school_day.school)
    content = used.version.content
    blocked = [row for row in content["categories"] if row["code"] == "F02"]
    version, _new = rulebook_load(content={**content, "name": "revised", "categories": blocked}, now=school_day.now)
    path = address("rulebook.SchoolRulebook", used)
    too_wide, _new = rulebook_load(content={**content, "name": "too-wide"}, now=school_day.now)
    refused = client.post(path, form_of(client, path, version=str(too_wide.pk)), follow=True)
    assert "somebody would wait for nobody" in refused.content.decode()
    used.refresh_from_db()
    assert used.version not in {version, too_wide}
    assert client.post(path, form_of(client, path, version=str(version.pk))).status_code == 302
    used.refresh_from_db()
    assert (used.version, used.activated_at > school_day.now) == (version, True)
    assert latest("schoolrulebook").changes["version"][1] == version.pk
    page = address("rulebook.RulebookVersion", version)
    assert "categories:" in client.get(page).content.decode()
    assert client.post(page, {"name": "x"}).status_code == 403
    assert client.get("/admin/rulebook/rulebookversion/add/").status_code == 403


@pytest.mark.slow("tests/administration/test_record.py")
def test_every_page_speaks_chinese(school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.ada, "zh-hans")
    for label, row in rows_of(school_day).items():
        for path in (address(label), address(label, row)):
            assert client.get(path).headers["Content-Language"] == "zh-hans"


def test_a_calendar_taken_from_a_file_is_recorded_by_what_differs(school_day: World) -> None:
    """Whole calendars were replaced, and the record had only what went."""
    calendar_import(school=school_day.school, content=CONTENT)
    last = Change.objects.latest("id").id
    hours = [{"weekdays": [0, 1, 2, 3, 4, 5], "opens": "08:00", "closes": "17:00"}]
    days = [{"first": "2026-11-20", "note": "Sports day"}]
    calendar_import(
        school=school_day.school,
        content={**CONTENT, "hours": hours, "days": days, "name": {"zh": "校历", "en": "Year"}},
    )
    found = Change.objects.filter(id__gt=last).order_by("id").values_list("content_type__model", "action", "changes")
    told = [(model, action, sorted(changes)) for model, action, changes in found]
    create, update = Change.Action.CREATE, Change.Action.UPDATE
    assert [row[:2] for row in told] == [("workinghours", create), ("calendarday", create), ("calendar", update)]
    assert told[-1][2] == ["name_en"]


def test_rows_written_in_bulk_are_recorded_by_the_service_that_writes_them(school_day: World) -> None:
    person = school_day.bob.person
    old = Person.objects.get(pk=person.pk)
    person.name = "Robert"
    Person.objects.bulk_update([person], ["name"])
    bulk_record(before=[old], after=[person])
    assert latest("person").changes == {"name": ["Bob", "Robert"]}

"""Offices that a new school begins with and does not use: the school's own take their place, by choice alone."""

import re

import pytest
from django.test import Client

from backend.common.clock import database_now
from backend.organisation.models import Appointment, Person, Place, Post, School, Unit
from backend.organisation.roles import Role
from tests.setup.test_first_start import ADA, SCHOOL, come_in, link_printed

pytestmark = pytest.mark.django_db
PAGE = "/setup/people"


@pytest.fixture
def ada() -> Client:
    """The first administrator of a new school with two campuses, signed in."""
    client = come_in(link_printed())
    client.post("/setup/school", SCHOOL)
    client.post("/setup/administrator", ADA)
    return client


def own_office(code: str) -> Unit:
    """Enter an office of the school's own."""
    return Unit.objects.create(school=School.objects.get(), kind=Unit.Kind.OFFICE, code=code, name_zh=code)


def offered(client: Client) -> list[str]:
    """Return the empty offices that the page asks about."""
    return [office.code for office in client.get(PAGE).context["empty_offices"]]


def test_an_own_office_takes_over_what_an_empty_one_had(ada: Client) -> None:
    assert offered(ada) == []
    peace, heart = own_office("peace"), own_office("heart")
    assert offered(ada) == ["safety-office", "student-protection"]
    first, second = Unit.objects.filter(code__in=["safety-office", "student-protection"]).order_by("code")
    page = ada.get(PAGE).content.decode()
    assert 'value="remove"' not in page
    assert Unit.objects.count() == 4
    ada.post(PAGE, {f"office-{first.id}": str(peace.id), f"office-{second.id}": str(heart.id)})
    school = School.objects.get()
    assert (school.intake_unit, school.protection_unit) == (peace, heart)
    assert {place.owner for place in Place.objects.all()} == {peace}
    assert set(Unit.objects.all()) == {peace, heart}
    assert offered(ada) == []


def test_an_office_without_a_task_is_taken_away_and_one_with_a_task_is_not(ada: Client) -> None:
    """The workbook gives the tasks to offices of the school's own, and the empty ones stayed for ever."""
    peace = own_office("peace")
    School.objects.update(intake_unit=peace)
    first, second = Unit.objects.filter(code__in=["safety-office", "student-protection"]).order_by("code")
    assert f'id="office-{first.id}"' in ada.get(PAGE).content.decode()
    refused = ada.post(PAGE, {f"office-{first.id}": "remove", f"office-{second.id}": "remove"}, follow=True)
    assert re.search(r'<p class="flash wrong" role="alert">.*This office still has a task\.', refused.content.decode())
    assert Unit.objects.count() == 3
    ada.post(PAGE, {f"office-{first.id}": "remove", f"office-{second.id}": ""})
    assert set(Unit.objects.all()) == {peace, second}
    assert {place.owner for place in Place.objects.all()} == {peace}


def test_an_office_that_is_used_or_another_schools_is_never_taken_away(ada: Client) -> None:
    peace = own_office("peace")
    used = Unit.objects.get(code="safety-office")
    post = Post.objects.create(school=School.objects.get(), unit=used, role=Role.OFFICE_HEAD)
    Appointment.objects.create(post=post, person=Person.objects.get(), starts_at=database_now())
    assert offered(ada) == ["student-protection"]
    empty = Unit.objects.get(code="student-protection")
    school = School.objects.get()
    for office, taker in ((used.id, peace.id), (empty.id, empty.id), (empty.id, school.id), ("x", peace.id)):
        page = ada.post(PAGE, {f"office-{office}": str(taker)}, follow=True)
        assert (page.status_code, Unit.objects.count()) == (200, 3)


def test_an_office_that_the_rules_name_stays_until_they_name_another(ada: Client) -> None:
    peace = own_office("peace")
    numbers = {"emergency_police": "110", "emergency_fire": "119", "emergency_ambulance": "120"}
    ada.post("/setup/rules", {"save": "1", "preset": "cn-school", "above": "principal", **numbers})
    first = Unit.objects.get(code="safety-office")
    taken = {f"office-{first.id}": str(peace.id)}
    assert "in the rules, too" in ada.post(PAGE, taken, follow=True).content.decode()
    assert Unit.objects.count() == 3

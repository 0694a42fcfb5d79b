"""Access to the administration pages: each opens for the right people of the right school, and tickets have none."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.apps import apps
from django.db.models.functions import Now
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from backend.administration.admin import PAGES, site
from backend.administration.models import Change
from backend.duty.models import DutyShift
from backend.organisation.models import Person, Place, Post, School, Unit
from backend.rulebook.models import SchoolRulebook
from tests.addresses import closed_addresses
from tests.administration.conftest import address, form_of, rows_of
from tests.browser import SignIn
from tests.roles import as_owner
from tests.world import World

REGISTERED = {
    "accounts.User",
    "administration.Change",
    "organisation.Bureau",
    "calendars.Calendar",
    "calendars.CalendarPeriod",
    "duty.DutyShift",
    "organisation.Person",
    "organisation.Place",
    "organisation.Post",
    "organisation.School",
    "organisation.TelephoneNumber",
    "organisation.Unit",
    "rulebook.RulebookVersion",
    "rulebook.SchoolRulebook",
}
PAGED = sorted(REGISTERED - {"administration.Change"})
NEVER = {"workflow", "incidents", "notifications", "deadlines", "common", "health"}


def live_schools() -> None:
    """Let both schools be live."""
    School.objects.update(live_at=Now())


def test_exactly_the_configuration_has_pages_and_never_a_ticket() -> None:
    registered = {model._meta.label for model in site._registry}
    assert registered == set(PAGES) == REGISTERED
    inlines = {inline.model._meta.label for page in site._registry.values() for inline in page.inlines}
    assert {label.split(".")[0] for label in registered | inlines}.isdisjoint(NEVER)


def test_each_list_and_page_answers_the_administrator_with_few_queries(
    school_day: World,
    signed_in: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(school_day.ada)
    assert client.get("/admin/").status_code == 200
    for label, row in rows_of(school_day).items():
        with django_assert_max_num_queries(12):
            assert client.get(address(label)).status_code == 200, label
        with django_assert_max_num_queries(24):
            assert client.get(address(label, row)).status_code == 200, label


def test_every_row_opens_by_clicking_any_of_its_cells(school_day: World, signed_in: SignIn) -> None:
    """The columns are functions, so that no name of a column matched and people and holidays had no link (F2)."""
    client = signed_in(school_day.ada)
    for label, row in rows_of(school_day).items():
        page = client.get(address(label)).content.decode()
        links = page.count(f'href="{address(label, row)}')
        assert links == len(site.get_model_admin(apps.get_model(label)).list_display), label


def test_the_administration_is_linked_where_administrators_look(school_day: World, signed_in: SignIn) -> None:
    live_schools()
    for name, is_linked in (("ada", True), ("dan", True), ("una", True), ("alice", False), ("cleo", False)):
        page = signed_in(school_day.members[name]).get("/").content.decode()
        assert ('href="/admin/"' in page) == is_linked, name


def test_pages_of_the_portal_are_listed_where_a_phone_shows_them(school_day: World, signed_in: SignIn) -> None:
    page = signed_in(school_day.ada).get("/admin/").content.decode().split('id="content-main"')[-1]
    for page_address in ("/rules", "/rules/clocks", "/setup", "/setup/workbook", "/setup/configuration"):
        assert f'href="{page_address}"' in page, page_address


def test_nobody_else_opens_them(school_day: World, signed_in: SignIn) -> None:
    paths = [path for label, row in rows_of(school_day).items() for path in (address(label), address(label, row))]
    people = [signed_in(school_day.members[name]) for name in ("alice", "bob", "cleo", "olga")]
    for path in paths:
        assert Client().get(path).headers["Location"] == f"/sign-in?next={path}"
        assert {person.get(path).status_code for person in people} == {404}, path
        assert signed_in(school_day.mallory).get(path).status_code in {403, 404}, path


def test_another_schools_row_is_not_found(school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.abe)
    rows = rows_of(school_day)
    for label in sorted(set(rows) - {"organisation.Bureau", "rulebook.RulebookVersion"}):
        path = address(label, rows[label])
        assert client.get(path).status_code == 404, label
        assert client.get(address(label, rows[label], "history")).status_code == 404, label
        assert client.get(address(label, rows[label], "delete")).status_code in {403, 404}, label
        assert client.post(path, {}).status_code == 404, label
        assert f"/{rows[label].pk}/change/" not in client.get(address(label)).content.decode(), label


def test_the_bureaus_administrator_reaches_every_school_of_the_bureau(school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.una)
    for label, row in rows_of(school_day).items():
        assert client.get(address(label, row)).status_code == 200, label
    other = school_day.elsewhere.units["security"]
    assert client.get(address("organisation.Unit", other)).status_code == 200


def test_only_rows_of_ones_own_school_can_be_chosen(school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.ada)
    place = school_day.home.places["stairwell"]
    path = address("organisation.Place", place)
    page = client.get(path).content.decode()
    stranger = school_day.elsewhere.units["security"]
    assert str(school_day.home.units["security"].pk) in page
    assert str(stranger.pk) not in page
    answer = client.post(path, form_of(client, path, owner=str(stranger.pk)))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["owner"]
    assert Place.objects.get(pk=place.pk).owner_id == place.owner_id


def test_rows_of_two_schools_cannot_be_mixed(school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.una)
    path = address("organisation.Place", school_day.home.places["stairwell"])
    answer = client.post(path, form_of(client, path, owner=str(school_day.elsewhere.units["security"].pk)))
    assert answer.context["adminform"].form.errors["owner"]


def test_the_principal_reads_the_record_and_nothing_else(school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.dan)
    assert client.get("/admin/").status_code == 200
    assert client.get(address("administration.Change")).status_code == 200
    for label in PAGED:
        assert client.get(address(label)).status_code == 403, label


def test_administrators_who_are_no_longer_in_office_stay_outside(school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.ada)
    assert client.get("/admin/").status_code == 200
    school_day.ada.person.appointments.update(ends_at=school_day.now)
    assert client.get("/admin/").status_code == 404


@pytest.mark.parametrize("what", ["add", "delete", "history", ""])
def test_each_page_of_the_framework_opens_for_an_administrator_or_is_closed_to_all(
    school_day: World, signed_in: SignIn, what: str
) -> None:
    with as_owner():  # Abe's school has neither calendar nor rulebook
        SchoolRulebook.objects.exclude(school=school_day.school).delete()
    DutyShift.objects.update(starts_at=school_day.now + timedelta(hours=1))  # one that has begun is not taken back
    people = [signed_in(school_day.members[name]) for name in ("ada", "abe", "una")]
    closed = {closing.removeprefix("admin/") for closing in closed_addresses()}
    for label, row in {**rows_of(school_day), "administration.Change": Change.objects.latest("id")}.items():
        listed = address(label)
        path = f"{listed}{what}/" if what == "add" else f"{listed}{row.pk}/{f'{what}/' if what else ''}"
        pattern = path.removeprefix("/admin/").replace(str(row.pk), "<path:object_id>")
        answers = {client.get(path).status_code for client in people}
        assert (answers <= {403, 404}) == (pattern in closed), (path, answers)


@pytest.mark.parametrize("room", sorted({label.split(".")[0] for label in REGISTERED}))
def test_each_room_lists_its_pages(school_day: World, signed_in: SignIn, room: str) -> None:
    shelves = signed_in(school_day.ada).get(f"/admin/{room}/").context["app_list"]
    listed = {page["model"]._meta.label for shelf in shelves for page in shelf["models"]}
    assert listed == {label for label in REGISTERED if label.startswith(f"{room}.")}


def test_only_a_form_signs_out_of_the_pages(school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.ada)
    assert client.get("/admin/logout/").headers["Location"] == "/sign-in"
    assert client.get("/admin/").status_code == 200
    client.post("/admin/logout/")
    assert client.get("/admin/").headers["Location"] == "/sign-in?next=/admin/"


def test_ways_of_the_framework_past_our_own_are_closed(school_day: World, signed_in: SignIn) -> None:
    for path in ("password_change/", "login/", "autocomplete/", "search/", "r/1/1/"):
        assert signed_in(school_day.ada).get(f"/admin/{path}").status_code == 404, path


def test_nothing_is_kept_by_a_flag_on_the_account() -> None:
    names = {field.name for field in apps.get_model("accounts.User")._meta.get_fields()}
    assert names.isdisjoint({"is_staff", "is_superuser", "groups", "user_permissions"})


def test_secrets_are_on_no_page(school_day: World, signed_in: SignIn) -> None:
    bob = school_day.bob
    bob.person.channels.create(kind="wecom", address="https://robots.example/send?key=the-secret", code_digest="a" * 64)
    client = signed_in(school_day.ada)
    pages = [address("accounts.User", bob.user), address("organisation.Person", bob.person)]
    text = "".join(client.get(path).content.decode() for path in [*pages, address("administration.Change")])
    assert "https://robots.example/…" in text
    for secret in ("the-secret", "a" * 64, bob.user.password):
        assert secret not in text
    recorded = str(list(Change.objects.values_list("changes", "object_repr")))
    assert "robots.example" in recorded
    assert "the-secret" not in recorded


def test_a_row_that_is_still_used_stays(school_day: World, signed_in: SignIn) -> None:
    client = signed_in(school_day.ada)
    unit = school_day.home.units["facilities"]
    path = address("organisation.Unit", unit, "delete")
    assert "Other entries or past records still refer to it" in client.get(path).content.decode()
    assert client.post(path, {"post": "yes"}).status_code in {200, 403}
    assert Unit.objects.filter(pk=unit.pk).exists()
    shift = DutyShift.objects.get()
    assert client.post(address("duty.DutyShift", shift, "delete"), {"post": "yes"}).status_code == 403
    DutyShift.objects.update(starts_at=school_day.now + timedelta(hours=1))
    assert client.post(address("duty.DutyShift", shift, "delete"), {"post": "yes"}).status_code == 302
    assert not DutyShift.objects.exists()
    assert client.get(address("organisation.Person", school_day.bob.person, "delete")).status_code == 403
    assert client.get(f"/admin/organisation/unit/{UUID(int=1)}/change/").status_code == 404
    assert (Person.objects.exists(), Post.objects.exists()) == (True, True)

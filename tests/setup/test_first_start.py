"""The way in to a new installation: one set-up link, the school, its first administrator."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from backend.accounts.models import User
from backend.common.clock import database_now
from backend.organisation.models import ContactChannel, Person, Place, School
from backend.organisation.roles import Role
from backend.setup.models import SetupLink
from tests.browser import SignIn
from tests.roles import as_owner
from tests.world import World

SCHOOL = {
    "name_zh": "青山实验学校",
    "name_en": "",
    "kind": "boarding",
    "campuses": "东校区\n西校区\n",
    "time_zone": "Asia/Shanghai",
    "bureau": "青山区教育局",
}
ADA = {
    "name": "Ada Lin",
    "staff_number": "A1",
    "address": "ada@school.example",
    "username": "ada",
    "password": "three-words-together",
    "again": "three-words-together",
}

pytestmark = pytest.mark.django_db


def link_printed(*arguments: str) -> str:
    """Run the command; return the path of the link it prints, or nothing."""
    out = StringIO()
    call_command("setup_link", *arguments, stdout=out)
    found = re.search(r"/setup/start\?token=\S+", out.getvalue())
    return found[0] if found else ""


def come_in(path: str) -> Client:
    """Open a link in a browser of its own."""
    client = Client(headers={"accept-language": "en"})
    assert client.get(path).headers["Location"] == "/setup/school"
    return client


def test_who_comes_without_the_link_is_told_of_it(client: Client) -> None:
    assert "manage.py setup_link" in client.get("/sign-in").content.decode()
    first = come_in(link_printed())
    first.post("/setup/school", SCHOOL)
    first.post("/setup/administrator", ADA)
    assert "manage.py setup_link" not in client.get("/sign-in").content.decode()


def test_a_link_leads_to_a_school_and_its_administrator() -> None:
    """`DEMO=0 make run` ended with no school, no account and no way in (F1)."""
    path = link_printed("--first")
    client = come_in(path)
    assert path.partition("token=")[2] not in {link.digest for link in SetupLink.objects.all()}
    assert client.get("/setup/administrator").headers["Location"] == "/setup/school"
    assert client.post("/setup/school", SCHOOL).headers["Location"] == "/setup/administrator"
    assert not School.objects.exists()
    assert come_in(path).get("/setup/school").content.decode().count("青山") == 2
    assert client.post("/setup/administrator", ADA).headers["Location"] == "/setup"
    school = School.objects.get()
    assert (school.name_en, school.kind, school.bureau.name_zh) == ("青山实验学校", "boarding", "青山区教育局")
    assert (school.intake_unit_id, school.live_at) == (school.units.get(code="safety-office").id, None)
    assert [place.name_zh for place in Place.objects.order_by("code")] == ["东校区", "西校区"]
    ada = Person.objects.get(user__username="ada")
    assert [row.post.role for row in ada.appointments.all()] == [Role.ADMINISTRATOR]
    assert ContactChannel.objects.get(person=ada).verified_at is None
    page = client.get("/setup").content.decode()
    assert "still being set up" in page
    assert 'href="/setup/people"' in page
    assert client.get("/").status_code == 200


def test_it_works_once_and_not_after_another_one() -> None:
    path, later = link_printed(), link_printed()
    assert Client().get(path).status_code == 410
    client, other = come_in(later), come_in(later)
    client.post("/setup/school", SCHOOL)
    assert client.post("/setup/administrator", ADA).status_code == 302
    for used in (other.get("/setup/school"), other.post("/setup/administrator", ADA), Client().get(later)):
        assert used.status_code == 410
        assert "setup_link" in used.content.decode()
    assert User.objects.count() == 1


def test_it_is_good_for_a_day() -> None:
    path = link_printed()
    client = come_in(path)
    now = database_now()
    with as_owner():
        SetupLink.objects.update(made_at=now - timedelta(days=1), expires_at=now)
    assert Client().get(path).status_code == 410
    assert client.post("/setup/school", SCHOOL).status_code == 410


def test_without_a_link_nothing_opens() -> None:
    for path in ("/setup/start", "/setup/start?token=none", "/setup/school"):
        assert Client().get(path).status_code == 410
    assert Client().get("/setup/start?token=%00").status_code == 400
    assert Client().post("/setup/administrator", ADA).status_code == 410
    assert Client().get("/setup").headers["Location"] == "/sign-in?next=/setup"


def test_a_school_that_stands_gets_no_link_at_a_start(world: World) -> None:
    assert link_printed("--first") == ""
    assert link_printed() != ""
    assert world.school.code == "home"


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost() -> None:
    client = come_in(link_printed())
    refused = client.post("/setup/school", {**SCHOOL, "name_zh": "", "campuses": "x\n" * 21})
    assert refused.status_code == 400
    assert refused.context["form"].errors.keys() == {"name_zh", "campuses"}
    assert "青山区教育局" in refused.content.decode()
    client.post("/setup/school", SCHOOL)
    for wrong, field in (
        ({"password": "short", "again": "short"}, "password"),
        ({"again": "other-words-together"}, "again"),
        ({"address": "ada"}, "address"),
        ({"name": ""}, "name"),
    ):
        refused = client.post("/setup/administrator", {**ADA, **wrong})
        assert (refused.status_code, field in refused.context["form"].errors) == (400, True)
    assert not User.objects.exists()


def test_there_are_no_superusers_and_the_command_says_so() -> None:
    """It crashed: the accounts have no manager for it (F1)."""
    with pytest.raises(CommandError, match="setup_link"):
        call_command("createsuperuser")


def test_only_an_administrator_sets_up(world: World, signed_in: SignIn) -> None:
    for path in ("/setup", "/setup/people", "/setup/mail", "/setup/invitations", "/setup/live"):
        assert signed_in(world.alice).get(path).status_code == 403
        assert signed_in(world.dan).get(path).status_code == 403
    assert "still being set up" in signed_in(world.alice).get("/").content.decode()
    assert 'href="/setup"' not in signed_in(world.alice).get("/").content.decode()


@pytest.mark.parametrize(
    ("school", "person", "stops_at"),
    [
        ({"name_zh": "\u200b"}, {}, "school"),
        ({}, {"name": "\u200b"}, "administrator"),
        ({}, {"staff_number": "\u115f"}, "administrator"),
        ({}, {"staff_number": "\ufdfa" * 40}, "administrator"),
        ({}, {"address": "\u200b@\u200b"}, "administrator"),
    ],
)
def test_what_nobody_can_see_is_no_name(school: dict[str, str], person: dict[str, str], stops_at: str) -> None:
    client = come_in(link_printed())
    answers = [client.post("/setup/school", {**SCHOOL, **school})]
    if stops_at == "administrator":
        answers.append(client.post("/setup/administrator", {**ADA, **person}))
    assert answers[-1].status_code == 400
    assert not Person.objects.exists()


def test_the_first_person_is_stored_in_the_form_in_which_identities_are_compared() -> None:
    client = come_in(link_printed())
    client.post(
        "/setup/school", {**SCHOOL, "name_zh": "青山学校（东）", "bureau": "\u200b", "campuses": "东校区\n\u200b"}
    )
    client.post("/setup/administrator", {**ADA, "staff_number": "Ａ\u200b１", "address": "ada@school.example\u200b"})
    ada = Person.objects.get()
    assert (ada.staff_number, ada.channels.get().address) == ("A1", "ada@school.example")
    made = School.objects.select_related("bureau").get()
    assert (made.name_zh, made.bureau.name_zh) == ("青山学校（东）", "青山学校（东）")
    assert Place.objects.count() == 1


def test_the_summary_of_an_empty_form_names_each_field() -> None:
    """It said "Please fill this in." three times, and not where."""
    client = come_in(link_printed())
    client.post("/setup/school", SCHOOL)
    page = client.post("/setup/administrator", {}).content.decode()
    for field, label in (("name", "Your name"), ("staff_number", "Staff number"), ("address", "E-mail address")):
        assert f'<a href="#{field}">{label}: Please fill this in.</a>' in page

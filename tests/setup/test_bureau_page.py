"""The bureau above a school: its officers are entered while the school is set up, and invited like everybody."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.core import mail
from django.core.management import CommandError
from django.test import Client

from backend.common.clock import database_now
from backend.organisation.models import Appointment, Bureau, ContactChannel, PendingPower, Person, Post, School
from backend.organisation.roles import Role
from tests.administration.test_proving import ASKED, aged
from tests.browser import SignIn
from tests.organisation import powers
from tests.setup.test_first_start import ADA, SCHOOL, come_in, link_printed
from tests.setup.test_pages import ada, mails, work
from tests.world import World, member_add

__all__ = ["ada", "mails"]
pytestmark = pytest.mark.django_db

PAGE = "/setup/bureau"
OFFICER = {"add": "1", "name": "方明", "address": "fang@bureau.example", "staff_number": "", "language": "zh-hans"}


def officers() -> list[str]:
    return list(Appointment.objects.filter(post__role=Role.BUREAU_OFFICER).values_list("person__name", flat=True))


@pytest.fixture
def keeper(world: World, signed_in: SignIn) -> Client:
    """The administrator of a school that has its bureau for itself and is live."""
    bureau = Bureau.objects.create(code="other", name_zh="另一教育局", name_en="Another bureau")
    School.objects.filter(id=world.elsewhere.school.id).update(bureau=bureau)
    School.objects.filter(id=world.school.id).update(live_at=world.now)
    return signed_in(member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home))


def test_a_bureau_comes_in_with_its_officers(ada: Client) -> None:
    """Entered, invited, signed in, and from then on proposed as who is told when even the principal does not act."""
    assert "enter its officers" in ada.get("/setup/people", headers={"accept-language": "en"}).content.decode()
    assert ada.get("/setup/rules").context["above_chosen"] == "principal"
    assert ada.post(PAGE, OFFICER).headers["Location"] == PAGE
    deputy = {**OFFICER, "name": "叶青", "address": "ye@bureau.example", "is_deputy": "on"}
    assert ada.post(PAGE, deputy).status_code == 302
    held = ada.get(PAGE).context["officers"]
    assert [(row.person.name, row.person.staff_number, row.is_deputy) for row in held] == [
        ("方明", "B01", False),
        ("叶青", "B02", True),
    ]
    assert "方明" in ada.get("/admin/administration/change/").content.decode()
    assert ada.get("/setup/invitations").context["progress"].uninvited == 2
    ada.post("/setup/invitations")
    work()
    (letter,) = [sent for sent in mail.outbox if sent.to == ["fang@bureau.example"]]
    (token,) = re.findall(r"token=(\S+)", str(letter.body))
    words = {"username": "fang.ming", "password": "three-words-together", "again": "three-words-together"}
    guest = Client()
    assert guest.post("/invitation", {**words, "token": unquote(token)}).status_code == 302
    assert ContactChannel.objects.get(address="fang@bureau.example").verified_at is not None
    assert guest.get("/tickets").status_code == 200
    assert ada.get("/setup/rules").context["above_chosen"] == "bureau_officer"


@pytest.mark.slow("tests/setup/test_bureau_page.py", after=2)
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"address": "fang"}, "address"),
        ({"address": "ye@bureau.example"}, "address"),
        ({"address": "YE@bureau.example"}, "address"),
        ({"staff_number": "ｂ０１"}, "staff_number"),
        ({"language": "fr"}, "language"),
    ],
)
def test_what_is_wrong_is_said_beside_it(ada: Client, changes: dict[str, str], field: str) -> None:
    ada.post(PAGE, {**OFFICER, "name": "叶青", "address": "ye@bureau.example"})
    refused = ada.post(PAGE, {**OFFICER, **changes})
    assert list(refused.context["officer"].errors) == [field]
    assert officers() == ["叶青"]


def test_it_is_named_where_the_first_page_left_it_out(ada: Client) -> None:
    assert ada.post(PAGE, {"name_it": "1", "name_zh": "", "name_en": "Hill Trust"}).status_code == 302
    assert (Bureau.objects.get().name_zh, Bureau.objects.get().name_en) == ("Hill Trust", "Hill Trust")
    assert ada.post(PAGE, {"name_it": "1", "name_zh": "", "name_en": " "}).status_code == 400


def test_a_bureau_of_several_schools_looks_after_itself(world: World, signed_in: SignIn) -> None:
    client = signed_in(member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home))
    post = Appointment.objects.get(person=world.olga.person)
    nina = Person.objects.create(bureau=world.bureau, name="Nina", staff_number="nina")
    ContactChannel.objects.create(person=nina, address="nina@bureau.example")
    robot = ContactChannel.Kind.WECOM
    ContactChannel.objects.create(person=world.olga.person, kind=robot, address="https://robot.example/?key=secret")
    page = client.get(PAGE)
    assert [word in page.content.decode() for word in ("Olga", "olga@", "has an account")] == [True, False, False]
    assert "secret" not in signed_in(world.olga).get("/officers").content.decode()
    assert "so it enters its own officers" in page.content.decode()
    assert 'name="add"' not in page.content.decode()
    name = {"name_it": "1", "name_zh": "甲", "name_en": "A"}
    assert client.post(PAGE, {"end": str(post.pk)}).status_code == 403
    for sent in (OFFICER, name):
        refused = client.post(PAGE, sent)
        assert "so it enters its own officers" in str(refused.context["form"].non_field_errors())
    post.refresh_from_db()
    assert (officers(), post.ends_at, Bureau.objects.get().name_en) == (["Olga"], None, world.bureau.name_en)
    assert client.get("/setup/invitations").context["progress"].uninvited == 0


def test_only_administrators_enter_officers(world: World, keeper: Client, signed_in: SignIn) -> None:
    for name in ("alice", "carol", "dan", "olga", "mallory"):
        client = signed_in(world.members[name])
        assert client.get(PAGE).status_code == 403, name
        assert client.post(PAGE, OFFICER).status_code == 403, name
    assert officers() == ["Olga"]


def test_at_a_live_school_it_is_proved_and_a_second_person_confirms(world: World, keeper: Client) -> None:
    assert ASKED in aged(keeper).post(PAGE, OFFICER).content.decode()
    assert keeper.post(PAGE, {**OFFICER, "prove_password": world.ada.password}).status_code == 302
    assert officers() == ["Olga"]
    pending = PendingPower.objects.get(kind="post", outcome="waiting")
    assert pending.person.name == "方明"
    assert powers.confirm(world.olga, pending) == (200, None)
    assert officers() == ["Olga", "方明"]


def test_a_post_ends_and_those_concerned_hear(world: World, keeper: Client) -> None:
    held = Appointment.objects.get(person=world.olga.person)
    for wrong in ("0", "x", str(Appointment.objects.get(person=world.bob.person).pk)):
        assert keeper.post(PAGE, {"end": wrong}).status_code == 404
    assert keeper.post(PAGE, {"end": str(held.pk)}).status_code == 302
    held.refresh_from_db()
    assert held.ends_at is not None
    assert database_now() - held.ends_at < timedelta(minutes=1)
    assert "post_ended done" in powers.told(world)["olga"]


def test_a_further_school_comes_under_the_bureau_that_is_there(world: World) -> None:
    """Each school that came in by a link had a bureau of its own, of the same name."""
    client = come_in(link_printed("--bureau", "BUREAU"))
    assert "The school comes under District education bureau." in client.get("/setup/school").content.decode()
    client.post("/setup/school", SCHOOL)
    client.post("/setup/administrator", ADA)
    assert School.objects.get(name_zh="青山实验学校").bureau == world.bureau
    with pytest.raises(CommandError, match="no bureau"):
        link_printed("--bureau", "nowhere")


def test_the_only_officer_has_a_second_one_confirmed_by_the_leader_of_a_school(world: World, signed_in: SignIn) -> None:
    """The page asked for a second officer, which a bureau with one has not, and one without an account was asked."""
    School.objects.filter(id=world.school.id).update(live_at=world.now)
    nina = Person.objects.create(bureau=world.bureau, name="Nina", staff_number="nina")
    Appointment.objects.create(
        post=Post.objects.get(role=Role.BUREAU_OFFICER), person=nina, is_deputy=True, starts_at=world.now
    )
    client = signed_in(world.olga)
    assert re.search(r"Asked to confirm what you enter: [^.]*Dan", client.get("/officers").content.decode())
    assert client.post("/officers", OFFICER).status_code == 302
    assert "post asked" in powers.told(world)["dan"]
    page = client.get("/power-changes")
    assert re.search(r"Asked to confirm it: [^.]*Dan", page.content.decode())
    (pending,) = PendingPower.objects.filter(outcome="waiting", kind="post")
    assert powers.confirm(world.olga, pending) == (403, "not_second_person")
    assert powers.confirm(world.dan, pending) == (200, None)
    assert sorted(officers()) == ["Nina", "Olga", "方明"]


def test_a_bureau_above_several_schools_enters_invites_and_ends_its_own(world: World, signed_in: SignIn) -> None:
    """The pages said that it enters its own officers, and there was no page on which it could."""
    School.objects.filter(id=world.school.id).update(live_at=world.now)
    nina = member_add(world, "nina", [(Role.BUREAU_OFFICER, None, True)])
    client = signed_in(world.olga)
    assert 'href="/officers"' in client.get("/account").content.decode()
    assert ASKED in aged(client).post("/officers", OFFICER).content.decode()
    assert client.post("/officers", {**OFFICER, "prove_password": world.olga.password}).status_code == 302
    assert "fang@bureau.example" not in client.get("/officers").content.decode()
    for pending in PendingPower.objects.filter(outcome="waiting").order_by("id"):
        assert powers.confirm(world.olga, pending)[0] == 403
        assert powers.confirm(nina, pending) == (200, None)
    assert sorted(officers()) == ["Nina", "Olga", "方明"]
    assert "Invite 1 person" in client.get("/officers").content.decode()
    held, last = (Appointment.objects.get(person=member.person) for member in (nina, world.olga))
    ends_soon = Appointment.objects.filter(pk=held.pk)
    ends_soon.update(ends_at=world.now + timedelta(days=1))
    assert client.post("/officers", {"end": str(last.pk)}).status_code == 409, "tomorrow there would be nobody"
    ends_soon.update(ends_at=None)
    assert client.post("/officers", {"end": str(held.pk)}).status_code == 302
    held.refresh_from_db()
    assert held.ends_at is not None
    assert client.post("/officers", {"end": str(last.pk)}).status_code == 409
    bob = Appointment.objects.get(person=world.bob.person)
    assert client.post("/officers", {"end": str(bob.pk)}).status_code == 404
    for name in ("alice", "dan", "cleo"):
        assert signed_in(world.members[name]).get("/officers").status_code == 403
    ada = member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    assert signed_in(ada).get("/officers").status_code == 404

"""The configuration as a file in the portal: downloaded, looked at, confirmed; for administrators alone."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from backend.accounts.opening import PROVED_AT
from backend.organisation.models import PendingPower, Person, School
from backend.organisation.roles import Role
from backend.organisation.services import calendar_import
from tests.browser import SignIn
from tests.organisation.test_calendar_file_api import CONTENT
from tests.organisation.test_rosters import planned
from tests.world import Member, World, member_add

PAGE = "/setup/configuration"


@pytest.fixture
def ada(world: World) -> Member:
    """Return the administrator of a live school."""
    planned(world)
    world.school.live_at = world.now
    world.school.save()
    return member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)


def downloaded(client: Client, **how: str) -> str:
    """Return the school's file."""
    answer = client.get(f"{PAGE}/export", how)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="allclear-home-')
    return answer.content.decode()


def uploaded(client: Client, text: str | bytes) -> tuple[int, str]:
    """Choose a file; return the status and the page."""
    content = text if isinstance(text, bytes) else text.encode()
    answer = client.post(PAGE, {"file": SimpleUploadedFile("school.yaml", content)})
    return answer.status_code, unescape(answer.content.decode())


def hidden(page: str) -> dict[str, str]:
    """Return everything that a page's form would send along."""
    return dict(re.findall(r'type="hidden" name="(configuration|digest)" value="([^"]*)"', page))


def confirmed(client: Client, page: str) -> tuple[int, str]:
    """Confirm what a page shows."""
    answer = client.post(PAGE, hidden(page), follow=True)
    return answer.status_code, unescape(answer.content.decode())


@pytest.mark.parametrize("how", ["yaml", "json"])
def test_a_file_is_looked_at_and_then_taken_into_use(ada: Member, signed_in: SignIn, how: str) -> None:
    client = signed_in(ada)
    text = downloaded(client, format=how)
    assert "there is nothing to do" in uploaded(client, text)[1]
    changed = re.sub('(code"?: "?)stairwell', r"\1stairs", text.replace("Alice", "Alicia"))
    status, page = uploaded(client, changed)
    assert status == 200
    assert re.search(r"Alicia · alice<br><span class=\"small\">Name · <del>Alice</del> → <ins>Alicia</ins>", page)
    assert "Left out by the file: stays as it is" in page
    assert Person.objects.get(staff_number="alice").name == "Alice"
    status, done = confirmed(client, page)
    assert (status, "The configuration is in force." in done) == (200, True)
    assert Person.objects.get(staff_number="alice").name == "Alicia"
    assert "there is nothing to do" in uploaded(client, changed)[1]


def test_power_is_said_before_and_waits_for_a_second_person(ada: Member, signed_in: SignIn) -> None:
    client = signed_in(ada)
    lead = "  - role: protection_lead\n    since: '2026-09-01T08:00:00+08:00'\n"
    text = re.sub(r"(- staff_number: bob\n(?:  (?!posts).*\n)*  posts:\n)", rf"\g<1>{lead}", downloaded(client))
    _status, page = uploaded(client, text)
    assert "1 change opens confidential reports and will wait for a second person." in page
    assert "Bob · bob · Student protection lead" in page
    assert not PendingPower.objects.exists()
    assert "1 change waits until a second person has confirmed it." in confirmed(client, page)[1]
    assert PendingPower.objects.get().person.staff_number == "bob"


def test_without_a_fresh_proof_one_question_is_asked_and_the_file_is_kept(ada: Member, signed_in: SignIn) -> None:
    client = signed_in(ada)
    page = uploaded(client, downloaded(client).replace("Alice", "Alicia"))[1]
    session = client.session
    session[PROVED_AT] = 0.0
    session.save()
    asked = client.post(PAGE, hidden(page))
    assert (asked.status_code, "Is it you?" in asked.content.decode()) == (403, True)
    kept = hidden(asked.content.decode())
    assert kept == hidden(page)
    assert Person.objects.get(staff_number="alice").name == "Alice"
    client.post(PAGE, {**kept, "prove_password": ada.password})
    assert Person.objects.get(staff_number="alice").name == "Alicia"


def test_what_another_administrator_changed_meanwhile_is_shown_again(
    world: World, ada: Member, signed_in: SignIn
) -> None:
    boss = member_add(world, "boss", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    one, other = signed_in(ada), signed_in(boss)
    text = downloaded(one)
    page = uploaded(one, text.replace("Alice", "Alicia"))[1]
    confirmed(other, uploaded(other, text.replace("Alice", "Alina"))[1])
    status, again = confirmed(one, page)
    assert (status, "Something changed meanwhile" in again) == (409, True)
    assert "<del>Alina</del> → <ins>Alicia</ins>" in again
    assert confirmed(one, again)[0] == 200
    assert Person.objects.get(staff_number="alice").name == "Alicia"


@pytest.mark.slow("tests/portal/test_configuration_page.py", after=2)
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: office", "kind: palace", "only these can stand here: office, grade, class"),
        ("kind: office", "kind: office\n  colour: red", "there is no field of this name here: colour"),
        ("code: facilities\n  kind", "kind", "this field is missing: code"),
        ("language: zh-hans", "language: [a]", "only these can stand here: zh-hans, en"),
        ("name: Alice", f"name: {'x' * 200}", "this is longer than 80 characters."),
        ("time_zone: Asia/Shanghai", "time_zone: Moon/Base", "this is not a time zone"),
        ("version: 1", "version: 7", "this is version 7, and this installation reads version 1."),
        ("code: home", "code: elsewhere", "This is the configuration of another school (elsewhere), not of yours."),
        ("code: home", "code: &a home\nx: *a", "The file is no YAML or JSON in UTF-8"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_its_place(
    ada: Member, signed_in: SignIn, old: str, new: str, said: str
) -> None:
    client = signed_in(ada)
    status, page = uploaded(client, downloaded(client).replace(old, new))
    assert (status in {400, 409}, said in page) == (True, True)
    assert 'name="configuration"' not in page
    assert School.objects.get(code="home").name_en == "Qinghe School"


def test_faults_are_said_in_the_readers_language(ada: Member, signed_in: SignIn) -> None:
    client = signed_in(ada, language="zh-hans")
    page = uploaded(client, downloaded(client).replace("unit: security", "unit: shed"))[1]
    assert "没有代码为“shed”的处室、年级或班级。" in page
    assert (
        "这里只能填：office, grade, class" in uploaded(client, downloaded(client).replace("kind: office", "kind: x"))[1]
    )


def test_the_inner_faults_of_calendar_and_rules_are_said_in_the_readers_language_too(
    ada: Member, signed_in: SignIn
) -> None:
    client = signed_in(ada, language="zh-hans")
    calendar_import(school=School.objects.get(code="home"), content=CONTENT)
    text = downloaded(client)
    for before, after, said in (
        ("closes: '17:00'", "closes: '07:00'", "结束须晚于开始。"),
        ("within: 5m", "within: 1hW", "P1 昼夜计时"),
        ("published_until: '2026-12-31'", "published_until: '1026-12-31'", "日期须在"),
    ):
        assert before in text
        status, page = uploaded(client, text.replace(before, after))
        assert (status, said in page) == (400, True), page


def test_rules_out_of_bounds_and_duty_without_a_leader_are_refused(ada: Member, signed_in: SignIn) -> None:
    """A file was a way round the bounds of clocks, and round the rule of who leads."""
    client = signed_in(ada)
    text = downloaded(client)
    for before, after, said in (
        ("within: 5m", "within: 16m", "rulebook/clocks/P1/acknowledge/within: This time is outside the bounds"),
        ("part: leader", "part: teacher", "Week, night and holiday duty needs a leader."),
    ):
        assert before in text
        status, page = uploaded(client, text.replace(before, after, 1))
        assert (status, said in page) == (409, True), page


def test_a_file_that_is_no_file_is_asked_for_again(ada: Member, signed_in: SignIn) -> None:
    client = signed_in(ada)
    for content in (b"", b"\xff\xfe", b"PK\x03\x04", b"x" * 3_500_001):
        assert uploaded(client, content)[0] == 400
    assert client.post(PAGE, {}).status_code == 400
    assert client.post(PAGE, {"configuration": "forged", "digest": ""}).status_code == 409


@pytest.mark.parametrize("name", ["alice", "cleo", "dan", "olga", "mallory"])
def test_nobody_else_gets_or_reads_one(world: World, ada: Member, signed_in: SignIn, name: str) -> None:
    text = downloaded(signed_in(ada))
    client = signed_in(world.members[name])
    for path in (PAGE, f"{PAGE}/export"):
        assert client.get(path).status_code == 403
    assert uploaded(client, text)[0] == 403


def test_a_file_shown_for_another_school_is_not_taken(world: World, ada: Member, signed_in: SignIn) -> None:
    boss = member_add(world, "boss", [(Role.ADMINISTRATOR, None, False)], site=world.elsewhere)
    client = signed_in(boss)
    text = client.get(f"{PAGE}/export").content.decode()
    page = uploaded(client, text.replace("Nanshan", "Beishan"))[1]
    assert confirmed(signed_in(ada), page)[0] == 409
    assert School.objects.get(code="elsewhere").name_en == "Nanshan School"


def test_it_is_linked_where_administrators_look(ada: Member, signed_in: SignIn) -> None:
    client = signed_in(ada)
    assert f'href="{PAGE}"' in client.get("/account").content.decode()
    assert f'href="{PAGE}"' in client.get("/admin/").content.decode()

"""The staff list in the portal: look at it first, then take it into use; for the school's administrator alone."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from backend.organisation.models import Person
from backend.organisation.roles import Role
from tests.browser import SignIn
from tests.world import Member, World, appoint, member_add

HEAD = "staff_number,name,email,unit,role,language\n"
TWO = HEAD + "901,Nina Wu,nina@school.example,security,,en\n902,罗明,luo@school.example,保卫处,handler,\n"


@pytest.fixture
def ada(world: World) -> Member:
    """Return the administrator."""
    return member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)


def upload(client: Client, content: str | bytes) -> tuple[int, str]:
    """Choose a file; return the status and the page."""
    data = content.encode() if isinstance(content, str) else content
    answer = client.post("/staff/import", {"file": SimpleUploadedFile("staff.csv", data, "text/csv")})
    return answer.status_code, unescape(answer.content.decode())


def packed(page: str) -> str:
    found = re.search(r'name="list" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_list_is_looked_at_and_then_taken_into_use(world: World, ada: Member, signed_in: SignIn) -> None:
    client = signed_in(ada)
    status, page = upload(client, TWO.encode("gb18030"))
    assert status == 200
    assert "Nina Wu" in page
    assert "罗明" in page
    assert not Person.objects.filter(staff_number="901").exists()
    done = client.post("/staff/import", {"list": packed(page)}, follow=True).content.decode()
    assert "2 people added, 0 changed, 0 as they were." in done
    assert "Invite 2 people" in done
    assert Person.objects.get(staff_number="902").appointments.count() == 2
    assert "there is nothing to do" in upload(client, TWO)[1]


def test_errors_are_listed_by_line(world: World, ada: Member, signed_in: SignIn) -> None:
    lines = "901,,nina@school.example,security,,\n902,Luo,alice@school.example,nowhere,,\n"
    status, page = upload(signed_in(ada), HEAD + lines)
    assert status == 400
    assert "3 cells have to be corrected. Nothing was changed." in page
    assert "Line 2 · Name: This cell is empty." in page
    assert "Line 3 · Unit: No unit" in page
    assert "Line 3 · E-mail: This address belongs to staff number alice." in page
    assert 'name="list"' not in page


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", (HEAD + "1,n,n@x.example,u,,\n" * 2001).encode()])
def test_a_file_that_is_no_list_is_refused_kindly(world: World, ada: Member, signed_in: SignIn, content: bytes) -> None:
    status, page = upload(signed_in(ada), content)
    assert status == 400
    assert "Please look at this again." in page


def test_a_cell_cannot_bring_markup_into_the_page(world: World, ada: Member, signed_in: SignIn) -> None:
    client = signed_in(ada)
    answer = client.post(
        "/staff/import",
        {"file": SimpleUploadedFile("x.csv", (HEAD + "901,<b>N</b>,n@school.example,security,,\n").encode())},
    )
    assert "&lt;b&gt;N&lt;/b&gt;" in answer.content.decode()


def test_a_list_shown_for_another_school_or_changed_is_not_taken(world: World, ada: Member, signed_in: SignIn) -> None:
    boss = member_add(world, "boss", [(Role.ADMINISTRATOR, None, False)], site=world.elsewhere)
    shown = packed(upload(signed_in(boss), TWO)[1])
    client = signed_in(ada)
    for text in (shown, shown[:-1] + "x", ""):
        answer = client.post("/staff/import", {"list": text})
        assert answer.status_code == 409
        assert "choose the file again" in answer.content.decode()
    assert not Person.objects.filter(staff_number="901").exists()


def test_what_changed_since_the_list_was_shown_is_checked_again(world: World, ada: Member, signed_in: SignIn) -> None:
    client = signed_in(ada)
    shown = packed(upload(client, TWO)[1])
    other = HEAD + "903,Other,nina@school.example,security,,\n"
    client.post("/staff/import", {"list": packed(upload(client, other)[1])})
    answer = client.post("/staff/import", {"list": shown})
    assert answer.status_code == 409
    assert not Person.objects.filter(staff_number="902").exists()


@pytest.mark.parametrize("name", ["alice", "cleo", "dan", "olga", "mallory"])
def test_nobody_else_opens_the_page(world: World, ada: Member, signed_in: SignIn, name: str) -> None:
    client = signed_in(world.members[name])
    assert client.get("/staff/import").status_code == 403
    assert upload(client, TWO)[0] == 403
    assert not Person.objects.filter(staff_number="901").exists()


FILES = Path(__file__).parents[1] / "data" / "staff-lists"


def sent_again(client: Client, page: str, **chosen: str) -> str:
    """Send the file that a page holds once more, with what was chosen for it."""
    found = re.search(r'name="content" value="([^"]+)"', page)
    assert found
    return unescape(client.post("/staff/import", {"content": found[1], **chosen}).content.decode())


def test_letters_that_are_not_certain_are_asked_with_samples(world: World, ada: Member, signed_in: SignIn) -> None:
    client = signed_in(ada)
    status, page = upload(client, (FILES / "B_win1252_semicolon.csv").read_bytes())
    assert status == 200
    assert 'value="cp1252"' in page
    assert "Hélène Dubois" in page
    assert 'name="list"' not in page
    client.post("/staff/import", {"list": packed(sent_again(client, page, encoding="cp1252"))})
    assert Person.objects.get(staff_number="2002").name == "Jürgen Müller"


def test_columns_can_be_chosen(world: World, ada: Member, signed_in: SignIn) -> None:
    client = signed_in(ada)
    status, page = upload(client, "nummer,Wer,Büro,mobile\n77,Ann Lee,security,1\n")
    assert status == 400
    assert "must name the column staff_number, name, unit once" in page
    chosen = {"column-0": "staff_number", "column-1": "name", "column-2": "unit", "column-3": ""}
    again = sent_again(client, page, **chosen)
    assert "left out: mobile" in again
    client.post("/staff/import", {"list": packed(again)})
    assert Person.objects.get(staff_number="77").name == "Ann Lee"


def test_a_move_ends_the_old_post_unless_it_is_kept(world: World, ada: Member, signed_in: SignIn) -> None:
    client = signed_in(ada)
    client.post("/staff/import", {"list": packed(upload(client, TWO)[1])})
    moved = HEAD + "901,Nina Wu,nina@school.example,facilities,,en\n902,罗明,luo@school.example,facilities,,\n"
    page = upload(client, moved)[1]
    assert "3 posts end, because their holders move to another unit" in page
    luo = Person.objects.get(staff_number="902")
    kept = luo.appointments.get(post__role=Role.HANDLER)
    client.post("/staff/import", {"list": packed(page), "keep": [str(kept.pk)]})
    held = luo.appointments.filter(ends_at=None).values_list("post__role", "post__unit__code")
    assert set(held) == {("handler", "security"), ("reporter", "facilities")}
    assert "1 post that the list does not mention stays" in upload(client, moved)[1]


def test_a_post_given_after_the_list_was_looked_at_does_not_end_by_it(
    world: World, ada: Member, signed_in: SignIn
) -> None:
    client = signed_in(ada)
    _status, page = upload(client, "工号,姓名,部门\nalice,Alice,facilities\n")
    appoint(world.alice.person, Role.REPORTER, world.home.units["health-room"], world.now)
    appoint(world.alice.person, Role.OFFICE_HEAD, world.home.units["health-room"], world.now)
    assert client.post("/staff/import", {"list": packed(page)}).status_code == 302
    held = world.alice.person.appointments.filter(ends_at=None).values_list("post__role", "post__unit__code")
    assert set(held) == {("reporter", "facilities"), ("reporter", "health-room"), ("office_head", "health-room")}


def test_a_file_packed_for_another_school_is_not_read(world: World, ada: Member, signed_in: SignIn) -> None:
    boss = member_add(world, "boss", [(Role.ADMINISTRATOR, None, False)], site=world.elsewhere)
    found = re.search(r'name="content" value="([^"]+)"', upload(signed_in(boss), TWO)[1])
    assert found
    assert signed_in(ada).post("/staff/import", {"content": found[1]}).status_code == 409

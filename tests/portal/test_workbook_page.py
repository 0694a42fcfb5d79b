"""The workbook in the portal: got, looked at, confirmed; for the administrators of the school alone."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from backend.administration.models import Change
from backend.organisation.models import Appointment, PendingPower, Person, Unit
from backend.organisation.roles import Role
from tests.browser import SignIn
from tests.organisation.powers import in_use
from tests.organisation.workbooks import workbook
from tests.setup.conftest import CLASSES, DUTY, PEOPLE, POSTS, Sheets
from tests.world import Member, World, member_add

PAGE = "/setup/workbook"
CREATE, UPDATE, DELETE = Change.Action.CREATE, Change.Action.UPDATE, Change.Action.DELETE
TEAM: Sheets = {
    "人员": [PEOPLE, ["901", "Nina Wu", "nina@school.example", "保卫处"]],
    "岗位": [POSTS, ["901", "office_head", "security", "yes"]],
}


@pytest.fixture
def ada(world: World) -> Member:
    """Return the administrator."""
    return member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)


def upload(client: Client, content: bytes) -> tuple[int, str]:
    """Choose a file; return the status and the page."""
    answer = client.post(PAGE, {"file": SimpleUploadedFile("school.xlsx", content)})
    return answer.status_code, unescape(answer.content.decode())


def confirmed(client: Client, page: str, *keep: str) -> tuple[int, str]:
    """Confirm what a page shows."""
    hidden = {name: re.findall(rf'name="{name}" value="([^"]+)"', page)[0] for name in ("workbook", "digest")}
    answer = client.post(PAGE, {**hidden, "keep": keep}, follow=True)
    return answer.status_code, unescape(answer.content.decode())


def test_a_workbook_is_looked_at_and_then_taken_into_use(world: World, ada: Member, signed_in: SignIn) -> None:
    client = signed_in(ada)
    status, page = upload(client, workbook(TEAM))
    assert status == 200
    assert "Nina Wu · 901" in page
    assert not Person.objects.filter(staff_number="901").exists()
    status, done = confirmed(client, page)
    assert (status, "The workbook has been imported." in done) == (200, True)
    assert Person.objects.get(staff_number="901").appointments.filter(is_deputy=True).count() == 1
    assert "there is nothing to do" in upload(client, workbook(TEAM))[1]
    exported = client.get(f"{PAGE}/export")
    assert exported.headers["Content-Disposition"].startswith('attachment; filename="allclear-')
    assert "there is nothing to do" in upload(client, exported.content)[1]
    status, page = upload(client, client.get(f"{PAGE}/template").content)
    assert (status, "No line of this workbook is filled in yet." in page) == (200, True)


def test_duty_in_the_file_that_is_over_is_not_called_missing(world: World, ada: Member, signed_in: SignIn) -> None:
    gate = ["gate", "2026-01-05", "07:00", "", "08:00", "", "", "901"]
    status, page = upload(signed_in(ada), workbook({**TEAM, "值班表": [DUTY, gate]}))
    duty = page[page.index("Duty roster") :]
    assert (status, "Already over: left out" in duty, "Not in the file" in duty) == (200, True, False)


def test_after_the_workbook_the_set_up_goes_on(world: World, ada: Member, signed_in: SignIn) -> None:
    client = signed_in(ada)
    world.school.live_at = None
    world.school.save()
    page = confirmed(client, upload(client, workbook(TEAM))[1])[1]
    assert "The workbook has been imported." in page
    assert 'href="/setup/calendar"' in page


def test_the_set_up_leads_to_the_workbook_and_back(world: World, ada: Member, signed_in: SignIn) -> None:
    client = signed_in(ada)
    assert f'href="{PAGE}"' in client.get("/setup/people").content.decode()
    world.school.live_at = None
    world.school.save()
    page = client.get(PAGE).content.decode()
    assert 'href="/setup/people" aria-current="step"' in page
    assert "Step 3 of 9: People, offices, places" in page
    people = Person.objects.filter(school=world.school).count()
    assert re.search(rf"Stored already: offices: \d+, people: {people}, places: \d+\.", page)
    world.school.live_at = world.now
    world.school.save()
    page = client.get(PAGE).content.decode()
    assert ('href="/setup/people"' in page, "Stored already" in page) == (False, True)


def test_faults_are_listed_by_sheet_line_and_column(world: World, ada: Member, signed_in: SignIn) -> None:
    client = signed_in(ada)
    status, page = upload(client, workbook({"People": [PEOPLE, ["901", "", "x", "nowhere"]]}))
    assert status == 400
    assert "2 cells have to be corrected" in page
    assert "People · Line 2 · Name: This cell is empty." in page
    assert 'name="workbook"' not in page
    people = [[f"{number}", "A", "", "", "boss"] for number in range(901, 916)]
    page = upload(client, workbook({"People": [PEOPLE, *people, ["916", "B", "", "", "chief"]]}))[1]
    assert "Lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 4 more · Role: Choose one of: Staff member, " in page
    assert page.count("Choose one of") == 1
    for content, words in ((b"PK", "No sheet"), (b"\xff\xfe\x00", "damaged"), (b"", "Please look")):
        status, page = upload(client, content)
        assert (status, words in page) == (400, True)
    assert client.post(PAGE, {}).status_code == 400


def test_posts_that_would_end_can_be_kept(world: World, ada: Member, signed_in: SignIn) -> None:
    Unit.objects.create(school=world.school, code="class-9", kind="class", name_zh="九班", name_en="Class 9")
    client = signed_in(ada)
    head: list[list[object]] = [PEOPLE, ["901", "Nina", "", "security"], ["902", "Lou", "", "security"]]
    posts: list[list[object]] = [POSTS, ["901", "office_head", "class-9"], ["902", "handler", "class-9"]]
    confirmed(client, upload(client, workbook({"People": head, "Posts": posts}))[1])
    assert "would end" not in upload(client, workbook({"Posts": [POSTS, ["901", "handler", "security"]]}))[1]
    page = upload(client, workbook({"Grades and classes": [CLASSES, ["class", "一班"]]}))[1]
    assert "2 posts would end" in page
    kept = Appointment.objects.get(person__staff_number="901", post__role=Role.OFFICE_HEAD)
    confirmed(client, page, str(kept.pk))
    ended = Appointment.objects.filter(ends_at__isnull=False, person__staff_number__in=["901", "902"])
    assert [row.person.name for row in ended] == ["Lou"]


def test_what_changed_since_the_preview_is_shown_again(world: World, ada: Member, signed_in: SignIn) -> None:
    client = signed_in(ada)
    page = upload(client, workbook(TEAM))[1]
    Person.objects.create(school=world.school, staff_number="901", name="Nina")
    status, again = confirmed(client, page)
    assert (status, "Something changed meanwhile" in again) == (409, True)
    assert confirmed(client, again)[0] == 200
    assert Person.objects.get(staff_number="901").name == "Nina Wu"


def test_power_over_sealed_tickets_waits_for_a_second_person(world: World, signed_in: SignIn) -> None:
    client = signed_in(in_use(world))
    content = workbook({"People": [PEOPLE, ["ada", "Ada", "", "", "protection_lead"]]})
    done = confirmed(client, upload(client, content)[1])[1]
    assert "1 change waits until a second person has confirmed it." in done
    assert PendingPower.objects.get(kind="post").person.staff_number == "ada"
    assert not world.ada.actor.holds(Role.PROTECTION_LEAD)


@pytest.mark.parametrize("name", ["alice", "cleo", "dan", "olga", "mallory"])
def test_nobody_else_gets_or_reads_a_workbook(world: World, ada: Member, signed_in: SignIn, name: str) -> None:
    client = signed_in(world.members[name])
    for path in (PAGE, f"{PAGE}/template", f"{PAGE}/export"):
        assert client.get(path).status_code == 403
    assert upload(client, workbook(TEAM))[0] == 403


def test_a_workbook_shown_for_another_school_is_not_taken(world: World, ada: Member, signed_in: SignIn) -> None:
    boss = member_add(world, "boss", [(Role.ADMINISTRATOR, None, False)], site=world.elsewhere)
    page = upload(signed_in(boss), workbook(TEAM))[1]
    assert confirmed(signed_in(ada), page)[0] == 409
    assert not Person.objects.filter(staff_number="901").exists()


def test_the_record_says_who_changed_which_duty_from_what_to_what(
    world: World, ada: Member, signed_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client, first = signed_in(ada), world.now + timedelta(days=30)

    def put(ends: str, leaders: str, teachers: str) -> dict[tuple[str, int], list[dict[str, list[str]]]]:
        nights = [f"{first + timedelta(days=day):%Y-%m-%d}" for day in range(20)]
        rows = [["night", night, "18:00", "", ends, "", leaders, teachers] for night in nights]
        last = Change.objects.latest("id").id if Change.objects.exists() else 0
        page = upload(client, workbook({"值班表": [DUTY, *rows]}))[1]
        with django_assert_max_num_queries(160):
            confirmed(client, page)
        found: dict[tuple[str, int], list[dict[str, list[str]]]] = {}
        for change in Change.objects.filter(id__gt=last).select_related("content_type"):
            assert (change.actor, change.employer_id) == (ada.user, world.school.id)
            found.setdefault((change.content_type.model, change.action), []).append(change.changes)
        return found

    planned = put("06:00", "bob", "carol、dan")
    assert {key: len(rows) for key, rows in planned.items()} == {("dutyshift", CREATE): 20, ("dutyslot", CREATE): 60}
    changed = put("07:00", "bob、carol", "vera")
    assert {key: len(rows) for key, rows in changed.items()} == {
        ("dutyshift", UPDATE): 20,
        ("dutyslot", UPDATE): 20,
        ("dutyslot", CREATE): 20,
        ("dutyslot", DELETE): 20,
    }
    assert all(list(row) == ["ends_at"] for row in changed["dutyshift", UPDATE])
    assert changed["dutyslot", UPDATE] == [{"part": ["teacher", "leader"]}] * 20
    assert {row["person"][0] for row in changed["dutyslot", DELETE]} == {str(world.dan.person.id)}

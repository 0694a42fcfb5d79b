"""The steps of setting a school up, from an empty installation to the first report that somebody acknowledges."""

import re
from collections.abc import Iterator
from datetime import time, timedelta
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client, override_settings
from pytest_django import DjangoAssertNumQueries

from backend.calendars.models import CalendarDay, CalendarPeriod, DutyHours, Term, WorkingHours
from backend.common.clock import database_now
from backend.common.models import OutboxMessage, Tries
from backend.duty.models import DutyShift, DutySlot
from backend.notifications.models import Notice
from backend.notifications.tasks import send_code
from backend.organisation.models import Appointment, ContactChannel, Person, Place, Post, School, Unit
from backend.organisation.roles import UNIT_ROLES, Role
from backend.portal.setup_calendar import COUNTRIES
from backend.portal.setup_forms import TIME_ZONES
from backend.portal.setup_rules import PRESETS
from backend.rulebook.models import SchoolRulebook
from backend.setup.countries import COUNTRY_OF, PRESET_OF
from backend.setup.emergency_numbers import NUMBERS
from backend.setup.selectors.presets import presets
from tests.browser import SignIn
from tests.organisation import powers
from tests.setup.test_first_start import ADA, SCHOOL, come_in, link_printed
from tests.workflow.steps import file_ticket
from tests.world import PASSWORD, World, member_add

pytestmark = pytest.mark.django_db

RULES = {
    "save": "1",
    "preset": "cn-school",
    "above": "board_chair",
    "office-facilities": "facilities",
    "emergency_police": "110",
    "emergency_fire": "119",
    "emergency_ambulance": "112",
}


@pytest.fixture(autouse=True)
def mails() -> Iterator[None]:
    """Keep the mails in memory."""
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        yield


def work() -> None:
    """Do what the workers do with codes, news and links."""
    send_code()
    powers.work()


@pytest.fixture
def ada() -> Client:
    """The first administrator of a new school, signed in."""
    client = come_in(link_printed())
    client.post("/setup/school", SCHOOL)
    client.post("/setup/administrator", ADA)
    return client


def staff_add(*, reachable: bool = True) -> None:
    """Enter a head for every office and everybody who leads, as a workbook would."""
    school, now = School.objects.get(), database_now()
    facilities = Unit.objects.create(school=school, kind="office", code="facilities", name_zh="总务处", name_en="Works")
    Place.objects.create(school=school, owner=facilities, code="hall", name_zh="礼堂", name_en="Hall")
    posts: list[tuple[Role, Unit | None]] = [(Role.OFFICE_HEAD, unit) for unit in school.units.all()]
    posts += [(role, None) for role in (Role.PRINCIPAL, Role.VICE_PRINCIPAL, Role.BOARD_CHAIR, Role.COORDINATOR)]
    posts += [(Role.PROTECTION_LEAD, None)]
    for number, (role, unit) in enumerate(posts):
        for turn in "ab":
            person = Person.objects.create(school=school, name=f"{role}{number}{turn}", staff_number=f"{number}{turn}")
            verified = now if reachable else None
            ContactChannel.objects.create(person=person, address=f"{number}{turn}@s.example", verified_at=verified)
            post, _new = Post.objects.get_or_create(role=role, school=school, unit=unit if role in UNIT_ROLES else None)
            Appointment.objects.create(post=post, person=person, starts_at=now, is_deputy=turn == "b")


def calendar_of(client: Client, **changes: str) -> dict[str, object]:
    """Return what the calendar's form would send as it is filled in."""
    initial = client.get("/setup/calendar").context["form"].initial
    return {**initial, **changes}


def test_the_calendar_follows_from_a_dozen_answers(ada: Client) -> None:
    answers = calendar_of(ada, first_1="2026-09-01", last_1="2027-01-22", first_2="2027-02-22", last_2="2027-07-02")
    shown = ada.post("/setup/calendar", answers)
    assert "2026-10-01" in shown.content.decode()
    assert min(shown.context["proposed"]).isoformat() > "2026-09-01"
    assert not Term.objects.exists()
    assert ada.post("/setup/calendar", {**answers, "save": "1"}).headers["Location"] == "/setup/rules"
    assert WorkingHours.objects.count() == 10
    assert [(term.first.isoformat(), term.name_zh) for term in Term.objects.order_by("first")] == [
        ("2026-09-01", "2026–2027学年第一学期"),
        ("2027-02-22", "2026–2027学年第二学期"),
    ]
    period = CalendarPeriod.objects.get()
    assert (period.first.isoformat(), period.last.isoformat()) == ("2027-01-23", "2027-02-21")
    year = database_now().year
    assert CalendarDay.objects.filter(day__year=year, is_published=True).count() > 20
    assert "2026–2027" in ada.get("/setup/calendar").content.decode()
    assert ada.post("/setup/calendar", {**answers, "save": "1"}).status_code == 200
    assert Term.objects.count() == 2


@pytest.mark.parametrize("midnight", ["24:00", "00:00"])
def test_hours_may_last_until_midnight_written_either_way(ada: Client, midnight: str) -> None:
    """The page alone refused the end of a day, which the file, the API and the administration take."""
    answers = calendar_of(ada, closes_2=midnight, duty_closes=midnight)
    assert ada.post("/setup/calendar", {**answers, "save": "1"}).headers["Location"] == "/setup/rules"
    assert WorkingHours.objects.filter(closes=time.min).count() == 5
    assert DutyHours.objects.filter(closes=time.min).exists()


def test_a_morning_until_midnight_leaves_no_afternoon(ada: Client) -> None:
    shown = ada.post("/setup/calendar", {**calendar_of(ada, closes_1="24:00"), "save": "1"})
    assert "opens_2" in shown.context["form"].errors


@pytest.mark.parametrize("day", ["0001-09-01", "9999-09-01"])
def test_a_term_at_the_end_of_time_is_refused(ada: Client, day: str) -> None:
    year = day[:4]
    answers = calendar_of(ada, country="GB", first_1=day, last_1=f"{year}-12-01", first_2="", last_2="")
    refused = ada.post("/setup/calendar", {**answers, "save": "1"})
    assert (refused.status_code, set(refused.context["form"].errors)) == (400, {"first_1", "last_1"})
    assert not Term.objects.exists()


def test_holidays_of_other_countries_are_proposed_and_can_be_taken_out(ada: Client) -> None:
    answers = calendar_of(
        ada, country="GB", first_1="2026-09-01", last_1="2026-12-18", first_2="2027-01-05", last_2="2027-07-20"
    )
    proposed = ada.post("/setup/calendar", answers).context["proposed"]
    days = [day.isoformat() for day in proposed]
    assert "2027-03-26" in days
    kept = [day for day in days if day != "2027-05-03"]
    ada.post("/setup/calendar", {**answers, "save": "1", "closed": kept})
    assert sorted(row.day.isoformat() for row in CalendarDay.objects.all()) == kept


def test_the_country_says_whom_to_call(ada: Client) -> None:
    """A school abroad never begins with the numbers of China, and what its administrator wrote stays."""
    School.objects.update(time_zone="Europe/Berlin")
    answers = calendar_of(ada)
    assert answers["country"] == "DE"
    ada.post("/setup/calendar", {**answers, "save": "1"})
    initial = ada.get("/setup/rules").context["form"].initial
    assert [initial[f"emergency_{name}"] for name in ("police", "fire", "ambulance")] == ["110", "112", "112"]


@pytest.mark.parametrize(
    ("zone", "country", "preset", "called", "numbers"),
    [
        ("Europe/London", "GB", "international-uk", "School in the United Kingdom", ["999", "999", "999"]),
        ("America/Chicago", "US", "international-us", "School in the United States", ["911", "911", "911"]),
        ("Europe/Berlin", "FR", "international-eu", "School in the European Union", ["17", "18", "15"]),
        ("Asia/Tokyo", "JP", "international", "School in another country", ["110", "119", "119"]),
        ("Asia/Shanghai", "CN", "cn-school", "School in China", ["110", "119", "120"]),
    ],
)
def test_the_country_says_which_rules_fit(
    zone: str, country: str, preset: str, called: str, numbers: list[str]
) -> None:
    """A school in London is offered the rules of its own country by their name, before and after the calendar."""
    client = come_in(link_printed())
    client.post("/setup/school", {**SCHOOL, "time_zone": zone})
    client.post("/setup/administrator", ADA)
    at_first = client.get("/setup/rules").context["form"].initial
    assert at_first["preset"] == preset
    client.post("/setup/calendar", {**calendar_of(client, country=country), "save": "1"})
    assert School.objects.values_list("country", flat=True).get() == country
    shown = client.get("/setup/rules", headers={"accept-language": "en"})
    initial = shown.context["form"].initial
    assert [initial[f"emergency_{name}"] for name in ("police", "fire", "ambulance")] == numbers
    chosen = {key: str(words) for key, words in shown.context["presets"]}[initial["preset"]]
    assert (initial["preset"], chosen.startswith(called)) == (preset, True)


@pytest.mark.parametrize("typed", ["１１２", "112\u200b", " 112 "])
def test_an_emergency_number_is_read_in_full_width_too(ada: Client, typed: str) -> None:
    """A Chinese keyboard in full width wrote digits that were said to be none."""
    assert ada.post("/setup/rules", {**RULES, "emergency_fire": typed}).status_code == 302
    assert School.objects.values_list("emergency_fire", flat=True).get() == "112"


def test_numbers_that_were_entered_with_the_rules_stay(ada: Client) -> None:
    ada.post("/setup/rules", {**RULES, "emergency_police": "18"})
    ada.post("/setup/calendar", {**calendar_of(ada, country="GB"), "save": "1"})
    assert School.objects.values_list("emergency_police", flat=True).get() == "18"


def test_every_country_that_can_be_chosen_has_its_numbers() -> None:
    assert set(COUNTRIES) == set(NUMBERS)
    assert set(COUNTRY_OF.values()) <= set(COUNTRIES)
    assert set(COUNTRY_OF) <= set(TIME_ZONES)
    assert set(PRESET_OF) <= set(COUNTRIES)
    assert set(PRESET_OF.values()) < set(presets()) == set(PRESETS)


@pytest.mark.slow("tests/setup/test_pages.py", after=3)
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"last_1": "2026-08-01"}, "last_1"),
        ({"first_2": "2027-01-23"}, "first_2"),
        ({"closes_1": "07:00"}, "closes_1"),
        ({"opens_2": "11:00"}, "opens_2"),
        ({"last_2": ""}, "last_2"),
        ({"first_1": "soon"}, "first_1"),
        ({"weekdays": []}, "weekdays"),
        ({"duty_closes": ""}, "duty_closes"),
    ],
)
def test_a_calendar_that_is_none_is_refused(ada: Client, changes: dict[str, object], field: str) -> None:
    answers = calendar_of(ada, first_1="2026-09-01", last_1="2027-01-22", first_2="2027-02-22", last_2="2027-07-02")
    refused = ada.post("/setup/calendar", {**answers, **changes, "save": "1"})
    assert (refused.status_code, list(refused.context["form"].errors)) == (400, [field])
    assert not Term.objects.exists()


def test_the_rules_are_fitted_to_the_offices(ada: Client) -> None:
    staff_add()
    page = ada.get("/setup/rules")
    assert '<option value="facilities" selected>Works</option>' in page.content.decode()
    categories = [code for code, _name, _is_on, may_leave in page.context["categories"] if may_leave and code != "B06"]
    assert ada.post("/setup/rules", {**RULES, "category": categories}).headers["Location"] == "/setup/mail"
    content = SchoolRulebook.objects.get().version.content
    leads = {row["code"]: row["lead"] for row in content["categories"]}
    assert (leads["F01"], leads["F04"], leads["C01"]) == ("safety-office", "facilities", "safety-office")
    assert "B06" not in leads
    assert "bureau_officer" not in str(content)
    again = ada.get("/setup/rules").context
    assert [code for code, _name, is_on, _may in again["categories"] if not is_on] == ["B06"]
    assert {row.code: row.chosen for row in again["offices"]}["facilities"] == "facilities"
    assert again["above_chosen"] == "board_chair"
    client = Client(headers={"accept-language": "en"})
    client.cookies = ada.cookies
    assert 'href="tel:112"' in client.get("/report").content.decode()


def test_the_offices_are_proposed_as_schools_call_them(ada: Client) -> None:
    """The office with the task of student protection stands for it, not the one that a new school begins with."""
    school = School.objects.get()
    names = ("总务处", "德育处", "食堂管理中心", "教务处", "党政办公室", "医务一室", "医务二室", "学生保护中心")
    made = {name: Unit(school=school, kind="office", code=f"office-{n}", name_zh=name) for n, name in enumerate(names)}
    Unit.objects.bulk_create(made.values())
    School.objects.update(protection_unit=made["学生保护中心"])
    chosen = {row.code: row.chosen for row in ada.get("/setup/rules").context["offices"]}
    called = {"facilities": "总务处", "student-affairs": "德育处", "canteen": "食堂管理中心", "academic": "教务处"}
    called |= {"school-office": "党政办公室", "student-protection": "学生保护中心"}
    assert {code: chosen[code] for code in called} == {code: made[name].code for code, name in called.items()}
    assert (chosen["health-room"], chosen["it-centre"]) == ("", "")
    centre = Unit.objects.create(school=school, kind="office", code="office-it", name_zh="IT", name_en="IT centre")
    chosen = {row.code: row.chosen for row in ada.get("/setup/rules").context["offices"]}
    assert chosen["it-centre"] == centre.code


def test_above_the_principal_stands_who_is_entered(ada: Client) -> None:
    assert ada.get("/setup/rules").context["above_chosen"] == "principal"
    school = School.objects.get()
    post = Post.objects.create(school=school, role=Role.BOARD_CHAIR)
    Appointment.objects.create(post=post, person=Person.objects.get(), starts_at=database_now())
    assert ada.get("/setup/rules").context["above_chosen"] == "board_chair"
    Person.objects.create(bureau=school.bureau, staff_number="b-1", name="Olga")
    assert ada.get("/setup/rules").context["above_chosen"] == "bureau_officer"


def test_what_is_a_matter_of_life_cannot_be_left_out(ada: Client) -> None:
    ada.post("/setup/rules", {**RULES, "category": []})
    left = {row["severity"] for row in SchoolRulebook.objects.get().version.content["categories"]}
    classes = {row["class"] for row in SchoolRulebook.objects.get().version.content["categories"]}
    assert "P1" in left
    assert "K2" in classes


def test_wrong_numbers_and_rulebooks_are_refused(ada: Client) -> None:
    for wrong in ({"emergency_fire": "<b>"}, {"preset": "none"}, {"above": "alice"}):
        assert ada.post("/setup/rules", {**RULES, **wrong}).status_code == 400
    assert not SchoolRulebook.objects.exists()


def test_a_test_message_arrives_or_says_why_not(ada: Client) -> None:
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=9
    ):
        page = ada.post("/setup/mail").content.decode()
    assert "cannot be reached: Connection refused" in page
    assert ada.post("/setup/mail").status_code == 302
    work()
    (message,) = mail.outbox
    code = re.search(r"\d{6}", str(message.subject))
    assert code
    assert ada.post("/setup/mail", {"code": "000000"}).status_code == 200
    assert ada.post("/setup/mail", {"code": code[0]}).status_code == 302
    assert ContactChannel.objects.get(address=ADA["address"]).verified_at is not None
    assert "A message arrived here" in ada.get("/setup/mail").content.decode()


def holes_of(client: Client) -> list[tuple[str, str, str]]:
    """Return the holes that the check shows: words, names, and the step that mends each."""
    return [(str(hole.words), hole.names, hole.step) for hole in client.get("/setup/check").context["holes"]]


def test_whoever_will_be_told_once_invited_is_no_hole(ada: Client) -> None:
    """A school that was entered rightly had a red row for every office until people had opened their accounts."""
    assert ada.get("/setup/check").headers["Location"] == "/setup/rules"
    staff_add(reachable=False)
    ada.post("/setup/rules", RULES)
    answer = ada.get("/setup/check")
    page = answer.content.decode()
    assert "Nothing is missing. Everybody below is told once they have accepted" in page
    assert "16 people have not yet, without whom some step reaches nobody:" in page
    assert "At once, by day: office_head0a (not yet), " in page
    assert ("Put it right" in page, "has-hole" in page) == (False, False)
    offices = [row.office for row in answer.context["rows"]]
    assert len(offices) == len(set(offices)) == 3
    assert "Go live" not in "".join(re.findall(r"<button.*?</button>", ada.get("/setup/live").content.decode()))
    assert ada.post("/setup/live").status_code == 409
    assert School.objects.get().live_at is None
    assert not next(step for step in answer.context["steps"] if step.key == "check").is_done
    assert ada.post("/setup/check").headers["Location"] == "/setup/invitations"
    assert next(step for step in ada.get("/setup").context["steps"] if step.key == "check").is_done
    ContactChannel.objects.update(verified_at=database_now() - timedelta(minutes=1))
    page = ada.get("/setup/check").content.decode()
    assert "No holes" in page
    assert "After 5 minutes: " in page
    assert "(not yet)" not in page


def test_each_hole_is_named_with_the_step_that_mends_it(ada: Client) -> None:
    """Roles that are merely passed over on the way to somebody are not named."""
    staff_add(reachable=False)
    ada.post("/setup/rules", {**RULES, "above": "bureau_officer"})
    ((words, names, step),) = holes_of(ada)
    assert words.startswith("Choose who is told when even the principal does not act")
    assert (names, step) == ("Bureau duty officer", "rules")
    page = ada.get("/setup/check").content.decode()
    assert '<a href="/setup/rules">Put it right in step 5: Rules</a>' in page
    assert ada.post("/setup/check").status_code == 200
    ada.post("/setup/rules", RULES)
    assert holes_of(ada) == []
    chairs = Person.objects.filter(appointments__post__role=Role.BOARD_CHAIR)
    ContactChannel.objects.filter(person__in=chairs).delete()
    (hole,) = holes_of(ada)
    assert hole[0].startswith("They hold a post, but have no address")
    assert hole[1:] == ("board_chair5a, board_chair5b", "people")
    Appointment.objects.filter(person__in=chairs).update(ends_at=database_now())
    assert [(names, step) for _words, names, step in holes_of(ada)] == [
        ("Board chair", "people"),
        ("Board chair", "rules"),
    ]
    Appointment.objects.exclude(post__role=Role.ADMINISTRATOR).update(ends_at=database_now())
    named = holes_of(ada)[0][1]
    assert "Head of office (" in named
    assert ("Handler" in named, "Duty leader" in named) == (False, False)


def test_a_boarding_school_sees_for_which_nights_somebody_leads(ada: Client) -> None:
    staff_add()
    ada.post("/setup/rules", RULES)
    assert "on 0 of 28 nights" in ada.get("/setup/check").content.decode()
    school = School.objects.get()
    leader = Person.objects.get(name="vice_principal4a")
    tonight = database_now().astimezone(ZoneInfo(school.time_zone)).replace(hour=18, minute=0)
    for day in range(3):
        begins = tonight + timedelta(days=day + 1)
        shift = DutyShift.objects.create(
            school=school, kind=DutyShift.Kind.NIGHT, starts_at=begins, ends_at=begins + timedelta(hours=13)
        )
        DutySlot.objects.create(shift=shift, part=DutySlot.Part.LEADER, person=leader)
    assert "on 3 of 28 nights" in ada.get("/setup/check").content.decode()
    School.objects.update(kind=School.Kind.DAY)
    assert "of 28 nights" not in ada.get("/setup/check").content.decode()


def test_the_check_costs_the_same_statements_for_any_number_of_people(
    ada: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    staff_add()
    ada.post("/setup/rules", RULES)
    school, now = School.objects.get(), database_now()
    post = Post.objects.get(role=Role.OFFICE_HEAD, unit__code="facilities")
    for number in range(40):
        person = Person.objects.create(school=school, name=f"more{number}", staff_number=f"more{number}")
        Appointment.objects.create(post=post, person=person, starts_at=now)
    with django_assert_max_num_queries(28):
        assert ada.get("/setup/check").status_code == 200


def test_going_live_needs_rules_and_people_and_is_told(ada: Client) -> None:
    assert "no rules yet" in ada.post("/setup/live").content.decode()
    staff_add()
    ada.post("/setup/rules", RULES)
    ContactChannel.objects.filter(address=ADA["address"]).update(verified_at=database_now())
    page = ada.get("/setup/live").content.decode()
    assert "Student protection lead" in page
    assert "No second factor yet at 青山实验学校: Ada Lin. A week" in page
    assert "These steps are still open" in page
    assert re.search(r'<a class="primary" href="/setup/calendar">\s*Go on with: Calendar', page)
    assert re.search(r'<button class="secondary">.*Go live all the same', page)
    assert ada.post("/setup/live").headers["Location"] == "/setup"
    assert School.objects.get().live_at is not None
    assert "still being set up" not in ada.get("/").content.decode()
    assert "Live since" in ada.get("/setup/live").content.decode()
    work()
    heard = [row.params["what"] for row in Notice.objects.filter(person__name="principal3a")]
    assert sorted(heard) == ["live", *["post"] * 9, "rulebook"]
    page = ada.get("/notices").content.decode()
    assert "Ada Lin was given a post: Administrator. Entered by Ada Lin." in page
    assert "is to hold" not in page


def invite_step(client: Client) -> tuple[str, bool]:
    """Return the page of the invitations, and whether its step is done."""
    answer = client.get("/setup/invitations")
    return answer.content.decode(), next(row.is_done for row in answer.context["steps"] if row.key == "invite")


def test_the_invitations_are_counted_and_can_be_sent_again(ada: Client) -> None:
    """The page offered to invite everybody after that was done, and the step never was."""
    staff_add(reachable=False)
    ContactChannel.objects.filter(person__name="coordinator6b").delete()
    page, is_done = invite_step(ada)
    assert ("Invite 15 people" in page, "Send it to them again" in page, is_done) == (True, False, False)
    assert ada.post("/setup/invitations").headers["Location"] == "/setup/invitations"
    work()
    assert len(mail.outbox) == 15
    page, is_done = invite_step(ada)
    assert ("15 people have not accepted yet" in page, "Invite 15" in page, is_done) == (True, False, True)
    assert page.count("give each a link") == 1
    link = re.search(r"/invitation\?token=(\S+)", str(mail.outbox[0].body))
    assert link
    sent = {"token": unquote(link[1]), "username": "first", "password": PASSWORD, "again": PASSWORD}
    assert Client().post("/invitation", sent).status_code == 302
    assert "14 people have not accepted yet" in invite_step(ada)[0]
    assert "Nothing was sent" in ada.post("/setup/invitations", {"again": "1"}, follow=True).content.decode()
    Tries.objects.all().delete()
    OutboxMessage.objects.filter(topic="person.invited").delete()
    ContactChannel.objects.filter(invited_at__isnull=False).update(invited_at=database_now() - timedelta(days=8))
    assert "14 links are older than seven days" in invite_step(ada)[0]
    ada.post("/setup/invitations", {"again": "1"})
    work()
    assert sum("/invitation?token=" in str(message.body) for message in mail.outbox) == 15 + 14
    assert "older than seven days" not in invite_step(ada)[0]


def test_a_live_school_sees_first_what_other_rules_would_change(world: World, signed_in: SignIn) -> None:
    """Each change is tried on the reports of the last half year before it is taken up."""
    member = member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    School.objects.update(live_at=world.now)
    for _turn in range(2):
        file_ticket(world, routed=True)
    file_ticket(world, category="C02")
    client = signed_in(member)
    page = client.get("/setup/rules")
    offices = {f"office-{row.code}": row.chosen for row in page.context["offices"]}
    on = [code for code, _name, is_on, may_leave in page.context["categories"] if is_on and may_leave and code != "B06"]
    numbers = dict.fromkeys(("emergency_police", "emergency_fire", "emergency_ambulance"), "110")
    sent = {**offices, **numbers, "preset": "cn-school", "above": "bureau_officer", "category": on}
    before = SchoolRulebook.objects.get(school=world.school).version_id
    tried = client.post("/setup/rules", {**sent, "office-security": "facilities", "save": "1"})
    said = "\n".join(tried.context["moved"])
    assert "F02 Escape route blocked or locked: Facilities office answers instead of Security office." in said
    assert "It concerns 2 reports of the last half year." in said
    assert "B06 Routine repair cannot be reported any more." in said
    assert SchoolRulebook.objects.get(school=world.school).version_id == before
    assert tried.context["findings"] or 'name="confirmed"' in tried.content.decode()
    harmed = [line for line in tried.context["moved"] if line.startswith("C02")]
    assert all("half year" not in line for line in harmed)


def test_rules_by_which_somebody_waits_for_nobody_are_not_taken_at_a_live_school(
    world: World, signed_in: SignIn
) -> None:
    member = member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    School.objects.update(live_at=world.now)
    Appointment.objects.filter(person=world.olga.person).update(ends_at=world.now)
    sent = {**RULES, "above": "bureau_officer"}
    tried = signed_in(member).post("/setup/rules", sent)
    assert tried.context["findings"]
    assert 'name="confirmed"' not in tried.content.decode()
    refused = signed_in(member).post("/setup/rules", {**sent, "confirmed": "1"})
    assert (refused.status_code, refused.context["form"].is_valid()) == (400, False)
    assert SchoolRulebook.objects.get(school=world.school).version.name == "cn-school"

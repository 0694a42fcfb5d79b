"""Clocks and ladders that a school sets itself: within bounds, tried on last term, taken up as a new version."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from backend.accounts.models import User
from backend.administration.models import Change
from backend.calendars.models import Calendar, Term
from backend.deadlines.models import Timer
from backend.organisation.models import Appointment, School
from backend.organisation.roles import Role
from backend.rulebook.clock_limits import LIMITS
from backend.rulebook.models import RulebookUse, SchoolRulebook
from backend.workflow.models import Ticket
from tests.administration.test_proving import ASKED, aged
from tests.browser import SignIn
from tests.organisation import powers
from tests.portal.conftest import filed
from tests.setup.test_pages import RULES
from tests.workflow.steps import act_at, file_ticket
from tests.world import World, member_add

pytestmark = pytest.mark.django_db

ACKNOWLEDGE = "/rules/clocks/P2/acknowledge"
LADDER: dict[str, object] = {
    "within": "45",
    "within-unit": "m",
    "tell-0": ["office_head"],
    "after-1": "30",
    "after-1-unit": "m",
    "tell-1": ["vice_principal", "principal"],
    "repeat": "2",
    "repeat-unit": "h",
}
ONLY: Any = {"tell-1": ["principal"]}
FILLED_IN: dict[str, object] = {}
"""The form of the offices as its page fills it in, which is the same for each cast; read once, since it takes long."""


@pytest.fixture
def ada(world: World, signed_in: SignIn) -> Client:
    """The administrator of a school that is live, with rules by which everybody is reached."""
    client = signed_in(member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home))
    member_add(world, "ann", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    FILLED_IN.update(FILLED_IN or rules_sent(client))
    client.post("/setup/rules", FILLED_IN)
    School.objects.filter(id=world.school.id).update(live_at=world.now - timedelta(days=400))
    User.objects.update(second_factor_at=world.now)
    return client


def rules_sent(client: Client, **changes: str) -> dict[str, object]:
    """Return what the page of the offices would send as it is filled in, every category among it."""
    page = client.get("/setup/rules").context
    offices = {f"office-{row.code}": row.chosen for row in page["offices"]}
    every = [code for code, *_rest in page["categories"]]
    sent = {**RULES, **offices, "office-grade": "student-affairs", "above": "bureau_officer", **changes}
    return {**sent, "category": every}


def version(world: World) -> int:
    return SchoolRulebook.objects.get(school=world.school).version_id


def content(world: World) -> Any:
    return SchoolRulebook.objects.select_related("version").get(school=world.school).version.content


def tried(client: Client, path: str = ACKNOWLEDGE, **changes: object) -> Any:
    """Send a proposal to be tried; return the answer."""
    seen = client.get(path).context["seen"]
    return client.post(path, {**LADDER, "seen": seen, "try": "1", **changes})


def taken(client: Client, answer: Any, path: str = ACKNOWLEDGE, **changes: object) -> Any:
    """Confirm what was tried."""
    kept = {"seen": answer.context["seen"], "tried": answer.context["tried"], "confirmed": "1"}
    return client.post(path, {**LADDER, **kept, **changes})


def reported(world: World, ago: timedelta, *minutes: int) -> list[Ticket]:
    """File a report for each number and let Bob acknowledge it after so many minutes; 0: nobody ever does."""
    tickets = []
    for after in minutes:
        ticket = filed(world.alice, world, ago=ago).ticket
        if after:
            act_at(world.bob, ticket.id, "acknowledge", ticket.filed_at + timedelta(minutes=after))
        tickets.append(ticket)
    return tickets


def test_a_clock_is_tried_before_it_is_taken_up(world: World, ada: Client) -> None:
    """Acknowledged after 10, 40 and 70 minutes, and never: P2 allows 30, and tells the principal 2 hours later."""
    reported(world, timedelta(days=2), 10, 40, 70, 0)
    file_ticket(world, category="C02")
    before = version(world)
    answer = tried(ada)
    assert (answer.status_code, version(world)) == (200, before)
    said = "Of 4 reports of the last half year, 2 would have escalated; with the rules as they are, 3."
    assert answer.context["trial_said"] == said
    assert answer.context["trial_steps"] == [
        ("When the time is over: Head of office", 2, 3),
        ("30 minutes overdue: Vice principal, Principal", 1, 2),
    ]
    assert answer.context["findings"] == ()
    assert taken(ada, answer).headers["Location"] == "/rules/clocks"
    clock = content(world)["clocks"]["P2"]["acknowledge"]
    assert (clock["within"], clock["repeat"]) == ("45m", "2h")
    assert clock["rungs"][1] == {"after": "30m", "tell": ["vice_principal", "principal"]}
    assert "within 45 minutes" in ada.get("/rules/clocks").content.decode()


def test_the_term_before_this_one_is_what_it_is_tried_on(world: World, ada: Client) -> None:
    calendar = Calendar.objects.create(name_zh="校历", name_en="Calendar", published_until=world.now.date())
    School.objects.filter(id=world.school.id).update(calendar=calendar)
    today = world.now.astimezone(ZoneInfo(world.school.time_zone)).date()
    for name, first, last in (("Spring", 200, 100), ("Autumn", 50, -50)):
        span = {"first": today - timedelta(days=first), "last": today - timedelta(days=last)}
        Term.objects.create(calendar=calendar, name_zh=name, name_en=name, **span)
    reported(world, timedelta(days=150), 40)
    reported(world, timedelta(days=10), 40, 40)
    assert tried(ada).context["trial_said"].startswith("Of 1 report of “Spring”, 0 would have escalated;")
    School.objects.filter(id=world.school.id).update(live_at=world.now - timedelta(days=30))
    assert tried(ada).context["trial_said"].startswith("Of 2 reports of “Autumn”")


def test_what_is_open_keeps_its_times_and_whoever_leads_is_told(world: World, ada: Client) -> None:
    old = file_ticket(world, routed=True)
    due_at = Timer.objects.get(subject_id=old, clock="acknowledge").due_at
    used = version(world)
    powers.work()
    told = powers.told(world)["dan"].count("rulebook done")
    taken(ada, tried(ada))
    new = file_ticket(world, routed=True)
    assert Timer.objects.get(subject_id=old, clock="acknowledge").due_at == due_at
    allowed = Timer.objects.get(subject_id=new, clock="acknowledge").due_at - Ticket.objects.get(id=new).filed_at
    assert allowed == timedelta(minutes=45)
    assert Ticket.objects.get(id=old).rulebook_id == used
    assert powers.told(world)["dan"].count("rulebook done") == told + 1
    assert RulebookUse.objects.filter(school=world.school, version__in=[used, version(world)]).count() == 2
    change = Change.objects.filter(content_type__model="schoolrulebook").latest("id")
    assert change.changes["version"] == [used, version(world)]
    assert change.actor == world.ada.user


@pytest.mark.slow("tests/setup/test_clock_pages.py", after=4)
@pytest.mark.parametrize(
    ("path", "changes", "field"),
    [
        (ACKNOWLEDGE, {"within": "121"}, "within"),
        (ACKNOWLEDGE, {"within": "4"}, "within"),
        (ACKNOWLEDGE, {"within": "soon"}, "within"),
        (ACKNOWLEDGE, {"within-unit": "hW"}, "within-unit"),
        (ACKNOWLEDGE, {"repeat": "4", "repeat-unit": "m"}, "repeat"),
        (ACKNOWLEDGE, {"repeat": "31", "repeat-unit": "d"}, "repeat"),
        (ACKNOWLEDGE, {"tell-0": []}, "tell-0"),
        (ACKNOWLEDGE, {"tell-0": ["alice"]}, "tell-0"),
        (ACKNOWLEDGE, {"tell-0": ["reporter"]}, "tell-0"),
        (ACKNOWLEDGE, {"tell-1": []}, "tell-1"),
        (ACKNOWLEDGE, {"after-1": ""}, "after-1"),
        (ACKNOWLEDGE, {"after-1-unit": ""}, "after-1"),
        (ACKNOWLEDGE, {"tell-2": ["principal"]}, "after-2"),
        (ACKNOWLEDGE, {"after-7": "3"}, "after-7"),
        (ACKNOWLEDGE, {"after-2": "20", "after-2-unit": "m", "tell-2": ["principal"]}, "after-2"),
        (ACKNOWLEDGE, {"after-3": "20", "after-3-unit": "m", "tell-3": ["principal"]}, "after-3"),
        (ACKNOWLEDGE, {"after-1": "25", "after-1-unit": "h"}, "after-1"),
        (ACKNOWLEDGE, {"tell-1": ["vice_principal"]}, "__all__"),
        ("/rules/clocks/P3/acknowledge", {"within": "3", "within-unit": "dW", "after-1-unit": "hW"}, "within"),
        ("/rules/clocks/P3/acknowledge", {"within": "17", "within-unit": "hW", "after-1-unit": "hW"}, "within"),
        ("/rules/clocks/all/answer", {"within": "8", "within-unit": "d"}, "within"),
    ],
)
def test_what_lies_outside_the_bounds_is_refused(
    world: World, ada: Client, path: str, changes: dict[str, object], field: str
) -> None:
    before = version(world)
    answer = tried(ada, path, **{"repeat": "2", "repeat-unit": "h", **changes})
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])
    assert 'name="confirmed"' not in answer.content.decode()
    forged = ada.post(path, {**LADDER, **changes, "seen": before, "tried": "x", "confirmed": "1"})
    assert (forged.status_code, version(world)) == (400, before)


def test_every_clock_shows_itself_as_it_is_and_that_changes_nothing(world: World, ada: Client) -> None:
    """What is shipped lies within the bounds: sent back unchanged, each clock says that nothing would change."""
    for severity, clock in LIMITS:
        path = f"/rules/clocks/{severity or 'all'}/{clock}"
        form = ada.get(path).context["form"]
        sent = {name: value for name, value in form.initial.items() if value is not False}
        answer = ada.post(path, {**sent, "seen": version(world), "try": "1"})
        assert str(answer.context["form"].non_field_errors()[0]).startswith("This is how it is already"), path


def test_only_administrators_change_them_and_only_at_their_school(world: World, ada: Client, signed_in: SignIn) -> None:
    before = version(world)
    for name in ("alice", "carol", "cleo", "erin", "olga"):
        client = signed_in(world.members[name])
        assert client.get("/rules/clocks").status_code == 403, name
        assert client.post(ACKNOWLEDGE, LADDER).status_code == 403, name
    dan = signed_in(world.dan)
    assert "Change:" not in dan.get("/rules/clocks").content.decode()
    assert dan.get(ACKNOWLEDGE).status_code == 403
    away = signed_in(member_add(world, "mala", [(Role.ADMINISTRATOR, None, False)], site=world.elsewhere))
    answer = away.post(ACKNOWLEDGE, {**LADDER, "seen": before, "try": "1"})
    assert answer.status_code == 409
    assert version(world) == before
    for path in ("P5/acknowledge", "P1/wait", "all/resolve", "P2/resolved", "P2/contain"):
        assert ada.get(f"/rules/clocks/{path}").status_code == 404, path


def test_a_fresh_proof_is_asked_and_then_it_is_carried_out(world: World, ada: Client) -> None:
    answer = tried(ada)
    before = version(world)
    asked = taken(aged(ada), answer)
    assert ASKED in asked.content.decode()
    assert version(world) == before
    done = taken(ada, answer, prove_password=world.ada.password)
    assert done.status_code == 302
    assert version(world) != before


def test_of_two_administrators_the_second_looks_again(world: World, ada: Client, signed_in: SignIn) -> None:
    other = signed_in(world.ann)
    first, second = tried(ada), tried(other, within="50")
    assert taken(ada, first).status_code == 302
    refused = taken(other, second, within="50")
    assert refused.status_code == 409
    assert "changed meanwhile" in refused.content.decode()
    assert content(world)["clocks"]["P2"]["acknowledge"]["within"] == "45m"
    assert refused.context["line"].within == "within 45 minutes"


def test_offices_that_were_chosen_from_older_rules_are_not_taken(world: World, ada: Client) -> None:
    older = {**rules_sent(ada), "office-security": "facilities", "seen": version(world), "confirmed": "1"}
    taken(ada, tried(ada))
    before = version(world)
    refused = ada.post("/setup/rules", older)
    assert "changed meanwhile" in refused.content.decode()
    assert version(world) == before
    assert ada.post("/setup/rules", {**older, "seen": before}).status_code == 302


def test_what_was_not_tried_is_tried_first(world: World, ada: Client) -> None:
    answer, before = tried(ada), version(world)
    changed = taken(ada, answer, within="50")
    assert (changed.status_code, version(world)) == (200, before)
    assert changed.context["tried"] != answer.context["tried"]


def test_a_ladder_that_reaches_nobody_is_not_taken_up(world: World, ada: Client) -> None:
    Appointment.objects.filter(person__in=[world.cleo.person, world.vera.person, world.dan.person]).update(
        ends_at=world.now
    )
    Appointment.objects.filter(person=world.olga.person).update(ends_at=world.now)
    answer = tried(ada, **ONLY)
    assert answer.context["findings"]
    assert 'name="confirmed"' not in answer.content.decode()
    before = version(world)
    assert taken(ada, answer, **ONLY).status_code == 409
    assert version(world) == before


def test_the_clocks_of_a_school_stay_when_its_offices_change(world: World, ada: Client) -> None:
    taken(ada, tried(ada))
    ada.post("/setup/rules", {**rules_sent(ada), "office-security": "facilities", "confirmed": "1"})
    now = content(world)
    assert now["clocks"]["P2"]["acknowledge"]["within"] == "45m"
    assert {row["code"]: row["lead"] for row in now["categories"]}["F02"] == "facilities"


def test_trying_costs_the_same_for_any_number_of_reports(
    world: World, ada: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    reported(world, timedelta(days=2), *[40] * 6)
    tried(ada)
    seen = version(world)
    with django_assert_max_num_queries(30):
        ada.post(ACKNOWLEDGE, {**LADDER, "seen": seen, "try": "1"})

"""Contact tests: asked by hand or by rule, answered in time or late; who is silent is passed over until they answer."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command

from backend.deadlines.models import Timer
from backend.deadlines.services import TimerDraft, fire_due, timers_arm
from backend.duty.models import Absence, ContactTest, DutyShift, DutySlot
from backend.duty.reach import Directory, PassedOver, Seat
from backend.duty.selectors import directory_load
from backend.duty.services.contact import contact_answer, contacts_ask_planned
from backend.notifications.models import Notice
from backend.notifications.news_standing import news_standing
from backend.notifications.sentences import news_headline
from backend.notifications.tasks import tell_contacts
from backend.organisation.models import School
from backend.organisation.roles import Role
from tests.browser import SignIn
from tests.notifications.hands import only_staff
from tests.organisation.test_rosters import send
from tests.rounds.test_round_pages import browser_of
from tests.world import World, member_add

LEADER, TEACHER = DutySlot.Part.LEADER, DutySlot.Part.TEACHER


@pytest.fixture
def night(world: World) -> DutyShift:
    """A night in force, led by Ben, in which Bob serves; there is no other leader on duty."""
    School.objects.update(live_at=world.now)
    span = {"starts_at": world.now - timedelta(hours=1), "ends_at": world.now + timedelta(hours=9)}
    shift = DutyShift.objects.create(school=world.school, kind=DutyShift.Kind.NIGHT, **span)
    DutySlot.objects.create(shift=shift, person=world.ben.person, part=LEADER)
    DutySlot.objects.create(shift=shift, person=world.bob.person, part=TEACHER)
    return shift


def ask(world: World, shift: DutyShift, who: str = "cleo", minutes: int = 15) -> Any:
    """Ask the people of a shift."""
    return world.members[who].client.post(f"rosters/{shift.id}/contact-test", {"minutes": minutes})


def leaders(world: World, now: datetime) -> list[str]:
    """Return whom a duty leader's page would reach."""
    found = directory_load(school_ids=[world.school.id], now=now).reach(
        role=Role.DUTY_LEADER, school_id=world.school.id, unit_id=None
    )
    names = {member.person.id: member.person.name for member in world.members.values()}
    return [names[one] for one in found.people]


def told(now: datetime | None = None) -> dict[str, list[str]]:
    """Fire what is due, carry the news, and return by name what each person was told."""
    if now is not None:
        fire_due(now=now)
    tell_contacts()
    found: dict[str, list[str]] = {}
    for notice in Notice.objects.filter(kind="contact.told").select_related("person").order_by("created_at", "id"):
        found.setdefault(notice.person.name, []).append(news_headline(kind=notice.kind, params=notice.params))
    return found


def test_whoever_is_silent_is_passed_over_until_they_answer_and_the_keepers_hear(
    world: World, night: DutyShift
) -> None:
    asked = ask(world, night)
    assert asked.status_code == 201, asked.data
    assert [row["person"]["name"] for row in asked.data] == ["Ben", "Bob"]
    assert ask(world, night).data["code"] == "nobody_to_ask", "their answers are waited for"
    assert {name: len(lines) for name, lines in told().items()} == {"Ben": 1, "Bob": 1}
    of_ben, of_bob = (f"contact-tests/{row['id']}" for row in asked.data)
    assert world.bob.client.post(f"{of_bob}/answer").data["is_late"] is False
    assert world.bob.client.post(f"{of_ben}/answer").status_code == 404, "nobody answers for somebody else"
    late = world.now + timedelta(minutes=16)
    assert leaders(world, world.now + timedelta(minutes=1)) == ["Ben"], "there is time"
    found = directory_load(school_ids=[world.school.id], now=late).reach(
        role=Role.DUTY_LEADER, school_id=world.school.id, unit_id=None
    )
    assert PassedOver.NO_ANSWER in {skip.reason for skip in found.skips}
    instead = leaders(world, late)
    assert "Ben" not in instead
    heard = told(late)
    assert "have not answered" in heard["Ben"][-1]
    assert "Bob" not in {name for name, lines in heard.items() if len(lines) > 1}
    assert heard["Cleo"][-1].startswith("Ben has not answered")
    assert f"Asked instead: {instead[0]}" in heard["Cleo"][-1]
    notices = list(Notice.objects.filter(kind="contact.told", person=world.ben.person))
    assert news_standing(notices=notices, now=late) == notices
    keepers = list(Notice.objects.filter(kind="contact.told", person=world.cleo.person))
    assert news_standing(notices=keepers, now=late) == keepers
    only_staff(world, world.cleo.person)
    assert news_standing(notices=keepers, now=late) == [], "she keeps the roster no more"
    answered = contact_answer(actor=world.ben.actor, test_id=UUID(asked.data[0]["id"]), now=late)
    assert answered.is_late, "late counts too, and is shown as late"
    assert world.ben.client.post(f"{of_ben}/answer").data["is_late"] is True, "once more changes nothing"
    assert leaders(world, late) == ["Ben"]
    assert news_standing(notices=notices, now=late) == []
    assert not Timer.objects.filter(subject_kind="contact", armed=True).exists()
    call_command("deadlines_audit", stdout=StringIO())


def test_where_the_keeper_is_the_silent_one_somebody_above_hears_of_it(world: World, night: DutyShift) -> None:
    """A rule asked, so that nobody asked by hand who could be told."""
    span = {"asked_at": world.now, "due_at": world.now + timedelta(minutes=15)}
    DutySlot.objects.filter(shift=night, part=LEADER).update(person=world.cleo.person)
    row = ContactTest.objects.create(shift=night, person=world.cleo.person, **span)
    timers_arm(drafts=[TimerDraft("contact", row.id, "contact", (row.due_at,), None)], now=world.now)
    heard = told(world.now + timedelta(minutes=16))
    assert "have not answered" in heard.pop("Cleo")[0]
    assert heard, "nobody else was told"
    assert all(line.startswith("Cleo has not answered") for lines in heard.values() for line in lines)


def test_the_keepers_take_a_test_back_and_nobody_on_leave_is_asked(world: World, night: DutyShift) -> None:
    away = {"starts_at": world.now - timedelta(hours=1), "ends_at": world.now + timedelta(hours=1)}
    absence = Absence.objects.create(person=world.bob.person, **away)
    asked = ask(world, night, minutes=5).data
    assert [row["person"]["name"] for row in asked] == ["Ben"]
    path = f"contact-tests/{asked[0]['id']}"
    late = world.now + timedelta(minutes=6)
    assert leaders(world, late) != ["Ben"]
    assert world.ben.client.post(f"{path}/take-back", {"reason": "No."}).data["code"] == "not_roster_keeper"
    back = world.dan.client.post(f"{path}/take-back", {"reason": "He answered by telephone."})
    assert back.status_code == 200, back.data
    assert leaders(world, late) == ["Ben"], "it is undone"
    assert world.dan.client.post(f"{path}/take-back", {"reason": "Again."}).data["code"] == "contact_over"
    assert absence.person_id == world.bob.person.id


def test_a_rule_asks_before_a_shift_once_and_only_where_it_is_set(world: World, night: DutyShift) -> None:
    DutyShift.objects.filter(id=night.id).update(starts_at=world.now + timedelta(minutes=30))
    now = world.now
    assert contacts_ask_planned(now=now) == 0, "no school is asked for what it has not set"
    rule = {"kind": "night", "before": 20, "within": 10}
    assert world.bob.client.post("contact-rules", rule).data["code"] == "not_roster_keeper"
    assert world.cleo.client.post("contact-rules", rule).data["set_by"]["name"] == "Cleo"
    assert contacts_ask_planned(now=now) == 0, "it is not time"
    soon = now + timedelta(minutes=11)
    assert [contacts_ask_planned(now=soon) for _run in range(2)] == [2, 0]
    listed = world.bob.client.get("contact-tests").data["items"]
    assert [(row["person"]["name"], row["asked_by"]) for row in listed] == [("Bob", None)], "one's own alone"
    assert len(world.cleo.client.get("contact-tests").data["items"]) == 2
    assert [row["before"] for row in world.cleo.client.get("contact-rules").data] == [20]


@pytest.mark.parametrize("is_page", [False, True])
def test_a_shift_that_is_taken_back_waits_for_no_answer_any_more(
    world: World, night: DutyShift, signed_in: SignIn, *, is_page: bool
) -> None:
    DutyShift.objects.filter(id=night.id).update(starts_at=world.now + timedelta(minutes=30))
    assert ask(world, night).status_code == 201
    if is_page:
        adam = member_add(world, "adam", [(Role.ADMINISTRATOR, None, False)], site=world.home)
        gone = signed_in(adam).post(f"/admin/duty/dutyshift/{night.id}/delete/", {"post": "yes"})
        assert gone.status_code == 302, gone.content.decode()
    else:
        assert send(world.cleo, "delete", f"rosters/{night.id}", match=1).status_code == 204
    assert not ContactTest.objects.exists()
    late = world.now + timedelta(minutes=16)
    fire_due(now=late)
    assert not Timer.objects.filter(subject_kind="contact", stopped_at=None, due_at__lte=late).exists(), "for ever due"


def test_nothing_is_asked_of_whoever_serves_no_more(world: World, night: DutyShift) -> None:
    ask(world, night)
    without = {"slots": [{"person": str(world.ben.person.id), "part": "leader"}]}
    assert send(world.cleo, "patch", f"rosters/{night.id}", without, 1).status_code == 200
    assert "Received" not in browser_of(world.bob).get("/").content.decode()
    heard = told(world.now + timedelta(minutes=16))
    assert (len(heard["Ben"]), len(heard.get("Bob", []))) == (2, 1), "asked, and told that others are asked"
    assert not [line for line in heard["Cleo"] if line.startswith("Bob")]
    asked = Notice.objects.filter(kind="contact.told", person=world.bob.person)
    assert news_standing(notices=list(asked), now=world.now + timedelta(minutes=1)) == []


def test_what_is_far_or_elsewhere_is_not_asked(world: World, night: DutyShift) -> None:
    assert ask(world, night, "bob").data["code"] == "not_roster_keeper"
    assert ask(world, night, "mallory").status_code == 404
    assert ask(world, night, minutes=61).status_code == 400
    DutyShift.objects.filter(id=night.id).update(
        starts_at=world.now + timedelta(days=2), ends_at=world.now + timedelta(days=3)
    )
    assert ask(world, night).data["code"] == "shift_not_near"


def test_on_the_pages_one_tap_is_enough(world: World, night: DutyShift) -> None:
    cleo, ben = browser_of(world.cleo), browser_of(world.ben)
    assert "Contact tests" in cleo.get("/duty").content.decode()
    assert cleo.post(f"/contact/shifts/{night.id}", {"minutes": "99"}).status_code == 400
    assert cleo.post(f"/contact/shifts/{night.id}", {"minutes": "5"}).status_code == 302
    assert cleo.post(f"/contact/shifts/{night.id}", {"minutes": "5"}).status_code == 400, "they have been asked"
    own = ContactTest.objects.get(person=world.ben.person)
    assert "Received" in ben.get("/").content.decode()
    assert "Received" in ben.get(f"/contact/{own.id}").content.decode()
    assert ben.post(f"/contact/{own.id}").status_code == 302
    assert "answered" in ben.get(f"/contact/{own.id}").content.decode()
    other = ContactTest.objects.get(person=world.bob.person)
    assert ben.get(f"/contact/{other.id}").status_code == 404
    assert cleo.post(f"/contact/{other.id}/take-back", {"reason": "By telephone."}).status_code == 302
    assert cleo.post("/contact/rule", {"kind": "night", "before": "30", "within": "10"}).status_code == 302
    page = cleo.get("/contact").content.decode()
    assert "By telephone." in page
    assert 'value="30"' in page
    assert ben.get("/contact").status_code == 403


def test_where_nobody_else_can_be_asked_all_who_were_silent_are_asked_again() -> None:
    school_id, bureau_id = uuid4(), uuid4()
    first, second, away = (
        Seat(Role.DUTY_LEADER, school_id, None, uuid4(), False, absent, True, on_roster=True, is_silent=True)
        for absent in (False, False, True)
    )
    directory = Directory({school_id: bureau_id})
    directory.add([first, second, away])
    found = directory.reach(role=Role.DUTY_LEADER, school_id=school_id, unit_id=None)
    assert found.people == (first.person_id, second.person_id)
    assert [skip.reason for skip in found.skips].count(PassedOver.NO_ANSWER) == 2

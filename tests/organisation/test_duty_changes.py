"""Duty in real life: over midnight, moved, swapped, taken over in an emergency, and left empty; who hears of each."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.duty.models import Absence, DutyShift, DutySlot, DutySwap
from backend.duty.services import rosters_check
from backend.duty.tasks import check
from backend.notifications.models import Notice
from backend.notifications.sentences import news_headline
from backend.notifications.tasks import tell_duty, tell_unmanned
from backend.organisation.models import Appointment, Person
from backend.organisation.roles import Role
from tests.browser import SignIn
from tests.organisation.test_rosters import HOUR, night, planned, refusal, send, slot, swap
from tests.world import Member, World, member_add, version_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
TOLD_OF_DUTY = ("duty.changed", "duty.unmanned")


@pytest.fixture
def school(world: World) -> World:
    """The cast with Adam, who administrates."""
    member_add(world, "adam", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    return world


def heard() -> dict[str, list[str]]:
    """Return what people were told of their duty and have not read, in English, by staff number."""
    tell_duty()
    tell_unmanned()
    found: dict[str, list[str]] = {}
    rows = (
        Notice.objects.filter(kind__in=TOLD_OF_DUTY, read_at=None).select_related("person").order_by("created_at", "id")
    )
    with translation.override("en"):
        for notice in rows:
            words = news_headline(kind=notice.kind, params=notice.params)
            found.setdefault(notice.person.staff_number, []).append(words)
    return found


def forget() -> None:
    """Let everybody have read what was told so far."""
    heard()
    Notice.objects.update(read_at=database_now())


def take_over(member: Member, shift: dict[str, Any], held_by: Member, **changes: object) -> Any:
    held = DutySlot.objects.get(shift_id=shift["id"], person=held_by.person)
    body = {"note": "接不通电话", **changes}
    return member.client.post(f"rosters/{shift['id']}/slots/{held.id}/take-over", body)


def tomorrow_at(world: World, hour: int, *, days: int = 1) -> datetime:
    day = world.now.astimezone(SHANGHAI).date() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def test_a_night_over_midnight_is_one_shift_and_is_told_by_the_schools_clock(school: World) -> None:
    starts, ends = tomorrow_at(school, 22), tomorrow_at(school, 6, days=2)
    shift = planned(school, starts_at=starts.isoformat(), ends_at=ends.isoformat())
    after_midnight = (ends - 4 * HOUR).astimezone(UTC)
    span = {"from": after_midnight.isoformat(), "until": (after_midnight + HOUR).isoformat()}
    assert [row["id"] for row in school.bob.client.get("rosters", **span).data["items"]] == [shift["id"]]
    begins, finishes = (f"{at.day} {at:%b} {at.year}, {at:%H:%M}" for at in (starts, ends))
    night_in_words = f"Night duty, Teaching building, {begins} to {finishes}"
    assert heard()["alice"] == [f"You are on duty: {night_in_words}. Entered by Cleo."]


def test_whoever_is_in_a_shift_hears_of_its_move_and_of_nothing_else(school: World) -> None:
    shift = planned(school)
    forget()
    path = f"rosters/{shift['id']}"
    moved = {"ends_at": (school.now + 10 * HOUR).isoformat()}
    assert send(school.cleo, "patch", path, moved, 1).status_code == 200
    told = heard()
    assert sorted(told) == ["alice", "vera"]
    assert told["vera"][0].startswith("Your duty has moved. Now: Night duty, Teaching building, ")
    assert "Before: " in told["vera"][0]
    assert told["vera"][0].endswith("Changed by Cleo.")
    assert send(school.cleo, "patch", path, moved, 2).status_code == 200
    assert heard() == told
    exchanged = {"slots": [slot(school.vera), slot(school.bob, "teacher")]}
    assert send(school.vera, "patch", path, exchanged, 3).status_code == 200
    told = heard()
    assert (told["alice"][-1][:25], told["bob"][0][:16]) == ("You are no longer on duty", "You are on duty:")
    assert len(told["vera"]) == 1
    assert send(school.cleo, "delete", path, match=4).status_code == 204
    told = heard()
    assert {name: rows[-1].split(":")[0] for name, rows in told.items() if name != "alice"} == {
        "vera": "Your duty does not take place",
        "bob": "Your duty does not take place",
    }


def test_a_swap_stays_when_its_shift_moves(school: World) -> None:
    shift = planned(school)
    assert swap(school.alice, shift, school.alice, school.bob).status_code == 200
    forget()
    path = f"rosters/{shift['id']}"
    moved = {"starts_at": (school.now + 2 * HOUR).isoformat(), "ends_at": (school.now + 10 * HOUR).isoformat()}
    answer = send(school.cleo, "patch", path, moved, 2)
    assert [row["person"]["name"] for row in answer.data["slots"]] == ["Vera", "Bob"]
    assert sorted(heard()) == ["bob", "vera"]
    assert [row["taken_by"]["name"] for row in answer.data["swaps"]] == ["Bob"]
    assert send(school.cleo, "patch", path, {"slots": [slot(school.vera)]}, 3).status_code == 200
    (recorded,) = school.cleo.client.get(path).data["swaps"]
    assert (recorded["slot"], recorded["given_by"]["name"]) == (None, "Alice")


@pytest.mark.parametrize(("taker", "held_by"), [("bob", "vera"), ("alice", "vera"), ("frank", "alice")])
def test_a_shift_is_taken_over_in_an_emergency_and_both_hear_of_it(school: World, taker: str, held_by: str) -> None:
    member_add(school, "frank", [(Role.REPORTER, "security", False)], site=school.home)
    shift = planned(school)
    forget()
    answer = take_over(school.members[taker], shift, school.members[held_by])
    assert (answer.status_code, version_of(answer)) == (200, 2), answer.data
    recorded = DutySwap.objects.get()
    assert (recorded.given_by, recorded.taken_by) == (school.members[held_by].person, school.members[taker].person)
    assert (recorded.is_emergency, recorded.note) == (True, "接不通电话")
    told = heard()
    assert sorted(told) == sorted([taker, held_by])
    name = taker.title()
    assert told[held_by][0].startswith(f"{name} has taken over a duty in an emergency, from now on: Night duty,")
    powers = OutboxMessage.objects.filter(topic="people.power_changed", payload__by=name)
    assert powers.count() == (2 if held_by == "vera" else 0)
    assert DutySlot.objects.filter(person=school.members[taker].person).count() == 1
    if held_by == "vera":
        DutyShift.objects.update(starts_at=school.now - HOUR)
        assert school.members[taker].actor.holds(Role.DUTY_LEADER)
        assert not school.members[held_by].actor.holds(Role.DUTY_LEADER)


def test_whoever_stepped_into_a_shift_does_not_come_to_lead_it_in_a_second_step(school: World) -> None:
    member_add(school, "frank", [(Role.REPORTER, "security", False)], site=school.home)
    shift = planned(school)
    assert take_over(school.frank, shift, school.alice).status_code == 200
    assert refusal(take_over(school.frank, shift, school.vera)) == (403, "not_for_leading")
    DutyShift.objects.update(starts_at=school.now - HOUR)
    assert not school.frank.actor.holds(Role.DUTY_LEADER)


def test_taking_over_is_refused_where_it_is_no_emergency_or_gives_too_much(school: World) -> None:
    member_add(school, "frank", [(Role.REPORTER, "security", False)], site=school.home)
    member_add(school, "gina", [(Role.OFFICE_HEAD, "health-room", False)], site=school.home)
    Absence.objects.create(
        person=school.gina.person, starts_at=school.now - HOUR, ends_at=school.now + timedelta(days=2)
    )
    shift = planned(school)
    held = DutySlot.objects.get(person=school.vera.person)
    path = f"rosters/{shift['id']}/slots/{held.id}/take-over"
    assert school.mallory.client.post(path, {"note": "x"}).status_code == 404
    refusals = [
        (take_over(school.frank, shift, school.vera), (403, "not_for_leading")),
        (take_over(school.gina, shift, school.vera), (409, "taker_absent")),
        (take_over(school.vera, shift, school.vera), (409, "taker_on_duty")),
        (take_over(school.vera, shift, school.alice), (409, "taker_on_duty")),
        (take_over(school.bob, shift, school.vera, note=" "), (400, "validation_error")),
    ]
    assert [refusal(answer) for answer, _expected in refusals] == [expected for _answer, expected in refusals]
    DutyShift.objects.update(starts_at=school.now + 13 * HOUR, ends_at=school.now + 20 * HOUR)
    assert refusal(take_over(school.bob, shift, school.vera)) == (409, "shift_not_near")
    DutyShift.objects.update(starts_at=school.now - 2 * HOUR, ends_at=school.now - HOUR)
    assert refusal(take_over(school.bob, shift, school.vera)) == (409, "shift_over")
    assert not DutySwap.objects.exists()


def leaves(person: Person, at: datetime) -> None:
    Appointment.objects.filter(person=person).update(ends_at=at)


def closes(person: Person, at: datetime) -> None:
    del at
    assert person.user is not None
    person.user.is_active = False
    person.user.save()


def is_away(person: Person, at: datetime) -> None:
    Absence.objects.create(person=person, starts_at=at, ends_at=at + timedelta(days=5))


def is_away_twice(person: Person, at: datetime) -> None:
    """Is away until an hour into the shift, and from then on for another reason: no single absence covers it."""
    begins = DutyShift.objects.get(slots__person=person).starts_at
    Absence.objects.create(person=person, starts_at=at, ends_at=begins + HOUR)
    assert not rosters_check(now=at)
    Absence.objects.create(person=person, starts_at=begins + HOUR, ends_at=begins + timedelta(days=5))


@pytest.mark.parametrize("how", [leaves, closes, is_away, is_away_twice])
def test_a_shift_in_which_nobody_serves_any_more_is_told_once(school: World, how: Any) -> None:
    shift = planned(school)
    gate = {"kind": "gate", "slots": [slot(school.alice, "teacher")]}
    planned(school, **gate)
    forget()
    assert rosters_check(now=school.now) == 0
    how(school.vera.person, school.now)
    check()
    assert rosters_check(now=school.now + HOUR) == 1
    told = heard()
    assert sorted(told) == ["cleo"]
    (sentence,) = told["cleo"]
    assert sentence.startswith("Nobody serves in a duty of the coming weeks: Night duty, Teaching building, ")
    listed = school.bob.client.get("rosters", unmanned="true").data["items"]
    assert [row["id"] for row in listed] == [shift["id"]]
    assert len(school.bob.client.get("rosters", unmanned="false").data["items"]) == 1
    exchanged = {"slots": [slot(school.dan)]}
    assert send(school.cleo, "patch", f"rosters/{shift['id']}", exchanged, 1).status_code == 200
    assert rosters_check(now=school.now) == 0
    DutySlot.objects.filter(shift_id=shift["id"]).delete()
    assert rosters_check(now=school.now) == 1
    assert len(heard()["cleo"]) == 2


def test_the_check_looks_four_weeks_ahead_and_tells_an_officer_of_the_bureaus_own(school: World) -> None:
    body = night(school, place=None, slots=[slot(school.olga)])
    assert school.olga.client.post("rosters", body).status_code == 201
    far = {"starts_at": school.now + timedelta(days=29), "ends_at": school.now + timedelta(days=29, hours=8)}
    planned(school, **{name: at.isoformat() for name, at in far.items()})
    DutySlot.objects.all().delete()
    forget()
    assert rosters_check(now=school.now) == 1
    assert sorted(heard()) == ["olga"]
    assert rosters_check(now=school.now + timedelta(days=2)) == 1
    assert sorted(heard()) == ["cleo", "olga"]


def test_the_administration_page_moves_a_shift_over_midnight_and_tells_its_people(
    school: World, signed_in: SignIn
) -> None:
    shift = planned(school)
    forget()
    starts, ends = tomorrow_at(school, 22), tomorrow_at(school, 6, days=2)
    rows = list(DutySlot.objects.filter(shift_id=shift["id"]).order_by("id"))
    form = {
        "kind": "night",
        "place": shift["place"]["id"],
        **{f"{name}_0": at.date().isoformat() for name, at in (("starts_at", starts), ("ends_at", ends))},
        **{f"{name}_1": f"{at:%H:%M}" for name, at in (("starts_at", starts), ("ends_at", ends))},
        "slots-TOTAL_FORMS": "2",
        "slots-INITIAL_FORMS": "2",
    }
    for number, row in enumerate(rows):
        values = {"id": row.id, "shift": shift["id"], "part": row.part, "person": row.person_id}
        form |= {f"slots-{number}-{name}": str(value) for name, value in values.items()}
    address = f"/admin/duty/dutyshift/{shift['id']}/change/"
    answer = signed_in(school.adam).post(address, form)
    assert answer.status_code == 302, answer.content.decode()
    stored = DutyShift.objects.get(id=shift["id"])
    assert (stored.starts_at, stored.ends_at, stored.version) == (starts, ends, 2)
    assert sorted(heard()) == ["alice", "vera"]

"""Whoever leads a shift is the duty leader while it lasts; one instant or many, the answer is the same."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from backend.accounts.services import user_create
from backend.common.clock import database_now
from backend.duty.models import DutyShift, DutySlot
from backend.duty.reach import PassedOver, Reached, Skip
from backend.duty.selectors import actor_get, directories_load, directory_load, roster_instants
from backend.duty.services import absence_add
from backend.organisation.models import ContactChannel, Person, School, Unit
from backend.organisation.roles import UNIT_ROLES, Role
from backend.organisation.services import person_link_account
from tests.organisation.conftest import SmallSchool

HOUR = timedelta(hours=1)


def shift_of(leader: Person, *, starts_at: datetime, ends_at: datetime, teacher: Person | None = None) -> DutyShift:
    """Put somebody in the lead of a night where they work."""
    shift = DutyShift.objects.create(
        school=leader.school, bureau=leader.bureau, kind="night", starts_at=starts_at, ends_at=ends_at
    )
    DutySlot.objects.create(shift=shift, part="leader", person=leader)
    if teacher:
        DutySlot.objects.create(shift=shift, part="teacher", person=teacher)
    return shift


@pytest.fixture
def cast(small_school: SmallSchool) -> dict[str, Person]:
    """Leo leads the shift of the next hour, Tess serves; Dora holds the post, Dex deputises, Vera is vice principal."""
    people = {name: small_school.person(name) for name in ("leo", "tess", "dora", "dex", "vera")}
    small_school.appoint(people["dora"], Role.DUTY_LEADER)
    small_school.appoint(people["dex"], Role.DUTY_LEADER, is_deputy=True)
    small_school.appoint(people["vera"], Role.VICE_PRINCIPAL)
    now = small_school.now
    shift_of(people["leo"], starts_at=now, ends_at=now + HOUR, teacher=people["tess"])
    return people


def leader_at(world: SmallSchool, at: datetime) -> Reached:
    directory = directory_load(school_ids=[world.school.id], now=at)
    return directory.reach(role=Role.DUTY_LEADER, school_id=world.school.id, unit_id=None)


def test_leader_of_the_shift_comes_before_the_post_from_its_beginning_to_its_end(
    small_school: SmallSchool, cast: dict[str, Person]
) -> None:
    now, tick = small_school.now, timedelta(microseconds=1)
    ContactChannel.objects.update(verified_at=now - HOUR)
    leo, dora = Reached((cast["leo"].id,), Role.DUTY_LEADER, ()), Reached((cast["dora"].id,), Role.DUTY_LEADER, ())
    assert leader_at(small_school, now - tick) == dora
    assert leader_at(small_school, now) == leo
    assert leader_at(small_school, now + HOUR - tick) == leo
    assert leader_at(small_school, now + HOUR) == dora


def test_absent_leader_is_passed_over_for_holder_then_deputy_then_above(
    small_school: SmallSchool, cast: dict[str, Person]
) -> None:
    now = small_school.now
    skips: list[Skip] = []
    for absent, next_in_turn, role in (
        ("leo", "dora", Role.DUTY_LEADER),
        ("dora", "dex", Role.DUTY_LEADER),
        ("dex", "vera", Role.VICE_PRINCIPAL),
    ):
        absence_add(person=cast[absent], starts_at=now, ends_at=now + HOUR)
        skips.append(Skip(Role.DUTY_LEADER, cast[absent].id, PassedOver.ABSENT))
        assert leader_at(small_school, now) == Reached((cast[next_in_turn].id,), role, tuple(skips))


def test_shift_with_a_leader_leaves_no_vacant_post(small_school: SmallSchool) -> None:
    leo, now = small_school.person("leo"), small_school.now
    assert leader_at(small_school, now).skips[0] == Skip(Role.DUTY_LEADER, None, PassedOver.VACANT)
    shift_of(leo, starts_at=now, ends_at=now + HOUR)
    assert leader_at(small_school, now) == Reached((leo.id,), Role.DUTY_LEADER, ())


def test_shift_of_the_bureau_gives_the_officer_on_duty(small_school: SmallSchool) -> None:
    fang, ye = (small_school.person(name, employer=small_school.school.bureau) for name in ("fang", "ye"))
    small_school.appoint(fang, Role.BUREAU_OFFICER)
    now = small_school.now
    shift_of(ye, starts_at=now, ends_at=now + HOUR)
    directories = directories_load(school_ids=[small_school.school.id], instants=[now, now + HOUR])
    found = [
        directory.reach(role=Role.PRINCIPAL, school_id=small_school.school.id, unit_id=None).people
        for directory in directories.values()
    ]
    assert found == [(ye.id,), (fang.id,)]


def test_leader_acts_as_duty_leader_while_the_shift_lasts_in_one_query(
    small_school: SmallSchool, cast: dict[str, Person], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for name, roles in (("leo", [Role.DUTY_LEADER]), ("tess", []), ("dora", [Role.DUTY_LEADER])):
        user = user_create(username=name, password=None)
        person_link_account(person=cast[name], user=user)
        with django_assert_num_queries(1):
            actor = actor_get(user_id=user.pk)
        assert actor is not None
        assert [(post.role, post.unit_id) for post in actor.posts] == [(role, None) for role in roles]
    DutyShift.objects.update(starts_at=small_school.now - HOUR, ends_at=small_school.now)
    gone = actor_get(user_id=Person.objects.get(name="leo").user_id or 0)
    assert gone is not None
    assert gone.posts == ()


def test_instants_are_every_border_within_the_span(small_school: SmallSchool, cast: dict[str, Person]) -> None:
    now = small_school.now
    absence_add(person=cast["vera"], starts_at=now + 2 * HOUR, ends_at=now + 9 * HOUR)
    found = roster_instants(school_id=small_school.school.id, since=now - HOUR, until=now + 4 * HOUR)
    assert found == [now - HOUR, now, now + HOUR, now + 2 * HOUR]


def everything(school: School, instants: list[datetime], *, in_bulk: bool) -> list[Reached]:
    """Ask every role in every unit at every instant."""
    if in_bulk:
        directories = directories_load(school_ids=[school.id], instants=instants)
    else:
        directories = {instant: directory_load(school_ids=[school.id], now=instant) for instant in instants}
    units: list[UUID] = list(Unit.objects.filter(school=school).values_list("id", flat=True))
    return [
        directories[instant].reach(role=role, school_id=school.id, unit_id=unit)
        for instant in instants
        for role in Role
        for unit in (units if role in UNIT_ROLES else [None])
    ]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(offsets=st.lists(st.integers(min_value=-1, max_value=9), min_size=1, max_size=4, unique=True))
def test_many_instants_at_once_answer_as_each_alone(
    small_school: SmallSchool, cast: dict[str, Person], offsets: list[int]
) -> None:
    now = small_school.now
    absence_add(person=cast["dora"], starts_at=now + 2 * HOUR, ends_at=now + 5 * HOUR)
    ContactChannel.objects.filter(person=cast["dex"]).update(verified_at=now + 4 * HOUR)
    instants = [now + offset * HOUR for offset in offsets]
    expected = everything(small_school.school, instants, in_bulk=False)
    assert everything(small_school.school, instants, in_bulk=True) == expected


def test_four_weeks_of_the_demo_take_three_queries_and_always_reach_a_leader(
    demo_schools: list[School], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now, school = database_now(), demo_schools[0]
    with django_assert_num_queries(3):
        instants = roster_instants(school_id=school.id, since=now, until=now + timedelta(days=28))
    assert len(instants) > 100
    with django_assert_num_queries(3):
        directories = directories_load(school_ids=[row.id for row in demo_schools], instants=instants)
    found = [row.reach(role=Role.DUTY_LEADER, school_id=school.id, unit_id=None) for row in directories.values()]
    assert all(reached.role is Role.DUTY_LEADER and not reached.skips for reached in found)
    assert len({reached.people for reached in found}) > 4
    assert directories_load(school_ids=[school.id], instants=[]) == {}

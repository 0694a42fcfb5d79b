"""Never nobody: holder, then deputy, then the role above, with the reason for everybody passed over."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from backend.common.clock import database_now
from backend.duty.reach import Directory, PassedOver, Reached, Skip
from backend.duty.selectors import directory_load
from backend.duty.services import absence_add
from backend.organisation.models import ContactChannel, Person, School, Unit
from backend.organisation.roles import UNIT_ROLES, Role
from backend.organisation.services import post_fill
from tests.organisation.conftest import SmallSchool


@pytest.fixture
def cast(small_school: SmallSchool) -> dict[str, Person]:
    """Bob heads the office with Ben as deputy; Vera is vice principal, Dan principal, Fang sits at the bureau."""
    people = {name: small_school.person(name) for name in ("bob", "ben", "vera", "dan")}
    people["fang"] = small_school.person("fang", employer=small_school.school.bureau)
    small_school.appoint(people["bob"], Role.OFFICE_HEAD, unit=small_school.office)
    small_school.appoint(people["ben"], Role.OFFICE_HEAD, unit=small_school.office, is_deputy=True)
    small_school.appoint(people["vera"], Role.VICE_PRINCIPAL)
    small_school.appoint(people["dan"], Role.PRINCIPAL)
    small_school.appoint(people["fang"], Role.BUREAU_OFFICER)
    return people


def reach(
    world: SmallSchool,
    role: Role,
    *,
    unit: Unit | None = None,
    excluding: Collection[UUID] = (),
    at: datetime | None = None,
) -> Reached:
    directory = directory_load(school_ids=[world.school.id], now=at or world.now)
    unit_id = (unit or world.office).id
    return directory.reach(role=role, school_id=world.school.id, unit_id=unit_id, excluding=excluding)


def test_holder_is_reached_first(small_school: SmallSchool, cast: dict[str, Person]) -> None:
    assert reach(small_school, Role.OFFICE_HEAD) == Reached((cast["bob"].id,), Role.OFFICE_HEAD, ())


def test_every_holder_of_a_role_is_reached(small_school: SmallSchool, cast: dict[str, Person]) -> None:
    guards = [small_school.person(name) for name in ("gu", "gao")]
    for guard in guards:
        small_school.appoint(guard, Role.HANDLER, unit=small_school.office)
    assert set(reach(small_school, Role.HANDLER).people) == {guard.id for guard in guards}


def test_deputy_stands_in_for_an_absent_holder(small_school: SmallSchool, cast: dict[str, Person]) -> None:
    now = small_school.now
    absence_add(person=cast["bob"], starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))
    found = reach(small_school, Role.OFFICE_HEAD)
    assert found.people == (cast["ben"].id,)
    assert found.skips == (Skip(Role.OFFICE_HEAD, cast["bob"].id, PassedOver.ABSENT),)
    assert reach(small_school, Role.OFFICE_HEAD, at=now + timedelta(hours=1)).people == (cast["bob"].id,)


def test_role_above_is_asked_when_holder_and_deputy_are_out(small_school: SmallSchool, cast: dict[str, Person]) -> None:
    ContactChannel.objects.filter(person=cast["bob"]).update(verified_at=None)
    found = reach(small_school, Role.OFFICE_HEAD, excluding={cast["ben"].id})
    assert (found.people, found.role) == ((cast["vera"].id,), Role.VICE_PRINCIPAL)
    assert found.skips == (
        Skip(Role.OFFICE_HEAD, cast["bob"].id, PassedOver.NO_CHANNEL),
        Skip(Role.OFFICE_HEAD, cast["ben"].id, PassedOver.EXCLUDED),
    )


def test_vacant_post_is_named_even_if_a_deputy_acts(small_school: SmallSchool, cast: dict[str, Person]) -> None:
    small_school.appoint(cast["ben"], Role.COORDINATOR, is_deputy=True)
    found = reach(small_school, Role.COORDINATOR)
    assert found == Reached((cast["ben"].id,), Role.COORDINATOR, (Skip(Role.COORDINATOR, None, PassedOver.VACANT),))


def test_chain_climbs_over_vacant_roles_to_the_bureau(small_school: SmallSchool, cast: dict[str, Person]) -> None:
    found = reach(small_school, Role.PROTECTION_LEAD, excluding={cast["dan"].id})
    assert (found.people, found.role) == ((cast["fang"].id,), Role.BUREAU_OFFICER)
    assert found.skips == (
        Skip(Role.PROTECTION_LEAD, None, PassedOver.VACANT),
        Skip(Role.PRINCIPAL, cast["dan"].id, PassedOver.EXCLUDED),
        Skip(Role.BOARD_CHAIR, None, PassedOver.VACANT),
    )


def test_nobody_at_all_is_said_with_every_reason(small_school: SmallSchool, cast: dict[str, Person]) -> None:
    found = reach(small_school, Role.OFFICE_HEAD, excluding={person.id for person in cast.values()})
    assert (found.people, found.role) == ((), None)
    assert {skip.person_id for skip in found.skips} == {*(person.id for person in cast.values()), None}


def test_post_counts_only_between_its_start_and_its_end(small_school: SmallSchool, cast: dict[str, Person]) -> None:
    now, day = small_school.now, timedelta(days=1)
    alice = small_school.person("alice")
    post_fill(person=alice, role=Role.HANDLER, unit=small_school.office, starts_at=now + day, ends_at=now + 2 * day)
    answers = [reach(small_school, Role.HANDLER, at=now + days * day).people for days in (0, 1, 2)]
    assert answers == [(cast["bob"].id,), (alice.id,), (cast["bob"].id,)]


def test_head_of_another_office_is_not_asked(small_school: SmallSchool, cast: dict[str, Person]) -> None:
    assert reach(small_school, Role.OFFICE_HEAD, unit=small_school.class_unit).people == (cast["vera"].id,)


def test_deputies_are_asked_without_their_holder(small_school: SmallSchool, cast: dict[str, Person]) -> None:
    directory = directory_load(school_ids=[small_school.school.id], now=small_school.now)

    def deputies(role: Role) -> Reached:
        return directory.deputies(role=role, school_id=small_school.school.id, unit_id=small_school.office.id)

    assert deputies(Role.OFFICE_HEAD).people == (cast["ben"].id,)
    assert deputies(Role.VICE_PRINCIPAL) == Reached(
        (cast["dan"].id,), Role.PRINCIPAL, (Skip(Role.VICE_PRINCIPAL, None, PassedOver.VACANT),)
    )
    assert deputies(Role.BUREAU_OFFICER).people == ()


def test_directory_takes_three_queries_for_any_number_of_schools(
    demo_schools: list[School], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = database_now()
    for schools in (demo_schools[:1], demo_schools):
        with django_assert_num_queries(3):
            directory = directory_load(school_ids=[school.id for school in schools], now=now)
            for school in schools:
                assert directory.reach(role=Role.PRINCIPAL, school_id=school.id, unit_id=None).people


def questions(school: School) -> Iterator[tuple[Role, Unit | None]]:
    units = list(Unit.objects.filter(school=school))
    for role in Role:
        yield from ((role, unit) for unit in (units if role in UNIT_ROLES else [None]))


def unanswered(directory: Directory, school: School, excluding: Collection[UUID]) -> list[tuple[Role, str]]:
    return [
        (role, unit.code if unit else "")
        for role, unit in questions(school)
        if not directory.reach(
            role=role, school_id=school.id, unit_id=unit.id if unit else None, excluding=excluding
        ).people
    ]


def test_every_role_of_the_demo_reaches_somebody_whoever_is_missing(demo_schools: list[School]) -> None:
    directory = directory_load(school_ids=[school.id for school in demo_schools], now=database_now())
    for school in demo_schools:
        assert unanswered(directory, school, ()) == []
        employed = Person.objects.filter(school=school) | Person.objects.filter(bureau=school.bureau_id)
        for person in employed:
            assert unanswered(directory, school, {person.id}) == [], person.name


def test_absent_handler_of_the_demo_is_passed_over(demo_schools: list[School]) -> None:
    school = demo_schools[0]
    office = Unit.objects.get(school=school, code="facilities")
    directory = directory_load(school_ids=[school.id], now=database_now())
    found = directory.reach(role=Role.HANDLER, school_id=school.id, unit_id=office.id)
    present, absent = Person.objects.get(name="朱大山"), Person.objects.get(name="胡建军")
    assert found.people == (present.id,)
    assert found.skips == (Skip(Role.HANDLER, absent.id, PassedOver.ABSENT),)

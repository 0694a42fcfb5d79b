"""The actor behind an account: the person, with the posts held at this instant."""

from datetime import timedelta

from pytest_django import DjangoAssertNumQueries

from backend.accounts.services import user_create
from backend.duty.selectors import actor_get
from backend.organisation.models import Person
from backend.organisation.roles import Role
from backend.organisation.services import person_link_account, post_fill
from tests.organisation.conftest import SmallSchool


def sign_up(person: Person) -> int:
    user = user_create(username=person.name, password=None)
    person_link_account(person=person, user=user)
    return user.pk


def test_actor_has_the_posts_held_now_in_one_query(
    small_school: SmallSchool, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    bob = small_school.person("bob")
    now, day = small_school.now, timedelta(days=1)
    small_school.appoint(bob, Role.OFFICE_HEAD, unit=small_school.office)
    small_school.appoint(bob, Role.PRINCIPAL, is_deputy=True)
    post_fill(person=bob, role=Role.HANDLER, unit=small_school.office, starts_at=now - 2 * day, ends_at=now - day)
    post_fill(person=bob, role=Role.COORDINATOR, starts_at=now + day)
    post_fill(person=bob, role=Role.DUTY_LEADER, starts_at=now - day, ends_at=now + day)
    user_id = sign_up(bob)
    with django_assert_num_queries(1):
        actor = actor_get(user_id=user_id)
    assert actor is not None
    assert {(post.role, post.unit_id) for post in actor.posts} == {
        (Role.OFFICE_HEAD, small_school.office.id),
        (Role.PRINCIPAL, None),
        (Role.DUTY_LEADER, None),
    }
    assert (actor.person_id, actor.school_id, actor.bureau_id) == (bob.id, small_school.school.id, None)
    assert actor.holds(Role.PRINCIPAL)
    assert not actor.holds(Role.COORDINATOR, Role.HANDLER)
    assert actor.units(Role.OFFICE_HEAD, Role.HANDLER) == {small_school.office.id}


def test_person_without_posts_is_an_actor_who_holds_none(small_school: SmallSchool) -> None:
    actor = actor_get(user_id=sign_up(small_school.person("alice")))
    assert actor is not None
    assert actor.posts == ()


def test_bureau_officer_belongs_to_the_bureau(small_school: SmallSchool) -> None:
    officer = small_school.person("fang", employer=small_school.school.bureau)
    small_school.appoint(officer, Role.BUREAU_OFFICER)
    actor = actor_get(user_id=sign_up(officer))
    assert actor is not None
    assert (actor.school_id, actor.bureau_id) == (None, small_school.school.bureau_id)
    assert [(post.role, post.unit_id) for post in actor.posts] == [(Role.BUREAU_OFFICER, None)]


def test_account_of_nobody_is_no_actor(small_school: SmallSchool) -> None:
    assert actor_get(user_id=user_create(username="stranger", password=None).pk) is None

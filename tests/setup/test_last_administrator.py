"""No door leaves a school without an administrator who can sign in, not even two doors at one instant."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from backend.accounts.models import User
from backend.common.clock import database_now
from backend.organisation.models import Appointment, PendingPower
from backend.organisation.roles import Role
from backend.organisation.services.accounts import account_unlink, sign_in_set
from backend.organisation.services.administrators import LastAdministrator
from backend.organisation.services.appointing import appointment_end, appointment_put, appointments_end, post_apply
from backend.setup.services.leaving import person_leave
from tests.administration.conftest import address, form_of
from tests.browser import SignIn
from tests.deadlines.conftest import at_once
from tests.world import Member, World, appoint, member_add

ROUNDS = 4


def administrator_add(world: World, name: str) -> Member:
    return member_add(world, name, [(Role.ADMINISTRATOR, None, False)], site=world.home)


def administrators(world: World) -> int:
    """Return how many administer the cast's school and can sign in."""
    held = Appointment.objects.filter(post__role=Role.ADMINISTRATOR, post__school=world.school, ends_at=None)
    return held.filter(person__user__is_active=True).count()


def letting_go(member: Member, other: Member) -> Callable[[], int]:
    return lambda: int(member.client.post(f"people/{other.person.id}/leaving", {}).status_code)


def test_two_who_let_each_other_leave_at_one_instant_do_not_both_succeed(committed_world: World) -> None:
    for number in range(ROUNDS):
        pair = [administrator_add(committed_world, f"{name}{number}") for name in ("ada", "abe")]
        answers = at_once(letting_go(pair[0], pair[1]), letting_go(pair[1], pair[0]))
        assert min(answers) == 200
        assert max(answers) in {401, 403, 409}
        assert administrators(committed_world) == 1
        Appointment.objects.filter(post__role=Role.ADMINISTRATOR).update(ends_at=database_now())


def test_one_who_was_let_go_meanwhile_lets_nobody_go(world: World) -> None:
    ada, abe = administrator_add(world, "ada"), administrator_add(world, "abe")
    as_she_was = ada.actor
    assert letting_go(abe, ada)() == 200
    with pytest.raises(LastAdministrator):
        person_leave(actor=as_she_was, person_id=abe.person.id, taker_id=None, now=database_now())


Door = Callable[[Member, Appointment, datetime], bool | None]


def _moved(ada: Member, held: Appointment, now: datetime) -> None:
    change = {"appointment": held.pk, "post": str(held.post_id), "is_deputy": False}
    times = {"starts_at": (now + timedelta(days=1)).isoformat(), "ends_at": None}
    post_apply(pending=PendingPower(person=ada.person, change=change | times), now=now)


DOORS: dict[str, Door] = {
    "a post ended": lambda ada, held, now: appointment_end(by=ada.actor, appointment=held, now=now),
    "posts ended by a list": lambda ada, held, now: appointments_end(by=ada.actor, appointments=[held], now=now),
    "an account closed": lambda ada, _held, now: sign_in_set(by=ada.actor, account=ada.user, is_open=False, now=now),
    "an account taken away": lambda ada, _held, now: account_unlink(by=ada.actor, person=ada.person, now=now),
    "a post moved by a second person's word": _moved,
}


@pytest.mark.parametrize("door", DOORS)
def test_every_door_keeps_the_last_one_and_lets_one_of_two_go(world: World, door: str) -> None:
    ada = administrator_add(world, "ada")
    held = Appointment.objects.select_related("post", "person").get(person=ada.person)
    newcomer = administrator_add(world, "nina")
    User.objects.filter(pk=newcomer.user.pk).update(is_active=False)
    with pytest.raises(LastAdministrator), transaction.atomic():
        DOORS[door](ada, held, database_now())
    User.objects.filter(pk=newcomer.user.pk).update(is_active=True)
    held.refresh_from_db()
    ada.user.refresh_from_db()
    DOORS[door](ada, held, database_now())
    assert administrators(world) == (2 if "moved" in door else 1)


def test_a_term_that_is_shortened_needs_a_successor_without_a_gap(world: World) -> None:
    ada, next_month = administrator_add(world, "ada"), world.now + timedelta(days=30)
    held = Appointment.objects.select_related("post", "person").get(person=ada.person)
    held.ends_at = next_month
    with pytest.raises(LastAdministrator), transaction.atomic():
        appointment_put(by=ada.actor, appointment=held, now=world.now)
    later = appoint(world.vera.person, Role.ADMINISTRATOR, None, next_month + timedelta(days=1))
    with pytest.raises(LastAdministrator), transaction.atomic():
        appointment_put(by=ada.actor, appointment=held, now=world.now)
    Appointment.objects.filter(pk=later.pk).update(starts_at=next_month)
    appointment_put(by=ada.actor, appointment=held, now=world.now)


def test_the_page_of_a_post_says_why_the_last_one_stays(world: World, signed_in: SignIn) -> None:
    ada = administrator_add(world, "ada")
    page, client = address("organisation.Person", ada.person), signed_in(ada)
    an_hour_ago = (world.now - timedelta(hours=1)).astimezone(ZoneInfo(world.school.time_zone))
    ending = {"appointments-0-ends_at_0": f"{an_hour_ago:%Y-%m-%d}", "appointments-0-ends_at_1": f"{an_hour_ago:%H:%M}"}
    answer = client.post(page, form_of(client, page, **ending), follow=True)
    assert "nobody could sign in as administrator" in answer.content.decode()
    assert administrators(world) == 1

"""Waits instead of locks: wrong passwords slow down their source, and never who signs in where they did before."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import translation

from backend.accounts.sign_in import WRONG_PASSWORDS
from backend.common.models import Tries
from backend.common.services import tries_purge
from backend.common.waits import Growth, wait_words
from tests.world import PASSWORD, World

HERE, SCHOOL, ELSEWHERE = "198.51.100.7", "203.0.113.9", "192.0.2.66"
CLOCKS = ("backend.accounts.api.database_now", "backend.portal.views.entry.database_now")


class Clock:
    """The time at the doors to sign in."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock(world: World, monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(world.now)
    for place in CLOCKS:
        monkeypatch.setattr(place, clock)
    return clock


@pytest.fixture(params=["page", "api"])
def door(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def enter(door: str, client: Client, password: str, *, source: str = HERE, username: str = "alice") -> Any:
    body = {"username": username, "password": password}
    if door == "page":
        return client.post("/sign-in", body, REMOTE_ADDR=source)
    return client.post("/api/v1/tokens", body, content_type="application/json", REMOTE_ADDR=source)


def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def statuses(door: str, count: int, **where: str) -> list[int]:
    return [enter(door, browser(), "wrong", **where).status_code for _try in range(count)]


WRONG, IN = {"page": 400, "api": 401}, {"page": 302, "api": 201}


def test_each_further_wrong_password_has_to_wait_longer(clock: Clock, door: str) -> None:
    assert statuses(door, 5) == [WRONG[door]] * 5
    waits = []
    for _round in range(10):
        early = enter(door, browser(), PASSWORD)
        assert early.status_code == 429
        waits.append(int(early["Retry-After"]))
        clock.wait(waits[-1] - 1)
        assert enter(door, browser(), "wrong").status_code == 429
        clock.wait(1)
        assert enter(door, browser(), "wrong").status_code == WRONG[door]
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]
    clock.wait(900)
    assert enter(door, browser(), PASSWORD).status_code == IN[door]
    assert statuses(door, 5) == [WRONG[door]] * 5


def test_tries_that_come_too_early_do_not_count(clock: Clock, door: str) -> None:
    statuses(door, 5)
    assert statuses(door, 40) == [429] * 40
    clock.wait(5)
    assert enter(door, browser(), PASSWORD).status_code == IN[door]


def test_another_source_and_another_name_are_not_slowed_down(clock: Clock, door: str) -> None:
    assert statuses(door, 9)[-1] == 429
    assert enter(door, browser(), PASSWORD, source=ELSEWHERE).status_code == IN[door]
    assert enter(door, browser(), PASSWORD, username="bob").status_code == IN[door]


def test_a_known_device_is_never_held_up_by_strangers(clock: Clock, door: str) -> None:
    """Everybody at the school comes from one address, the person on duty and whoever guesses too."""
    known = browser()
    assert enter(door, known, PASSWORD, source=SCHOOL).status_code == IN[door]
    known.cookies.pop("sessionid", None)
    assert statuses(door, 60, source=SCHOOL)[-1] == 429
    assert enter(door, browser(), PASSWORD, source=SCHOOL).status_code == 429
    assert enter(door, known, PASSWORD, source=SCHOOL).status_code == IN[door]


def test_a_known_device_has_waits_of_its_own(clock: Clock, door: str) -> None:
    known = browser()
    enter(door, known, PASSWORD)
    known.cookies.pop("sessionid", None)
    assert [enter(door, known, "wrong").status_code for _try in range(6)] == [WRONG[door]] * 5 + [429]


def test_a_device_is_known_for_its_own_people_alone_and_cannot_be_made_up(clock: Clock, door: str) -> None:
    of_bob = browser()
    assert enter(door, of_bob, PASSWORD, username="bob").status_code == IN[door]
    of_bob.cookies.pop("sessionid", None)
    statuses(door, 6)
    assert enter(door, of_bob, PASSWORD).status_code == 429
    forged = browser()
    forged.cookies["device"] = of_bob.cookies["device"].value + "x"
    assert enter(door, forged, PASSWORD).status_code == 429


def test_a_staff_rooms_device_knows_several(clock: Clock, door: str) -> None:
    shared = browser()
    for name in ("alice", "bob"):
        assert enter(door, shared, PASSWORD, username=name).status_code == IN[door]
        shared.cookies.pop("sessionid", None)
    statuses(door, 6)
    assert enter(door, shared, PASSWORD).status_code == IN[door]
    assert shared.cookies["device"]["httponly"]
    assert shared.cookies["device"]["samesite"] == "Lax"


@pytest.mark.parametrize(
    ("forwarded", "same"),
    [("192.0.2.1", True), ("198.51.100.77, 192.0.2.1", True), ("192.0.2.2", False)],
)
def test_behind_a_proxy_the_address_is_the_one_the_proxy_saw(clock: Clock, forwarded: str, same: bool) -> None:
    with override_settings(BEHIND_PROXY=True):
        for _try in range(5):
            browser().post("/sign-in", {"username": "alice", "password": "x"}, HTTP_X_FORWARDED_FOR="192.0.2.1")
        body = {"username": "alice", "password": PASSWORD}
        answer = browser().post("/sign-in", body, HTTP_X_FORWARDED_FOR=forwarded)
    assert (answer.status_code == 429) is same


def test_an_ipv6_subscriber_is_one_source(clock: Clock) -> None:
    for number in range(5):
        enter("page", browser(), "wrong", source=f"2001:db8:1:2::{number + 1}")
    assert enter("page", browser(), PASSWORD, source="2001:db8:1:2:ffff::1").status_code == 429
    assert enter("page", browser(), PASSWORD, source="2001:db8:1:3::1").status_code == 302


def test_who_has_a_whole_network_of_ipv6_has_no_tries_without_end(clock: Clock) -> None:
    for number in range(25):
        enter("page", browser(), "wrong", source=f"2001:db8:1:{number:x}::1")
    assert enter("page", browser(), PASSWORD, source="2001:db8:1:ffff::1").status_code == 429
    assert enter("page", browser(), PASSWORD, source="2001:db8:2::1").status_code == 302


@pytest.mark.parametrize("form", ["::ffff:198.51.100.7", "2002:c633:6407:9::1", "2001:0:1:2::39cc:9bf8"])
def test_the_forms_of_an_ipv4_address_in_ipv6_are_the_same_source(clock: Clock, form: str) -> None:
    statuses("page", 4)
    enter("page", browser(), "wrong", source=form)
    assert enter("page", browser(), PASSWORD).status_code == 429


def test_no_name_and_no_address_is_stored_and_old_tries_go(clock: Clock) -> None:
    statuses("page", 2)
    (row,) = Tries.objects.all()
    assert len(row.key) == 64
    assert "alice" not in row.key
    assert tries_purge(now=row.forget_at) == 0
    assert tries_purge(now=row.forget_at + timedelta(seconds=1)) == 1
    statuses("page", 4)
    clock.wait(WRONG_PASSWORDS.kept.total_seconds())
    assert statuses("page", 5) == [400] * 5


def test_a_wait_in_words() -> None:
    with translation.override("zh-hans"):
        assert [wait_words(seconds) for seconds in (1, 90, 121, 3600)] == ["1秒", "90秒", "3分钟", "60分钟"]
    growth = Growth("x", 1, timedelta(seconds=1), timedelta(hours=1), timedelta(days=1))
    assert growth.wait_after(10_000) == timedelta(hours=1)

"""Hashing is capped: strangers who type passwords all at once are refused, and leave room for who is known."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.contrib.auth.hashers import make_password
from django.db import connection, connections
from django.test import Client

from backend.accounts.hashing import LOCKS, MOST_WAITING, OF_STRANGERS
from backend.accounts.models import User
from backend.accounts.services import reset_token
from backend.common.models import Tries
from tests.conftest import process_environment
from tests.world import PASSWORD, World

HELD = """
SELECT count(*) FROM pg_locks JOIN pg_database AS here ON here.oid = pg_locks.database
WHERE here.datname = current_database() AND locktype = 'advisory' AND classid = %s AND granted
"""
REAL = ["backend.accounts.hashing.CappedArgon2PasswordHasher"]
MEBIBYTE = 1024
WRONG = "wrong"
AT_ONCE = 40


@contextmanager
def places_of_strangers_taken() -> Iterator[None]:
    """Hold the places of strangers among all processes, as other web processes would."""
    with psycopg.connect(process_environment()["DATABASE_URL"], autocommit=True) as other:
        for place in (0, 1):
            other.execute("SELECT pg_advisory_lock(%s, %s)", [LOCKS, place])
        yield


def page(client: Client, password: str = WRONG, username: str = "alice") -> Any:
    return client.post("/sign-in", {"username": username, "password": password})


def memory_now() -> int:
    """Return the resident memory of this process in MiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) // MEBIBYTE


def test_strangers_are_refused_while_others_hash_everywhere_and_who_is_known_gets_in(world: World) -> None:
    known = Client()
    assert page(known, PASSWORD).status_code == 302
    known.cookies.pop("sessionid")
    with places_of_strangers_taken():
        refused = page(Client(headers={"accept-language": "en"}))
        assert (refused.status_code, refused["Retry-After"]) == (429, "3")
        assert "Many people are signing in at this moment." in refused.content.decode()
        body = {"username": "alice", "password": PASSWORD}
        over_api = Client().post("/api/v1/tokens", body, content_type="application/json")
        assert (over_api.status_code, over_api.json()["code"]) == (429, "sign_in_busy")
        assert page(known, PASSWORD).status_code == 302
    assert page(Client(), PASSWORD).status_code == 302


def test_a_signed_in_person_changes_the_password_and_a_stranger_with_a_link_is_told(world: World) -> None:
    known, new = Client(headers={"accept-language": "en"}), "three-words-together"
    assert page(known, PASSWORD).status_code == 302
    token = reset_token(user=world.bob.user, asked_at=world.now)
    with places_of_strangers_taken():
        body = {"present": PASSWORD, "password": new, "again": new}
        assert known.post("/account/password", body).status_code == 302
        answer = Client(headers={"accept-language": "en"}).post("/password/new", {**body, "token": token})
        assert "Many people are signing in" in answer.content.decode()
    assert Client().post("/password/new", {**body, "token": token}).status_code == 302


def test_a_try_that_found_no_place_counts_for_nothing(world: World) -> None:
    with OF_STRANGERS.place():
        for _try in range(2):
            assert page(Client()).status_code == 429
    assert [row.count for row in Tries.objects.all()] == [0]


def test_every_place_is_given_back(world: World) -> None:
    for _try in range(4):
        page(Client())
    with connection.cursor() as cursor:
        cursor.execute(HELD, [LOCKS])
        assert cursor.fetchone() == (0,)


def test_forty_wrong_passwords_at_once_take_the_memory_of_one(committed_world: World, settings: Any) -> None:
    """With the real hash: 100 MiB and a third of a second each. Everybody gets an answer, most of them 429."""
    settings.PASSWORD_HASHERS = REAL
    User.objects.filter(username="alice").update(password=make_password(PASSWORD))
    start, most_held, most_memory = threading.Barrier(AT_ONCE), 0, 0
    before = memory_now()

    def guess(number: int) -> int:
        try:
            start.wait(30)
            return int(page(Client(), username=f"nobody{number}").status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        guesses = [crowd.submit(guess, number) for number in range(AT_ONCE)]
        with connection.cursor() as cursor:
            while not all(guess.done() for guess in guesses):
                cursor.execute(HELD, [LOCKS])
                most_held, most_memory = max(most_held, cursor.fetchone()[0]), max(most_memory, memory_now())
                time.sleep(0.005)
    answers = Counter(guess.result() for guess in guesses)
    assert set(answers) == {400, 429}
    assert answers[400] >= 1
    assert answers[429] >= AT_ONCE - 4 * (1 + MOST_WAITING)
    assert most_held == 1
    assert most_memory - before < 250, "one hash of 100 MiB, and the threads"
    assert page(Client(), PASSWORD).status_code == 302

"""The strains themselves: each goes on while others are asked, and notes what the strained requests were answered."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket

import httpx

from tools.prove.hour.colleagues import TOKEN
from tools.prove.hour.others import HOME, PATIENCE_SECONDS, SIGN_IN, Somebody
from tools.prove.standing_still import HALF_A_BODY, frozen_database, slow_clients

CLIENTS, GUESSERS, STORM = 80, 32, 40
BREATH_SECONDS = 1.0
HELD, CLOSED = "still held", "closed"
BODIES, SOCKETS, GUESSES, FROZEN = (
    f"{CLIENTS} half-sent bodies",
    f"{CLIENTS} silent sockets",
    f"{GUESSERS} wrong sign-ins at once",
    "database frozen",
)


@dataclass(frozen=True, slots=True)
class Target:
    """The installation that is strained: by which address, as whom others ask there, and where its state lies."""

    somebody: Somebody
    state: Path

    @property
    def base_url(self) -> str:
        """The address."""
        return self.somebody.base_url


Strain = Callable[[Target], AbstractContextManager["Counter[str]"]]


@contextmanager
def half_sent_bodies(target: Target) -> Iterator[Counter[str]]:
    """Hold eighty connections that sent half a body."""
    with held_by(target, HALF_A_BODY % b"/sign-in") as heard:
        yield heard


@contextmanager
def silent_sockets(target: Target) -> Iterator[Counter[str]]:
    """Hold eighty connections on which nobody says a word."""
    with held_by(target, b"") as heard:
        yield heard


@contextmanager
def held_by(target: Target, sends: bytes) -> Iterator[Counter[str]]:
    """Hold eighty connections that sent this much; note at the end what each has heard."""
    heard: Counter[str] = Counter()
    with slow_clients(target.base_url, CLIENTS, sends) as clients:
        yield heard
        heard.update(heard_by(client) for client in clients)


def heard_by(client: socket) -> str:
    """Return the status that a client was answered, or what became of its connection."""
    client.setblocking(False)
    try:
        said = client.recv(4096)
    except BlockingIOError:
        return HELD
    except ConnectionError:
        return CLOSED
    return said.split()[1].decode() if said else CLOSED


@contextmanager
def wrong_sign_ins(target: Target) -> Iterator[Counter[str]]:
    """Let thirty-two strangers guess at once, again and again: half of them at the page, half at the API."""
    over = threading.Event()
    answers: Counter[str] = Counter()
    with httpx.Client(base_url=target.base_url, timeout=PATIENCE_SECONDS) as client:
        token = TOKEN.findall(client.get(SIGN_IN).text)[0]

        def guess_on(guesser: int) -> Counter[str]:
            answered: Counter[str] = Counter()
            while not over.is_set():
                guessed = {"username": f"n{guesser}-{answered.total()}", "password": "not that one either"}
                answered[_guess(client, guessed, token if guesser % 2 else "")] += 1
                over.wait(BREATH_SECONDS)
            return answered

        with ThreadPoolExecutor(GUESSERS) as pool:
            guessing = [pool.submit(guess_on, guesser) for guesser in range(GUESSERS)]
            try:
                yield answers
            finally:
                over.set()
            for guesser in guessing:
                answers.update(guesser.result())


def _guess(client: httpx.Client, guessed: dict[str, str], token: str) -> str:
    """Guess at the page where its token is given, or else at the API; return the status."""
    try:
        if token:
            return str(client.post(SIGN_IN, data={**guessed, "csrfmiddlewaretoken": token}).status_code)
        return str(client.post("/api/v1/tokens", json=guessed).status_code)
    except httpx.TransportError:
        return CLOSED


@contextmanager
def stopped_database(target: Target) -> Iterator[Counter[str]]:
    """Stop the database while forty more people open their home page, again and again."""
    over = threading.Event()
    answers: Counter[str] = Counter()

    def open_on() -> Counter[str]:
        answered: Counter[str] = Counter()
        with httpx.Client(timeout=PATIENCE_SECONDS) as client:
            while not over.is_set():
                answered[str(target.somebody.ask(client, HOME).status)] += 1
                over.wait(BREATH_SECONDS)
        return answered

    with ThreadPoolExecutor(STORM) as pool, frozen_database(target.state):
        opening = [pool.submit(open_on) for _person in range(STORM)]
        try:
            yield answers
        finally:
            over.set()
        for person in opening:
            answers.update(person.result())


STRAINS: dict[str, Strain] = {
    BODIES: half_sent_bodies,
    SOCKETS: silent_sockets,
    GUESSES: wrong_sign_ins,
    FROZEN: stopped_database,
}

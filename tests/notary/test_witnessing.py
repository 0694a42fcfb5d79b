"""A witness cosigns what goes on from what it cosigned before, and nothing else."""

import base64
import hashlib
import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backend.notary.folder import KEY, KeyRefused
from backend.notary.management.commands import witness_serve
from backend.notary.management.commands.witness_serve import WitnessServer, witness_server
from backend.notary.notes import Checkpoint, SignerKey, VerifierKey, note_signers
from tests.notary.test_tree import LEAVES, Kept

LOG = SignerKey.made("school.example/ledger")


class Log(Kept):
    """A log of seven leaves and what it asks of a witness."""

    def __init__(self) -> None:
        super().__init__()
        self.extend(LEAVES[:7])

    def note(self, size: int) -> str:
        return LOG.note(Checkpoint(LOG.name, size, self.tree(size).root()).text())

    def request(self, old: int, size: int) -> str:
        proof = [base64.b64encode(one).decode() for one in self.tree(size).consistency(old)]
        return "\n".join([f"old {old}", *proof, "", self.note(size)])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WitnessServer]:
    """Run a witness on a free port."""
    made = witness_server(
        folder=tmp_path / "witness", logs=[str(LOG.verifier())], name="bureau.example/w1", address=("127.0.0.1", 0)
    )
    with made:
        thread = Thread(target=made.serve_forever, args=(0.05,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def ask(server: WitnessServer, body: str | bytes | None, path: str = "/add-checkpoint") -> tuple[int, str, str]:
    """Send a request; return status, text and type of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
    connection.request("GET" if body is None else "POST", path, body.encode() if isinstance(body, str) else body)
    answer = connection.getresponse()
    said = (answer.status, answer.read().decode(), answer.headers["Content-Type"])
    connection.close()
    return said


def test_it_cosigns_a_tree_that_goes_on(server: WitnessServer, tmp_path: Path) -> None:
    log, key = Log(), VerifierKey.read(server.witness.key)
    latest = f"/{hashlib.sha256(LOG.name.encode()).hexdigest()}/checkpoint"
    assert ask(server, None, latest)[0] == 404
    for old, size in ((0, 3), (3, 3), (3, 7)):
        status, line, _kind = ask(server, log.request(old, size))
        assert status == 200
        note = log.note(size)
        signature = note_signers(note=note + line, keys=(key,))[key]
        assert int.from_bytes(signature[:8], "big") > 1_700_000_000
        assert ask(server, None, latest)[1] == note + line
    assert ask(server, log.request(3, 7)) == (409, "7\n", "text/x.tlog.size")
    assert ask(server, log.request(0, 3)) == (409, "7\n", "text/x.tlog.size")
    assert (tmp_path / "witness" / KEY).stat().st_mode & 0o777 == 0o600


def test_it_cosigns_nothing_else(server: WitnessServer) -> None:
    log, other = Log(), Log()
    other.hashes, other.tiles = [], {}
    other.extend([b"other", *LEAVES[1:7]])
    assert ask(server, log.request(0, 3))[0] == 200
    stranger = SignerKey.made("elsewhere.example/ledger")
    unknown = stranger.note(Checkpoint(stranger.name, 3, log.tree(3).root()).text())
    forged = SignerKey.made(LOG.name).note(Checkpoint(LOG.name, 7, log.tree(7).root()).text())
    request = log.request(3, 7)
    wrong: dict[int, list[Any]] = {
        404: [f"old 0\n\n{unknown}"],
        403: [f"old 3\n\n{forged}", request.replace("\n7\n", "\n6\n")],
        400: [request.replace("old 3", "old 8"), request.replace("old 3", "old 03"), "nothing", b"\xff", "x" * 70_000],
        422: [other.request(3, 7), other.request(3, 3), f"old 3\n\n{log.note(7)}"],
    }
    for status, requests in wrong.items():
        for one in requests:
            assert ask(server, one)[0] == status, (status, one)
    assert ask(server, "x", "/elsewhere")[0] == ask(server, None, "/elsewhere")[0] == 404
    assert ask(server, request)[0] == 200  # nothing of all that was remembered


def test_it_remembers_over_a_restart_and_needs_a_name_once(server: WitnessServer, tmp_path: Path) -> None:
    log = Log()
    assert ask(server, log.request(0, 3))[0] == 200
    again = {"logs": [str(LOG.verifier())], "name": None, "address": ("127.0.0.1", 0)}
    with witness_server(folder=tmp_path / "witness", **again) as anew:  # type: ignore[arg-type]
        assert anew.witness.key == server.witness.key
        assert anew.witness.add_checkpoint(request=log.request(0, 7), seconds=1).status == 409
        assert anew.witness.add_checkpoint(request=log.request(3, 7), seconds=1).status == 200
    with pytest.raises(KeyRefused):
        witness_server(folder=tmp_path / "new", **again)  # type: ignore[arg-type]
    with pytest.raises(CommandError):
        call_command("witness_serve", folder=tmp_path / "new", log=["no key"], name="x")


def test_a_conversation_ends_however_slowly_the_other_side_sends(
    server: WitnessServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is told to hang up at once; whoever says something every now and then would else hold it for ever."""
    monkeypatch.setattr(witness_serve, "SECONDS", 0.1)
    with socket.create_connection(("127.0.0.1", server.server_port)) as slow:
        slow.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 60000\r\n\r\n")
        with suppress(OSError):  # it may be gone while it is written to
            for _byte in range(1000):
                slow.sendall(b"x")
                slow.settimeout(0.05)
                with suppress(TimeoutError):
                    assert not slow.recv(1), "it hung up without a word"
                    return
    pytest.fail("the conversation went on")


def test_no_more_than_so_many_talk_at_once(server: WitnessServer, monkeypatch: pytest.MonkeyPatch) -> None:
    full = threading.BoundedSemaphore(1)
    full.acquire()
    monkeypatch.setattr(server, "_room", full)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        ask(server, None)
    full.release()
    assert ask(server, None)[0] == 404

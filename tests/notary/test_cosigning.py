"""Witnesses see every tree that is signed; one that was rewritten with everything here they do not cosign."""

import base64
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from backend.notary.folder import LAST
from backend.notary.management.commands.witness_serve import WitnessServer, witness_server
from backend.notary.models import Cosignature, SignedCheckpoint
from backend.notary.notes import SignerKey, VerifierKey, note_signers
from backend.notary.services.cosigning import cosignatures_ask
from backend.notary.witnessing import Answer
from tests.notary.conftest import look
from tests.notary.test_notary import key_line, verify
from tests.notary.test_receipts import filed
from tests.roles import as_owner
from tests.workflow.steps import file_ticket
from tests.world import World
from tools.verify_receipt import main


@pytest.fixture
def witness(folder: Path, tmp_path: Path, world: World, settings: Any) -> Iterator[WitnessServer]:
    """Run a witness of the log that a first report began."""
    with pytest.raises(CommandError, match="names no witness"):
        call_command("witness_ask")
    file_ticket(world)
    look()
    kept = tmp_path / "witness"
    with witness_server(folder=kept, logs=[key_line()], name="bureau.example/w1", address=("127.0.0.1", 0)) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        settings.WITNESSES = [(f"http://127.0.0.1:{server.server_port}", server.witness.key)]
        yield server
        server.shutdown()
        thread.join()


def test_witnesses_cosign_what_goes_on(
    world: World, witness: WitnessServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cosignatures_ask() == {}
    report, _ticket = filed(world)
    for _look in range(2):
        look()
        call_command("witness_ask", stdout=StringIO())
        file_ticket(world)
    assert list(Cosignature.objects.order_by("id").values_list("checkpoint__size", flat=True)) == [2, 4, 6]
    assert cosignatures_ask() == {}  # nothing new is signed, and nobody is asked
    assert "bureau.example/w1 has seen 6 of the leaves." in verify()
    look()
    receipt = tmp_path / "receipt"
    receipt.write_bytes(world.alice.client.get(f"reports/{report}/proof").content)
    assert main([str(receipt), "--log", key_line(), "--witness", witness.witness.key]) == 0
    assert "Seen by bureau.example/w1, " in capsys.readouterr().out


def test_witnesses_do_not_cosign_what_was_rewritten_with_everything_here(
    world: World, folder: Path, witness: WitnessServer, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    savepoint = transaction.savepoint()
    file_ticket(world)
    look()
    assert cosignatures_ask() == {}
    transaction.savepoint_rollback(savepoint)
    (folder / LAST).unlink()
    for _report in range(2):
        file_ticket(world)
        look()
    [(address, key)] = settings.WITNESSES
    assert list(cosignatures_ask()) == [address]
    assert "it answered 422" in caplog.text
    settings.WITNESSES = [("http://127.0.0.1:1", key)]
    with pytest.raises(CommandError, match="1 of 1 witnesses did not cosign"):  # it is away, and asked the next time
        call_command("witness_ask", stderr=StringIO())


class NoWitness(BaseHTTPRequestHandler):
    """Whatever answers at an address where a witness was."""

    def do_POST(self) -> None:
        """Say that it saw more leaves than can be counted."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(409)
        self.end_headers()
        self.wfile.write(b"9" * 100_000)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's own name
        """Write no line for each request."""


def test_an_answer_of_any_kind_keeps_no_other_witness_from_being_asked(
    world: World, witness: WitnessServer, settings: Any
) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), NoWitness) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        settings.WITNESSES = [(address, str(SignerKey.made("other.example/w1").verifier())), *settings.WITNESSES]
        try:
            wrong = cosignatures_ask()
        finally:
            server.shutdown()
            thread.join()
    assert list(wrong) == [address]
    assert len(wrong[address]) < 300, "of what it answers no more than the beginning is read"
    assert Cosignature.objects.get().key == witness.witness.key


def test_a_forged_cosignature_is_found(world: World, folder: Path, settings: Any, tmp_path: Path) -> None:
    file_ticket(world)
    look()
    with witness_server(
        folder=tmp_path / "w", logs=[key_line()], name="bureau.example/w1", address=("127.0.0.1", 0)
    ) as server:
        settings.WITNESSES = [("http://127.0.0.1:1", server.witness.key)]
        signed = SignedCheckpoint.objects.get()
        answer = server.witness.add_checkpoint(request=f"old 0\n\n{signed.note}", seconds=5)
        name, encoded = answer.text.strip().rsplit(" ", 1)
        raw = bytearray(base64.b64decode(encoded))
        raw[-1] ^= 1
        wrong = f"{name} {base64.b64encode(raw).decode()}\n"
    with as_owner():
        Cosignature.objects.create(checkpoint=signed, key=server.witness.key, line=wrong, seen_at=signed.signed_at)
    with pytest.raises(CommandError, match=r"the signature of bureau\.example/w1 is wrong"):
        verify()


def test_what_is_kept_is_the_line_that_was_verified(
    world: World, witness: WitnessServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it the witness's answer has a line of another key of the same name, which nobody here can verify."""
    cosigned = witness.witness.add_checkpoint

    def with_another(*, request: str, seconds: int) -> Answer:
        answer = cosigned(request=request, seconds=seconds)
        other = SignerKey.made("bureau.example/w1").cosignature(text="", seconds=seconds)
        return Answer(answer.status, other + answer.text)

    monkeypatch.setattr(witness.witness, "add_checkpoint", with_another)
    assert cosignatures_ask() == {}
    kept, key = Cosignature.objects.select_related("checkpoint").get(), VerifierKey.read(witness.witness.key)
    assert key in note_signers(note=kept.checkpoint.note + kept.line, keys=(key,))
    assert "has seen 2 of the leaves." in verify()

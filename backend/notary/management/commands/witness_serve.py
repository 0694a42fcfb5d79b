"""A witness: a small server that cosigns other logs' checkpoints, on any machine that can keep a folder."""

import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.notary.folder import KeyRefused, key_make, key_read
from backend.notary.notes import NoteRefused, VerifierKey
from backend.notary.witnessing import LONGEST_REQUEST, Answer, Witness

SECONDS = 10.0
"""The longest that one conversation lasts."""
AT_ONCE = 32
"""The most conversations at a time; who comes beside them comes again."""


class WitnessServer(ThreadingHTTPServer):
    """Speaks C2SP tlog-witness for one witness, with a few at once; each is hung up on after ten seconds."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        """Listen at an address."""
        self.witness = witness
        self._room = threading.BoundedSemaphore(AT_ONCE)
        super().__init__(address, WitnessHandler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Begin a conversation, if there is room for one."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Hold the conversation, which ends in time however slowly the other side sends."""
        end = threading.Timer(SECONDS, self._hang_up, [request])
        end.daemon = True
        end.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            end.cancel()
            self._room.release()

    @staticmethod
    def _hang_up(request: socket.socket) -> None:
        with suppress(OSError):
            request.shutdown(socket.SHUT_RDWR)


class WitnessHandler(BaseHTTPRequestHandler):
    """One request to the witness."""

    server: WitnessServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take a checkpoint to be cosigned."""
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self._say(Answer(404, "There is nothing here.\n"))
        elif not length.isdigit() or int(length) > LONGEST_REQUEST:
            self._say(Answer(400, "The request is too long, or does not say how long it is.\n"))
        else:
            self._take(int(length))

    def do_GET(self) -> None:
        """Give what was cosigned last for a log."""
        origin_hash, _slash, rest = self.path.removeprefix("/").partition("/")
        is_known = rest == "checkpoint"
        self._say(self.server.witness.checkpoint(origin_hash) if is_known else Answer(404, "There is nothing here.\n"))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's own name
        """Write no line for each request."""

    def _take(self, length: int) -> None:
        request = self.rfile.read(length)
        if len(request) == length:
            self._say(self._cosigned(request))
        else:
            self.close_connection = True  # it was hung up on, or did so

    def _cosigned(self, request: bytes) -> Answer:
        try:
            text = request.decode()
        except UnicodeDecodeError:
            return Answer(400, "The request is no text.\n")
        return self.server.witness.add_checkpoint(request=text, seconds=int(time.time()))

    def _say(self, answer: Answer) -> None:
        body = answer.text.encode()
        self.close_connection = True
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


class Command(BaseCommand):
    """Needs no database: a folder with its key and the last checkpoint of each log, and the keys of these logs."""

    help = "Run a witness of other schools' ledgers (C2SP tlog-witness). It prints its own public key."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder, the logs, the name of the witness and where it listens."""
        parser.add_argument("--folder", type=Path, required=True, help="folder of its key and of what it cosigned")
        parser.add_argument("--log", action="append", required=True, help="public key of a log: notary_key prints it")
        parser.add_argument("--name", help="name of the witness, for the first start")
        parser.add_argument("--listen", default="127.0.0.1:8100", metavar="HOST:PORT")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Serve until it is stopped."""
        host, _colon, port = options["listen"].rpartition(":")
        try:
            server = witness_server(
                folder=options["folder"], logs=options["log"], name=options["name"], address=(host, int(port))
            )
        except (KeyRefused, NoteRefused, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(server.witness.key)
        self.stdout.flush()
        with server:
            server.serve_forever()


def witness_server(*, folder: Path, logs: list[str], name: str | None, address: tuple[str, int]) -> WitnessServer:
    """Return a server that is not started yet; raise KeyRefused where it has no key and no name to make one under."""
    signer = key_read(folder)
    if signer is None:
        if not name:
            raise KeyRefused(f"There is no key in {folder} yet: give the witness a --name.")
        signer = key_make(folder, name)
    known = {key.name: key for key in map(VerifierKey.read, logs)}
    return WitnessServer(address, Witness(signer=signer, logs=known, folder=folder))

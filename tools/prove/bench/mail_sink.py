"""A mail server that takes everything and keeps nothing: `python -m tools.prove.bench.mail_sink PORT`."""

import socketserver
import sys


class Conversation(socketserver.StreamRequestHandler):
    """One conversation of SMTP."""

    def handle(self) -> None:
        """Greet, take mails until QUIT."""
        self._say("220 ready")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self._say("354 go on")
                while self.rfile.readline() not in {b".\r\n", b""}:
                    pass
            self._say("221 bye" if verb == b"QUIT" else "250 ok")
            if verb == b"QUIT":
                return

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class Sink(socketserver.ThreadingTCPServer):
    """A thread for each conversation."""

    daemon_threads = True
    allow_reuse_address = True


if __name__ == "__main__":
    Sink(("127.0.0.1", int(sys.argv[1])), Conversation).serve_forever()

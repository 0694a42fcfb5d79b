"""Two doors of one portal: plain HTTP for people at this machine, TLS for the programs that send it something."""

import ssl
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from demo.portal.folder import folder, school

HOST = "127.0.0.1"
CERTIFICATE, KEY = "portal.pem", "portal.key"


class Server(ThreadingMixIn, WSGIServer):
    """Answers several at once."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Logs nothing, and leaves whoever sends nothing alone in their thread."""

    timeout = 30

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - given by the library
        """Say nothing."""


def serve(application: Any) -> None:
    """Listen on both ports that the school names, until the process is ended."""
    ports = school()["ports"]
    people, programs = (Server((HOST, ports[name]), Quiet) for name in ("people", "programs"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder() / CERTIFICATE, folder() / KEY)
    # Greeted in the thread of each: a peer that connects and is silent would keep all others out.
    programs.socket = context.wrap_socket(programs.socket, server_side=True, do_handshake_on_connect=False)
    for server in (people, programs):
        server.set_app(application)
    Thread(target=programs.serve_forever, daemon=True).start()
    people.serve_forever()

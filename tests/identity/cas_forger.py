"""A CAS server in a thread that answers with whatever a test wants."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.identity.provider import query_of

NAMESPACE = "http://www.yale.edu/tp/cas"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"


def answer(inside: str, namespace: str = NAMESPACE) -> bytes:
    """Return an answer to a question about a ticket."""
    return f'<c:serviceResponse xmlns:c="{namespace}">{inside}</c:serviceResponse>'.encode()


def success(user: str = "alice", more: str = "", namespace: str = NAMESPACE) -> bytes:
    """Return the answer that a ticket is good."""
    inside = f"<c:authenticationSuccess><c:user>{user}</c:user>{more}</c:authenticationSuccess>"
    return answer(inside, namespace)


def number(*values: str) -> str:
    """Return attributes that tell a staff number."""
    told = "".join(f"<c:employeeNumber>{value}</c:employeeNumber>" for value in values)
    return f"<c:attributes>{told}</c:attributes>"


def logout_request(ticket: str, namespace: str = PROTOCOL, before: str = "") -> str:
    """Return the word that the session of a ticket ended."""
    return (
        f'{before}<s:LogoutRequest xmlns:s="{namespace}" ID="_1" Version="2.0" IssueInstant="2026-01-01T00:00:00Z">'
        f"<s:SessionIndex>{ticket}</s:SessionIndex></s:LogoutRequest>"
    )


@dataclass
class CasForger:
    """Its address, what it answers, and what it was asked."""

    port: int = 0
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    knows_version_3: bool = True
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/cas"


class Handler(BaseHTTPRequestHandler):
    """Answers every question alike."""

    def do_GET(self) -> None:
        """Answer."""
        forger: CasForger = self.server.forger  # type: ignore[attr-defined]
        path = urlsplit(self.path).path.removeprefix("/cas")
        forger.asked.append((path, query_of(self.path)))
        is_known = forger.knows_version_3 or path == "/serviceValidate"
        self.send_response(forger.status if is_known else 404)
        for name, value in {**forger.headers, "Content-Length": str(len(forger.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(forger.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - given by the library
        """Say nothing."""


@contextmanager
def cas_forger_started() -> Iterator[CasForger]:
    """Start one on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    forger = CasForger(server.server_address[1])
    server.forger = forger  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield forger
    server.shutdown()
    server.server_close()

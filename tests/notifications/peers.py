"""The other side, for real: a mail server, and a TLS server that plays robots and hooks."""

import base64
import hashlib
import hmac
import json
import socketserver
import ssl
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROBOT_HOSTS = ("qyapi.weixin.qq.com", "oapi.dingtalk.com", "open.feishu.cn")


@dataclass
class MailServer:
    """A small SMTP server; it refuses an address for good or for now where told to."""

    port: int = 0
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)

    def to(self, name: str) -> list[EmailMessage]:
        """Return the mails one address has."""
        return [mail for address, mail in self.mails if address == f"{name}@school.example"]


class MailHandler(socketserver.StreamRequestHandler):
    """One conversation of SMTP."""

    def handle(self) -> None:
        """Greet, take mails until QUIT."""
        office: MailServer = self.server.office  # type: ignore[attr-defined]
        self.say("220 ready")
        wanted: list[str] = []
        while line := self.rfile.readline().decode().strip():
            verb = line.upper()
            if verb.startswith("RCPT"):
                address = line.partition("<")[2].partition(">")[0]
                answer = office.refuse.get(address, "250 ok")
                wanted += [address] if answer.startswith("250") else []
                self.say(answer)
            elif verb == "DATA":
                self.say("354 go on")
                mail = message_from_bytes(self.data(), policy=policy.default)
                office.mails += [(address, mail) for address in wanted]
                wanted = []
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def say(self, text: str) -> None:
        """Answer with a line."""
        self.wfile.write(f"{text}\r\n".encode())

    def data(self) -> bytes:
        """Read until the line with a dot."""
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)


class Threads(socketserver.ThreadingTCPServer):
    """A server with a thread for each conversation."""

    daemon_threads = True
    allow_reuse_address = True


def serve(server: socketserver.BaseServer) -> None:
    """Serve in a thread that hears at once when it shall end; by default it looks only every half second."""
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()


def mail_server() -> tuple[MailServer, Threads]:
    """Start a mail server on a free port."""
    server = Threads(("127.0.0.1", 0), MailHandler)
    office = MailServer(server.server_address[1])
    server.office = office  # type: ignore[attr-defined]
    serve(server)
    return office, server


@dataclass
class Posted:
    """One document that arrived."""

    host: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        """The document in the body."""
        return json.loads(self.body)


@dataclass
class RobotHost:
    """A TLS server that is every robot's host when asked as a proxy, and a hook when asked directly."""

    port: int = 0
    posts: list[Posted] = field(default_factory=list)
    answers: dict[str, tuple[int, dict[str, Any] | bytes]] = field(default_factory=dict)
    """By host: the status and the document; without one the host takes everything."""
    secrets: dict[str, str] = field(default_factory=dict)
    """By host: the secret with which messages have to be signed."""
    keywords: dict[str, str] = field(default_factory=dict)
    """By host: a word that every message has to hold."""
    dripping: set[str] = field(default_factory=set)
    """The part of an answer (`header`, `body`) that hosts send a byte at a time, for a minute."""

    def refusal(self, posted: "Posted") -> dict[str, Any] | None:
        """Return how the host refuses a message, in its documented words; None where it takes it."""
        if posted.host in self.secrets and not SIGNED[posted.host](posted, self.secrets[posted.host]):
            return REFUSED_SIGNATURE[posted.host]
        if self.keywords.get(posted.host, "") not in str(posted.document):
            return REFUSED_KEYWORD[posted.host]
        return None


def _keyed(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


def dingtalk_signed(posted: Posted, secret: str) -> bool:
    """Check as DingTalk documents: milliseconds and secret under the secret, in the query, not older than an hour."""
    timestamp, sign = (posted.query.get(name, ["0"])[0] for name in ("timestamp", "sign"))
    is_young = abs(time.time() * 1000 - int(timestamp)) < HOUR * 1000
    return is_young and hmac.compare_digest(sign, _keyed(secret, f"{timestamp}\n{secret}"))


def feishu_signed(posted: Posted, secret: str) -> bool:
    """Check as Feishu documents: nothing under the seconds and the secret, in the document, not older than an hour."""
    timestamp, sign = (str(posted.document.get(name, "0")) for name in ("timestamp", "sign"))
    is_young = abs(time.time() - int(timestamp)) < HOUR
    return is_young and hmac.compare_digest(sign, _keyed(f"{timestamp}\n{secret}", ""))


HOUR = 3600
SIGNED = {"oapi.dingtalk.com": dingtalk_signed, "open.feishu.cn": feishu_signed}
REFUSED_SIGNATURE: dict[str, dict[str, Any]] = {
    "oapi.dingtalk.com": {"errcode": 310000, "errmsg": "sign not match"},
    "open.feishu.cn": {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"},
}
REFUSED_KEYWORD: dict[str, dict[str, Any]] = {
    "oapi.dingtalk.com": {"errcode": 310000, "errmsg": "keywords not in content"},
    "open.feishu.cn": {"code": 19024, "msg": "Key Words Not Found"},
    "qyapi.weixin.qq.com": {"errcode": 300005, "errmsg": "keywords not in content"},
}


class RobotHandler(BaseHTTPRequestHandler):
    """Tunnels that end here, and the documents posted through them."""

    def do_CONNECT(self) -> None:
        """Play the host that was asked for."""
        self.send_response(200)
        self.end_headers()
        context: ssl.SSLContext = self.server.context  # type: ignore[attr-defined]
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.handle_one_request()
        self.connection.close()
        self.close_connection = True

    def do_POST(self) -> None:
        """Keep the document and answer as told."""
        robots: RobotHost = self.server.robots  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        host = self.headers["Host"].partition(":")[0]
        posted = Posted(host, parts.path, parse_qs(parts.query), dict(self.headers), body)
        status, answer = robots.answers.get(host, (200, {"errcode": 0, "code": 0}))
        refused = robots.refusal(posted)
        if refused is None:
            robots.posts.append(posted)
        else:
            answer = refused
        if robots.dripping:
            self._drip(robots.dripping)
            return
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "https://localhost/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self, where: set[str]) -> None:
        if "body" in where:
            self.send_response(200)
            self.send_header("Content-Length", "4000")
            self.end_headers()
        with suppress(OSError):  # the other side hangs up
            for _byte in range(300):
                time.sleep(0.2)
                self.wfile.write(b"H")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - given by the library
        """Say nothing."""


def robot_host(folder: Path, openssl: str) -> tuple[RobotHost, ThreadingHTTPServer, ThreadingHTTPServer, Path]:
    """Start the proxy that plays the robots and the TLS hook; return them with the certificate to trust."""
    certificate, key = folder / "peer.pem", folder / "peer.key"
    names = ",".join(f"DNS:{name}" for name in ("localhost", *ROBOT_HOSTS))
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=peer", "-addext", f"subjectAltName={names}"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    robots = RobotHost()
    proxy, hook = (ThreadingHTTPServer(("127.0.0.1", 0), RobotHandler) for _number in range(2))
    for server in (proxy, hook):
        server.robots, server.context = robots, context  # type: ignore[attr-defined]
        server.daemon_threads = True
    hook.socket = context.wrap_socket(hook.socket, server_side=True)
    for server in (proxy, hook):
        serve(server)
    robots.port = hook.server_port
    return robots, proxy, hook, certificate

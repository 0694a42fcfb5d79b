"""The other side, for real: a provider in a process of its own, and one that sends whatever a test wants."""

import json
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.conftest import ROOT, SECONDS_TO_START, process_environment
from tests.identity.portal_people import CLIENT_ID, CLIENT_SECRET, PORTAL_PASSWORD
from tools.run.children import kill_group, spawn

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
EVENT = "http://schemas.openid.net/event/backchannel-logout"
MOST_STEPS = 8


def key_new() -> RSAKey:
    """Return a fresh key to sign with."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return RSAKey.import_key(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def signed(key: RSAKey, claims: dict[str, Any], algorithm: str = "RS256") -> str:
    """Return a token."""
    return jwt.encode({"alg": algorithm, "kid": key.thumbprint()}, claims, key, algorithms=[algorithm])


def query_of(address: str) -> dict[str, str]:
    """Return what an address carries."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@dataclass
class Portal:
    """A provider that runs; `browser` is that of somebody who signs in there."""

    issuer: str
    process: subprocess.Popen[bytes]
    key: RSAKey

    def signed_in(self, address: str, name: str, browser: requests.Session | None = None) -> str:
        """Go where Allclear sent a browser, sign in as somebody, and return where the portal sends it back to."""
        session = browser or requests.Session()
        for _step in range(MOST_STEPS):
            answer = session.get(address, allow_redirects=False, timeout=30)
            if answer.status_code == 200:
                typed = {"login": name, "username": name, "password": PORTAL_PASSWORD}
                form = {**{field: unescape(value) for field, value in HIDDEN.findall(answer.text)}, **typed}
                answer = session.post(address, form, allow_redirects=False, timeout=30)
            assert answer.status_code == 302, answer.text[:2000]
            address = urljoin(address, answer.headers["Location"])
            if not address.startswith(self.issuer):
                return address
        raise AssertionError("the portal leads nowhere")


def portal_started(folder: Path, *back: str) -> Portal:
    """Start a provider whose client comes back to these addresses."""
    key = key_new()
    (folder / "key.pem").write_bytes(key.as_pem(private=True))
    address, process = _started("tests.identity.provider_process", folder, *back)
    return Portal(address, process, key)


def cas_started(folder: Path, *services: str) -> Portal:
    """Start a CAS server that knows the services which begin so."""
    address, process = _started("tests.identity.cas_process", folder, *services)
    return Portal(f"{address}/cas", process, key_new())


def saml_started(folder: Path) -> Portal:
    """Start a SAML provider; it knows nobody yet who sends people there."""
    address, process = _started("tests.identity.saml_process", folder)
    return Portal(f"{address}/metadata", process, key_new())


def _started(module: str, folder: Path, *given: str) -> tuple[str, subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", module, str(folder), *given]
    with (folder / "log").open("wb") as log:
        process = spawn(command, environment=process_environment(), folder=ROOT, output=log)
    port, patience = folder / "port", time.monotonic() + SECONDS_TO_START
    while not port.exists():
        if process.poll() is not None or time.monotonic() > patience:
            kill_group(process)
            process.wait()
            raise AssertionError((folder / "log").read_text())
        time.sleep(0.02)
    return f"http://127.0.0.1:{port.read_text()}", process


@dataclass
class Forger:
    """A provider in a thread that answers with the tokens a test made, right or wrong."""

    port: int = 0
    key: RSAKey = field(default_factory=key_new)
    told: dict[str, Any] = field(default_factory=dict)
    """Entries of its own description that are otherwise than they should be."""
    token: str = ""
    userinfo: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Return good claims about Alice, with changes; None takes one away."""
        now = int(time.time())
        good = {"iss": self.issuer, "aud": CLIENT_ID, "sub": "a-1", "iat": now, "exp": now + 300, **changes}
        return {name: value for name, value in good.items() if value is not None}

    def logout_claims(self, **changes: Any) -> dict[str, Any]:
        """Return good claims of the word that Alice's sessions ended, with changes."""
        said = {"jti": "j-1", "events": {EVENT: {}}, "exp": None, **changes}
        return self.claims(**said)

    def answer(self, path: str) -> dict[str, Any]:
        """Return what stands at one of its addresses."""
        names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo", "end_session": "end"}
        if path == "/.well-known/openid-configuration":
            addresses = {f"{name}_endpoint": f"{self.issuer}/{where}" for name, where in names.items()}
            return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **addresses, **self.told}
        if path == "/keys":
            return dict(KeySet([self.key]).as_dict(private=False))
        if path == "/userinfo":
            return self.userinfo
        return {"id_token": self.token, "access_token": "of-the-forger", "token_type": "Bearer"}


class ForgerHandler(BaseHTTPRequestHandler):
    """The addresses of a forger."""

    def do_GET(self) -> None:
        """Answer."""
        forger: Forger = self.server.forger  # type: ignore[attr-defined]
        path = urlsplit(self.path).path
        forger.asked.append(path)
        body = json.dumps(forger.answer(path)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Take the form, and answer."""
        forger: Forger = self.server.forger  # type: ignore[attr-defined]
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        forger.forms.append({**query_of(f"?{sent}"), "Authorization": self.headers.get("Authorization", "")})
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - given by the library
        """Say nothing."""


def forger_started() -> tuple[Forger, ThreadingHTTPServer]:
    """Start one on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), ForgerHandler)
    forger = Forger(server.server_address[1])
    server.forger = forger  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return forger, server


def provider_body(issuer: str, **changes: object) -> dict[str, object]:
    """Return a good provider to be, with changes."""
    return {
        "kind": "oidc",
        "code": "yucai",
        "name": "育才门户",
        "issuer": issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "staff_number_claim": "preferred_username",
        "links_by_staff_number": True,
        **changes,
    }


def cas_body(issuer: str, **changes: object) -> dict[str, object]:
    """Return a good CAS server to be, with changes; it has no client."""
    body = provider_body(issuer, **{"kind": "cas", "staff_number_claim": "employeeNumber", **changes})
    return {name: value for name, value in body.items() if not name.startswith("client_")}


def saml_body(issuer: str, **changes: object) -> dict[str, object]:
    """Return a good SAML provider to be, with changes; its metadata stand where its name points to."""
    return {**cas_body(issuer, kind="saml", metadata=issuer), **changes}

"""A SAML provider for tests: pysaml2 with xmlsec1, alone in a process on a free port.

Everybody signs in with their name and the one password of the cast. It is given a folder; whoever posts their metadata
to /known may send people there. It tells a lasting name, and the staff number as employeeNumber in capital letters.
"""

import sys
from datetime import UTC, datetime, timedelta
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID
from saml2.server import Server

from tests.identity.portal_people import PEOPLE, PORTAL_PASSWORD

FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
SHA256 = {"sign_alg": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"}
DIGEST = {"digest_alg": "http://www.w3.org/2001/04/xmlenc#sha256"}


def keys_written(folder: Path) -> None:
    """Write a new key and its certificate."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "portal")]), datetime.now(tz=UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=9)).not_valid_after(now + timedelta(days=9))
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(plain)
    (folder / "certificate.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))


class Provider:
    """The provider, anew each time it comes to know another side."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.known: list[str] = []
        self.server = self._made()

    def know(self, metadata: str) -> None:
        """Come to know a side."""
        self.known = [metadata]
        self.server = self._made()

    def _made(self) -> Any:
        ends = {
            "single_sign_on_service": [(f"{self.base}/sso", BINDING_HTTP_REDIRECT)],
            "single_logout_service": [(f"{self.base}/slo", BINDING_HTTP_REDIRECT)],
        }
        config = IdPConfig().load(
            {
                "entityid": f"{self.base}/metadata",
                "service": {"idp": {"endpoints": ends, "want_authn_requests_signed": True}},
                "key_file": str(FOLDER / "key.pem"),
                "cert_file": str(FOLDER / "certificate.pem"),
                "metadata": {"inline": self.known} if self.known else {},
            }
        )
        return Server(config=config)

    def answer(self, query: dict[str, str], name: str) -> str:
        """Return the page that posts the answer to the side that asked."""
        asked = self.server.parse_authn_request(query["SAMLRequest"], BINDING_HTTP_REDIRECT, **self._detached(query))
        told = self.server.response_args(asked.message, [BINDING_HTTP_POST])
        made = self.server.create_authn_response(
            {"employeeNumber": [name.upper()]},
            name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text=f"lasting-{name}"),
            authn={"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:Password", "authn_auth": self.base},
            in_response_to=told["in_response_to"],
            destination=told["destination"],
            sp_entity_id=told["sp_entity_id"],
            sign_assertion=True,
            sign_response=True,
            **SHA256,
            **DIGEST,
        )
        page = self.server.apply_binding(
            BINDING_HTTP_POST, str(made), told["destination"], query.get("RelayState", ""), response=True
        )
        return str(page["data"])

    def logout(self, name: str, session: str) -> str:
        """Return where a browser goes with the word that a session ended."""
        (side,) = self.server.metadata.service_providers()
        where = self.server.metadata.single_logout_service(side, BINDING_HTTP_REDIRECT, "spsso")[0]["location"]
        lasting = NameID(format=NAMEID_FORMAT_PERSISTENT, text=f"lasting-{name}")
        _name, made = self.server.create_logout_request(
            where, side, name_id=lasting, session_indexes=[session] if session else None
        )
        sent = self.server.apply_binding(
            BINDING_HTTP_REDIRECT, str(made), where, "of-the-portal", sign=True, sigalg=SHA256["sign_alg"]
        )
        return str(dict(sent["headers"])["Location"])

    def heard(self, query: dict[str, str]) -> bool:
        """Say whether an answer about logout is signed, and is a success."""
        said = self.server.parse_logout_request_response(query["SAMLResponse"], BINDING_HTTP_REDIRECT)
        return bool(said.status_ok()) and {"SigAlg", "Signature"} <= query.keys()

    @staticmethod
    def _detached(query: dict[str, str]) -> dict[str, str]:
        names = {"relay_state": "RelayState", "sigalg": "SigAlg", "signature": "Signature"}
        return {ours: query[theirs] for ours, theirs in names.items()}


class Handler(BaseHTTPRequestHandler):
    """The addresses of the provider."""

    def do_GET(self) -> None:
        """Show the metadata, the page to sign in, or what becomes of logout."""
        provider: Provider = self.server.provider  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/metadata":
            self._say(str(entity_descriptor(provider.server.config)), "application/samlmetadata+xml")
        elif parts.path == "/out":
            self._say("", status=302, location=provider.logout(query["name"], query.get("session", "")))
        elif parts.path == "/slo":
            self._say("signed out" if provider.heard(query) else "not signed", status=200)
        else:
            hidden = "".join(
                f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in query.items()
            )
            fields = '<input name="login"><input name="password" type="password"><button type="submit">Go</button>'
            self._say(f'<!doctype html><title>Portal</title><form method="post" action="/sso">{hidden}{fields}</form>')

    def do_POST(self) -> None:
        """Come to know a side, or sign somebody in."""
        provider: Provider = self.server.provider  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/known":
            provider.know(body)
            self._say("known")
            return
        typed = {name: values[0] for name, values in parse_qs(body).items()}
        if typed.get("login") in PEOPLE and typed.get("password") == PORTAL_PASSWORD:
            self._say(provider.answer(typed, typed["login"]))
        else:
            self._say("no", status=403)

    def _say(self, text: str, kind: str = "text/html", status: int = 200, location: str = "") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    keys_written(FOLDER)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        served.provider = Provider(f"http://127.0.0.1:{served.server_port}")  # type: ignore[attr-defined]
        half = FOLDER / "port.half"
        half.write_text(str(served.server_port))
        half.rename(FOLDER / "port")
        served.serve_forever()

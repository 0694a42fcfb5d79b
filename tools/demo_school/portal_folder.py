"""The folder of the demo's portal: its school, its secrets, its certificate, and whom Allclear trusts beside it."""

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

HOST = "localhost"
SCHOOL, CERTIFICATE, KEY, TRUSTED = "portal.json", "portal.pem", "portal.key", "trusted.pem"
DEPARTMENTS, ADMINISTRATOR = frozenset({"office"}), "administrator"
CERTIFIED_FOR = timedelta(days=30)
LETTERS_OF_A_PASSWORD = 10
UNMISTAKABLE = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal on this machine: the port for people, and the one for programs."""

    people_port: int
    programs_port: int

    @property
    def people(self) -> str:
        """The address for people; it is another site than Allclear's, as a school's portal is."""
        return f"http://{HOST}:{self.people_port}"

    @property
    def programs(self) -> str:
        """The address for programs."""
        return f"https://{HOST}:{self.programs_port}"

    @property
    def oidc_code(self) -> str:
        """The code of signing in there by OpenID Connect."""
        return f"portal-{self.people_port}"

    @property
    def cas_code(self) -> str:
        """The code of signing in there by CAS."""
        return f"{self.oidc_code}-cas"


@dataclass(frozen=True, slots=True)
class PortalSchool:
    """The school that has a portal: units by code, names and kind, staff by number, name, address and units."""

    code: str
    name_zh: str
    name_en: str
    units: Sequence[Mapping[str, str]]
    staff: Sequence[Mapping[str, Any]]


def school_of(content: Mapping[str, Any]) -> PortalSchool:
    """Return the school of a demo file as its portal knows it: offices as departments, classes, and who is where."""
    units = [
        {
            "code": row["code"],
            "name_zh": row["name"]["zh"],
            "name_en": row["name"]["en"],
            "kind": "department" if row["kind"] in DEPARTMENTS else row["kind"],
        }
        for row in content["units"]
    ]
    staff = [
        {
            "number": row["staff_number"],
            "name": row["name"],
            "email": row["email"],
            "units": [row["unit"]],
            "administers": any(post["role"] == ADMINISTRATOR for post in row.get("posts", ())),
        }
        for row in content["people"]
    ]
    return PortalSchool(content["code"], content["name"]["zh"], content["name"]["en"], units, staff)


def portal_prepare(*, folder: Path, portal: Portal, school: PortalSchool, allclear: str) -> dict[str, Any]:
    """Write the folder; secrets that it has already stay. Return what the portal is told."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    start = f"{allclear}/sign-in/with/{portal.oidc_code}"
    told = {
        **_secrets(folder),
        "code": school.code,
        "name_zh": school.name_zh,
        "name_en": school.name_en,
        "units": list(school.units),
        "staff": list(school.staff),
        "allclear": allclear,
        "oidc_start": start,
        "oidc_back": f"{start}/back",
        "oidc_ended": f"{start}/ended",
        "cas_start": f"{allclear}/sign-in/with/{portal.cas_code}",
        "ports": {"people": portal.people_port, "programs": portal.programs_port},
    }
    secret_write(folder / SCHOOL, json.dumps(told, ensure_ascii=False, indent=1))
    _certificate_make(folder)
    return told


def secret_write(path: Path, text: str) -> None:
    """Replace a file that only its owner may read, in one step."""
    half = path.with_suffix(".half")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    half.rename(path)


def _secrets(folder: Path) -> dict[str, str]:
    path = folder / SCHOOL
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    made = {
        "password": "".join(secrets.choice(UNMISTAKABLE) for _ in range(LETTERS_OF_A_PASSWORD)),
        "secret_key": secrets.token_urlsafe(40),
        "oidc_secret": secrets.token_urlsafe(30),
        "todo_secret": secrets.token_urlsafe(30),
    }
    kept = {name: str(known.get(name) or value) for name, value in made.items()}
    return {**kept, "oidc_key": known.get("oidc_key") or _pem(rsa.generate_private_key(65537, 2048))}


def _certificate_make(folder: Path) -> None:
    """Make a certificate of this machine, anew each time, and the list of all that Allclear trusts with it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + CERTIFIED_FOR)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate = made.public_bytes(Encoding.PEM).decode()
    secret_write(folder / KEY, _pem(key))
    (folder / CERTIFICATE).write_text(certificate, encoding="utf-8")
    known = Path(os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where()).read_text(encoding="utf-8")
    (folder / TRUSTED).write_text(f"{known}\n{certificate}", encoding="utf-8")


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

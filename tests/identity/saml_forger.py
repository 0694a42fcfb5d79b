"""Answers of SAML as a test wants them: signed as they should be, signed otherwise, and wrapped around what was signed.

The eight wrappings are those of Somorovsky and others, "On Breaking SAML" (2012): a signed part is kept where it counts
for the signature, and a forged one stands where a careless reader looks.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner

PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
DS = "http://www.w3.org/2000/09/xmldsig#"
ISSUER = "https://id.school.example/saml"
SIGNATURE = f"{{{DS}}}Signature"
EXCLUSIVE = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0


class _AnySigner(XMLSigner):
    """Signs with what ours do not take, too."""

    def check_deprecated_methods(self) -> None:
        """Let everything through."""


@dataclass
class Keys:
    """A key and its certificate."""

    size: int = 2048
    key: rsa.RSAPrivateKey = field(init=False)
    certificate: x509.Certificate = field(init=False)

    def __post_init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=self.size)
        name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "forger")]), datetime.now(tz=UTC)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.key.public_key())
        made = made.serial_number(1).not_valid_before(now - timedelta(days=9))
        # It ran out yesterday: metadata say which keys count.
        self.certificate = made.not_valid_after(now - timedelta(days=1)).sign(self.key, hashes.SHA256())

    def metadata(self) -> str:
        """Return metadata with this key."""
        der = self.certificate.public_bytes(Encoding.PEM).decode().split("-----")[2]
        return (
            f'<m:EntityDescriptor xmlns:m="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{ISSUER}">'
            f'<m:IDPSSODescriptor protocolSupportEnumeration="{PROTOCOL}"><m:KeyDescriptor use="signing">'
            f'<ds:KeyInfo xmlns:ds="{DS}"><ds:X509Data><ds:X509Certificate>{der}</ds:X509Certificate></ds:X509Data>'
            '</ds:KeyInfo></m:KeyDescriptor><m:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:'
            'HTTP-Redirect" Location="https://id.school.example/sso"/></m:IDPSSODescriptor></m:EntityDescriptor>'
        )

    def signed(self, element: Any, method: str = "RSA_SHA256", digest: str = "SHA256") -> Any:
        """Return an element with its signature behind its issuer."""
        element = deepcopy(element)
        holder = etree.SubElement(element, SIGNATURE, Id="placeholder", nsmap={"ds": DS})
        element.remove(holder)
        element.insert(1, holder)
        signer = _AnySigner(
            signature_algorithm=SignatureMethod[method],
            digest_algorithm=DigestAlgorithm[digest],
            c14n_algorithm=EXCLUSIVE,
        )
        made = signer.sign(element, key=self.key, cert=[self.certificate], reference_uri=element.get("ID"))
        return etree.fromstring(etree.tostring(made))


@dataclass
class Answers:
    """Answers about somebody to a request of ours, with this and that otherwise."""

    here: str
    audience: str
    request: str
    now: datetime
    subject: str = "lasting-alice"

    def assertion(self, **changes: str) -> Any:
        """Return a good assertion, with changes."""
        said = {
            "id": "_assertion", "issuer": ISSUER, "subject": self.subject, "form": "2.0:nameid-format:persistent",
            "recipient": self.here, "audience": self.audience, "request": self.request, "session": "s-1",
            "method": "urn:oasis:names:tc:SAML:2.0:cm:bearer", "more": "", "until": self.moment(300),
            "after": self.moment(-300), "version": "2.0", **changes,
        }  # fmt: skip
        return etree.fromstring(
            f'<a:Assertion xmlns:a="{ASSERTION}" ID="{said["id"]}" Version="{said["version"]}" '
            f'IssueInstant="{self.moment(0)}"><a:Issuer>{said["issuer"]}</a:Issuer><a:Subject>'
            f'<a:NameID Format="urn:oasis:names:tc:SAML:{said["form"]}">{said["subject"]}</a:NameID>'
            f'<a:SubjectConfirmation Method="{said["method"]}">'
            f'<a:SubjectConfirmationData Recipient="{said["recipient"]}" NotOnOrAfter="{said["until"]}" '
            f'InResponseTo="{said["request"]}"/></a:SubjectConfirmation></a:Subject>'
            f'<a:Conditions NotBefore="{said["after"]}" NotOnOrAfter="{said["until"]}"><a:AudienceRestriction>'
            f"<a:Audience>{said['audience']}</a:Audience></a:AudienceRestriction>{said['more']}</a:Conditions>"
            f'<a:AuthnStatement AuthnInstant="{self.moment(0)}" SessionIndex="{said["session"]}"/></a:Assertion>'
        )

    def answer(self, *inside: Any, **changes: str) -> Any:
        """Return a good answer around something, with changes."""
        said = {"destination": self.here, "status": "Success", **changes}
        root = etree.fromstring(
            f'<p:Response xmlns:p="{PROTOCOL}" xmlns:a="{ASSERTION}" ID="_answer" Version="2.0" '
            f'IssueInstant="{self.moment(0)}" Destination="{said["destination"]}"><a:Issuer>{ISSUER}</a:Issuer>'
            f'<p:Status><p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{said["status"]}"/></p:Status>'
            "</p:Response>"
        )
        root.extend(deepcopy(list(inside)))
        return root

    def moment(self, seconds: int) -> str:
        """Return an instant from now."""
        return (self.now + timedelta(seconds=seconds)).astimezone(UTC).isoformat().replace("+00:00", "Z")


def wrappings(answers: Answers, keys: Keys) -> dict[str, bytes]:
    """Return the eight wrappings of an answer about somebody, each saying that it is about somebody else."""
    assertion = answers.assertion()
    by_assertion = answers.answer(keys.signed(assertion))
    by_answer = keys.signed(answers.answer(assertion))
    evil = answers.assertion(subject="lasting-bob", id="_evil")

    def made(change: Callable[[Any, Any, Any], Any], signed: Any) -> bytes:
        root = deepcopy(signed)
        signature = next(root.iter(SIGNATURE))
        return bytes(etree.tostring(change(root, signature, deepcopy(evil))))

    changes = {
        **dict.fromkeys((1, 2), by_answer),
        **dict.fromkeys(range(3, 9), by_assertion),
    }
    return {f"wrapping {number}": made(WRAPPINGS[number], signed) for number, signed in changes.items()}


def _evil_answer(root: Any, signature: Any, evil: Any) -> tuple[Any, Any]:
    original = deepcopy(root)
    original.remove(next(original.iter(SIGNATURE)))
    root.set("ID", "_evil-answer")
    old = root.find(f"{{{ASSERTION}}}Assertion")
    root.replace(old, evil)
    return original, signature


def _first(root: Any, signature: Any, evil: Any) -> Any:
    original, signature = _evil_answer(root, signature, evil)
    signature.append(original)
    return root


def _second(root: Any, signature: Any, evil: Any) -> Any:
    original, signature = _evil_answer(root, signature, evil)
    signature.addprevious(original)
    return root


def _third(root: Any, _signature: Any, evil: Any) -> Any:
    root.find(f"{{{ASSERTION}}}Assertion").addprevious(evil)
    return root


def _fourth(root: Any, _signature: Any, evil: Any) -> Any:
    original = root.find(f"{{{ASSERTION}}}Assertion")
    root.replace(original, evil)
    evil.append(original)
    return root


def _fifth(root: Any, signature: Any, evil: Any) -> Any:
    original = root.find(f"{{{ASSERTION}}}Assertion")
    original.remove(signature)
    root.replace(original, evil)
    evil.insert(1, signature)
    root.append(original)
    return root


def _sixth(root: Any, signature: Any, evil: Any) -> Any:
    original = root.find(f"{{{ASSERTION}}}Assertion")
    original.remove(signature)
    root.replace(original, evil)
    evil.insert(1, signature)
    signature.append(original)
    return root


def _seventh(root: Any, _signature: Any, evil: Any) -> Any:
    original = root.find(f"{{{ASSERTION}}}Assertion")
    extensions = etree.Element(f"{{{PROTOCOL}}}Extensions")
    original.addprevious(extensions)
    evil.set("ID", original.get("ID"))
    extensions.append(evil)
    return root


def _eighth(root: Any, signature: Any, evil: Any) -> Any:
    original = root.find(f"{{{ASSERTION}}}Assertion")
    original.remove(signature)
    root.replace(original, evil)
    evil.insert(1, signature)
    etree.SubElement(signature, f"{{{DS}}}Object").append(original)
    return root


WRAPPINGS: dict[int, Callable[[Any, Any, Any], Any]] = dict(
    enumerate((_first, _second, _third, _fourth, _fifth, _sixth, _seventh, _eighth), start=1)
)

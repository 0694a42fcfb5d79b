"""A key of somebody's in software: it makes passkeys and signs with them as a browser and its phone do."""

import hashlib
import json
from base64 import urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
CREDENTIAL = b"a credential of the tests"


def text_of(data: bytes) -> str:
    """Return bytes as WebAuthn writes them in JSON."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    """A key pair of the tests, for the origin of one installation."""

    def __init__(self, origin: str) -> None:
        self.origin, self.host = origin, origin.split("//")[1]
        self.private, self.count = ec.generate_private_key(ec.SECP256R1()), 0

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to being asked to make a passkey."""
        numbers = self.private.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(CREDENTIAL).to_bytes(2, "big") + CREDENTIAL + cbor2.dumps(public)
        made = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + attested}
        client = self._client("webauthn.create", options)
        return _credential({"clientDataJSON": text_of(client), "attestationObject": text_of(cbor2.dumps(made))})

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to being asked to sign in."""
        client, data = self._client("webauthn.get", options), self._data(0)
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        signed = {"authenticatorData": text_of(data), "signature": text_of(signature)}
        return _credential({"clientDataJSON": text_of(client), **signed})

    def _client(self, what: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": what, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _data(self, flags: int) -> bytes:
        self.count += 1
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([PRESENT | VERIFIED | flags]) + self.count.to_bytes(4, "big")


def _credential(response: dict[str, str]) -> dict[str, Any]:
    name = text_of(CREDENTIAL)
    return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}

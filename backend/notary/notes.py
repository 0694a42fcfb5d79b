"""Signed notes (C2SP signed-note), their keys, and what is written as one: checkpoints, and witnesses' cosignatures."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PLAIN, COSIGNING = 1, 4
"""Types of signatures: Ed25519 over the text, and over the text with the instant at which a witness saw it."""
ID_BYTES = 4
KEY_BYTES = 32
NAME = re.compile(r"[^\s+]+")
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
SIGNATURE = re.compile("— ([^\\s+]+) ([A-Za-z0-9+/]+={0,2})")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
MOST_SIGNATURES = 64
CHECKPOINT_LINES = 3


class NoteRefused(Exception):
    """A text is no signed note, no key, or not signed by a key that is known."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under its name, written as one line that can be given to anybody."""

    name: str
    public: bytes
    kind: int = PLAIN

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature says which key made it."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"

    @classmethod
    def read(cls, text: str) -> "VerifierKey":
        """Read the line; raise NoteRefused where it is none."""
        name, _plus, rest = text.strip().partition("+")
        given, _plus, encoded = rest.partition("+")
        raw = _decoded(encoded)
        if len(raw) != 1 + KEY_BYTES or raw[0] not in {PLAIN, COSIGNING} or not NAME.fullmatch(name):
            raise NoteRefused("this is no public key for notes")
        key = cls(name, raw[1:], raw[0])
        if key.id.hex() != given:
            raise NoteRefused("the name, the id and the public key do not belong together")
        return key

    def holds(self, *, text: str, signature: bytes) -> bool:
        """Return whether the key made a signature of a text; that of a witness begins with its instant."""
        signed = text.encode()
        if self.kind == COSIGNING:
            seconds = int.from_bytes(signature[:8], "big")
            signed, signature = _cosigned(text, seconds), signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, signed)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SignerKey:
    """A secret key under its name."""

    name: str
    secret: bytes

    @classmethod
    def made(cls, name: str) -> "SignerKey":
        """Make one; a name has neither blanks nor a plus."""
        if not NAME.fullmatch(name):
            raise NoteRefused(f"“{name}” is no name of a key: blanks and + cannot stand in it")
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def read(cls, text: str) -> "SignerKey":
        """Read what `str` wrote; raise NoteRefused where it is no secret key."""
        match text.strip().split("+", 4):
            case ["PRIVATE", "KEY", name, given, encoded]:
                raw = _decoded(encoded)
            case _:
                raise NoteRefused("this is no secret key for notes")
        if len(raw) != 1 + KEY_BYTES or raw[0] != PLAIN:
            raise NoteRefused("this is no secret key of a known kind")
        key = cls(name, raw[1:])
        if key.verifier().id.hex() != given:
            raise NoteRefused("the name, the id and the secret key do not belong together")
        return key

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([PLAIN]) + self.secret).decode()
        return f"PRIVATE+KEY+{self.name}+{self.verifier().id.hex()}+{encoded}"

    def verifier(self, kind: int = PLAIN) -> VerifierKey:
        """Return the public key."""
        return VerifierKey(self.name, self._key().public_key().public_bytes_raw(), kind)

    def note(self, text: str) -> str:
        """Return the text as a signed note."""
        return f"{text}\n{signature_line(self.verifier(), self._key().sign(text.encode()))}"

    def cosignature(self, *, text: str, seconds: int) -> str:
        """Return the line by which a witness says that it saw a checkpoint at an instant."""
        signature = seconds.to_bytes(8, "big") + self._key().sign(_cosigned(text, seconds))
        return signature_line(self.verifier(COSIGNING), signature)

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's word on its tree: its name, the number of leaves, and the root over them."""

    origin: str
    size: int
    root: bytes
    more: tuple[str, ...] = ()

    def text(self) -> str:
        """Return it as it is signed."""
        lines = [self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.more]
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def read(cls, text: str) -> "Checkpoint":
        """Read the text of a note; raise NoteRefused where it is no checkpoint."""
        lines = text.split("\n")[:-1]
        if len(lines) < CHECKPOINT_LINES or not all(lines) or not NUMBER.fullmatch(lines[1]):
            raise NoteRefused("this is no checkpoint")
        root = _decoded(lines[2])
        if len(root) != hashlib.sha256().digest_size:
            raise NoteRefused("the root of the checkpoint has another length")
        return cls(lines[0], int(lines[1]), root, tuple(lines[3:]))


def note_text(note: str) -> str:
    """Return the signed text of a note, unverified; raise NoteRefused where it is none."""
    text, blank, signatures = note.rpartition("\n\n")
    lines = signatures.split("\n")
    if not text or not blank or lines[-1] or lines == [""] or CONTROL.search(note):
        raise NoteRefused("this is no signed note")
    return f"{text}\n"


def note_signers(*, note: str, keys: tuple[VerifierKey, ...]) -> dict[VerifierKey, bytes]:
    """Return who of some keys signed a note, with their signatures; a wrong signature of one refuses the whole."""
    text = note_text(note)
    known = {(key.name, key.id): key for key in keys}
    found: dict[VerifierKey, bytes] = {}
    for line in note[len(text) + 1 :].split("\n")[:-1][:MOST_SIGNATURES]:
        match = SIGNATURE.fullmatch(line)
        raw = _decoded(match[2]) if match else b""
        if match is None or len(raw) <= ID_BYTES:
            raise NoteRefused("a signature cannot be read")
        key = known.get((match[1], raw[:ID_BYTES]))
        if key is None:
            continue
        if not key.holds(text=text, signature=raw[ID_BYTES:]):
            raise NoteRefused(f"the signature of {key.name} is wrong")
        found[key] = raw[ID_BYTES:]
    return found


def checkpoint_open(*, note: str, key: VerifierKey) -> Checkpoint:
    """Return a checkpoint that a log's key signed; raise NoteRefused otherwise."""
    if not note_signers(note=note, keys=(key,)):
        raise NoteRefused(f"{key.name} did not sign this")
    checkpoint = Checkpoint.read(note_text(note))
    if checkpoint.origin != key.name:
        raise NoteRefused("the checkpoint is of another log")
    return checkpoint


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def signature_line(key: VerifierKey, signature: bytes) -> str:
    """Return the line of a note by which a key signs it."""
    return f"— {key.name} {base64.b64encode(key.id + signature).decode()}\n"


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteRefused("something is no base64") from None

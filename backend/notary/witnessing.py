"""Witnessing other logs (C2SP tlog-witness): a checkpoint is cosigned only if it goes on from the one cosigned before.

The witness keeps one file for each log, in a folder of its own; nothing else of a log is known here.
"""

import base64
import binascii
import fcntl
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from backend.notary.notes import (
    COSIGNING,
    NUMBER,
    Checkpoint,
    NoteRefused,
    SignerKey,
    VerifierKey,
    note_signers,
    note_text,
)
from backend.notary.tree import EMPTY, SIZE, NotProven, consistency_check

MOST_PROOF_LINES = 63
LONGEST_REQUEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the witness: the status of HTTP, the text, and its type."""

    status: int
    text: str = ""
    kind: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to a witness: the size it cosigned last, the proof from there, and the checkpoint."""

    old: int
    proof: list[bytes]
    note: str


class Witness:
    """A witness of some logs, each known by its name and public key."""

    def __init__(self, *, signer: SignerKey, logs: Mapping[str, VerifierKey], folder: Path) -> None:
        """Take the witness's key, the logs it knows, and the folder in which it remembers them."""
        self.key = str(signer.verifier(COSIGNING))
        self._signer = signer
        self._logs = logs
        self._folder = folder

    def add_checkpoint(self, *, request: str, seconds: int) -> Answer:
        """Cosign a checkpoint, or say why not; what is cosigned is remembered before it is answered."""
        try:
            asked = _request_read(request)
            checkpoint = Checkpoint.read(note_text(asked.note))
        except NoteRefused as error:
            return Answer(400, f"{error}\n")
        log = self._logs.get(checkpoint.origin)
        if log is None:
            return Answer(404, "This witness does not know the log.\n")
        try:
            signers = note_signers(note=asked.note, keys=(log,))
        except NoteRefused:
            signers = {}
        if not signers:
            return Answer(403, "The log did not sign it.\n")
        if asked.old > checkpoint.size:
            return Answer(400, "The old size is larger than the new one.\n")
        path = self._kept(checkpoint.origin)
        with path.with_suffix(".lock").open("a", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return self._cosign(path, asked, checkpoint, seconds)

    def checkpoint(self, origin_hash: str) -> Answer:
        """Return the checkpoint of a log that was cosigned last, with the cosignature."""
        known = {hashlib.sha256(origin.encode()).hexdigest(): origin for origin in self._logs}
        path = self._kept(known[origin_hash]) if origin_hash in known else None
        text = path.read_text(encoding="utf-8") if path and path.exists() else ""
        return Answer(200, text) if text else Answer(404, "Nothing was cosigned for this log.\n")

    def _cosign(self, path: Path, asked: Asked, checkpoint: Checkpoint, seconds: int) -> Answer:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        before = Checkpoint.read(note_text(text)) if text else Checkpoint(checkpoint.origin, 0, EMPTY)
        if asked.old != before.size:
            return Answer(409, f"{before.size}\n", "text/x.tlog.size")
        if checkpoint.size == 0 and checkpoint.root != EMPTY:
            return Answer(422, "The root of an empty tree is another.\n")
        try:
            size, root = checkpoint.size, checkpoint.root
            consistency_check(before=asked.old, old=before.root, size=size, new=root, proof=asked.proof)
        except NotProven as error:
            return Answer(422, f"{error}\n")
        line = self._signer.cosignature(text=checkpoint.text(), seconds=seconds)
        _write(path, _signed_by_log(asked.note, checkpoint) + line)
        return Answer(200, line)

    def _kept(self, origin: str) -> Path:
        return self._folder / f"{hashlib.sha256(origin.encode()).hexdigest()}.checkpoint"


def _signed_by_log(note: str, checkpoint: Checkpoint) -> str:
    """Return the checkpoint with the log's own signatures alone."""
    own = [line for line in note.partition("\n\n")[2].splitlines() if line.split(" ")[1] == checkpoint.origin]
    return f"{checkpoint.text()}\n" + "".join(f"{line}\n" for line in own)


def _request_read(request: str) -> Asked:
    """Return the size, the proof and the note of a request; raise NoteRefused where it is none."""
    head, _blank, note = request.partition("\n\n")
    first, *lines = head.split("\n")
    old = first.removeprefix("old ")
    if not first.startswith("old ") or not NUMBER.fullmatch(old) or len(lines) > MOST_PROOF_LINES:
        raise NoteRefused("this is no request to a witness")
    try:
        proof = [base64.b64decode(line, validate=True) for line in lines]
    except (binascii.Error, ValueError):
        raise NoteRefused("the proof cannot be read") from None
    if any(len(one) != SIZE for one in proof):
        raise NoteRefused("a hash of the proof has another length")
    return Asked(int(old), proof, note)


def _write(path: Path, text: str) -> None:
    """Put the file in place of the one before, on the disk: a cosignature goes out after it is kept."""
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as kept:
        kept.write(text)
        kept.flush()
        os.fsync(kept.fileno())
    beside.replace(path)

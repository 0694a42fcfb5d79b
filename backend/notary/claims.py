"""The claims of checkpoints on the tree: those that were signed, the last one in the folder, and those elsewhere."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.conf import settings

from backend.notary.folder import UNNAMED, KeyRefused, copies_listed, key_read, last_read
from backend.notary.models import SignedCheckpoint
from backend.notary.notes import Checkpoint, NoteRefused, VerifierKey, checkpoint_open, note_signers
from backend.notary.recomputing import TreeBroken
from backend.notary.selectors import log_keys

CHUNK = 2_000


@dataclass
class Claims:
    """By size the roots that were claimed, and where each was read; and how much of it lies outside."""

    keys: Sequence[VerifierKey]
    """Those whose checkpoints count, the present one last."""
    by_size: dict[int, list[tuple[bytes, str]]] = field(default_factory=dict)
    checkpoints: int = 0
    signed: int = 0
    outside: int | None = None
    copies: int = 0
    seen: int = 0
    """The size of the largest tree of which a checkpoint lies elsewhere."""
    witnesses: dict[str, int] = field(default_factory=dict)
    """By the name of a witness, the leaves of the largest tree that it cosigned."""
    listed: deque[tuple[int, Path]] = field(default_factory=deque)
    """The checkpoints elsewhere that were not read yet, the smallest first, each with the size it is named by."""
    broken: list[str] = field(default_factory=list)
    """Faults found, each as a sentence, in the order in which they were come upon."""

    def add(self, checkpoint: Checkpoint, where: str) -> None:
        """Take what one says."""
        self.by_size.setdefault(checkpoint.size, []).append((checkpoint.root, where))

    def check(self, size: int, root: bytes) -> bool:
        """Say whether every claim over so many leaves names this root; of those that do not the first is broken."""
        wrong = [where for claimed, where in self.by_size.pop(size, []) if claimed != root]
        if wrong:
            self.broken.append(f"the first {size} leaves are not those that {wrong[0]} was signed over")
        return not wrong

    def take_signed(self, *, above: int, up_to: int | None) -> None:
        """Take the checkpoints that were signed over more leaves than some, up to so many."""
        rows = SignedCheckpoint.objects.filter(size__gt=above)
        rows = rows if up_to is None else rows.filter(size__lte=up_to)
        for kept in rows.order_by("id").prefetch_related("cosignatures").iterator(chunk_size=CHUNK):
            checkpoint = _opened(kept.note, self.keys)
            where = f"the checkpoint of {kept.signed_at:%F %T}"
            if checkpoint is None or checkpoint.size != kept.size:
                self.broken.append(f"{where} over {kept.size} leaves is not signed by the log")
                continue
            self.add(checkpoint, where)
            self.checkpoints += 1
            self._take_witnesses(kept, checkpoint.size, where)
            self.signed = max(self.signed, checkpoint.size)

    def take_folder(self) -> None:
        """Take the last checkpoint in the notary's folder."""
        note = last_read(Path(settings.NOTARY_FOLDER))
        checkpoint = _opened(note, self.keys[-1:]) if note else None
        if checkpoint:
            self.add(checkpoint, "the last checkpoint in the notary's folder")
            self.outside = checkpoint.size

    def list_copies(self, *, since: date | None, above: int) -> None:
        """List the checkpoints that lie elsewhere, of a day and later, but of so many leaves at least.

        Each is read once the leaves have been that it counts: a year has half a million.
        """
        if settings.CHECKPOINT_FOLDER:
            listed = copies_listed(Path(settings.CHECKPOINT_FOLDER), since=since)
            self.listed = deque(one for one in listed if one[0] >= above or one[0] == UNNAMED)

    def take_copies(self, *, up_to: int | None) -> None:
        """Take those that lie elsewhere, up to so many leaves; those of a log of another name are not of this tree."""
        while self.listed and (up_to is None or self.listed[0][0] <= up_to):
            size, path = self.listed.popleft()
            try:
                note = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                self.broken.append(f"{path} cannot be read")
                continue
            if self.take_note(note, where=str(path), named=None if size == UNNAMED else size):
                self.copies += 1

    def take_note(self, note: str, *, where: str, named: int | None = None) -> bool:
        """Take a checkpoint that somebody has; return whether it is of this tree.

        One that is forged is broken, and so is one whose name says another size, by which it would be passed over.
        """
        checkpoint = _opened(note, self.keys)
        if checkpoint and named not in {None, checkpoint.size}:
            self.broken.append(f"{where} is over {checkpoint.size} leaves, and its name says {named}")
            return False
        if checkpoint is None:
            self.broken.append(f"{where} is not signed by the log")
            return False
        if checkpoint.origin != self.keys[-1].name:
            return False
        self.add(checkpoint, where)
        self.seen = max(self.seen, checkpoint.size)
        return True

    def _take_witnesses(self, kept: SignedCheckpoint, size: int, where: str) -> None:
        """Take who of the witnesses that settings name cosigned a checkpoint; a line that is forged is broken."""
        lines = "".join(one.line for one in kept.cosignatures.all())
        keys = tuple(VerifierKey.read(line) for _address, line in settings.WITNESSES)
        try:
            signers = note_signers(note=kept.note + lines, keys=keys) if lines else ()
        except NoteRefused as error:
            self.broken.append(f"under {where} {error}")
            return
        for key in signers:
            self.witnesses[key.name] = max(self.witnesses.get(key.name, 0), size)

    def drop(self, *, below: int) -> None:
        """Leave out what is claimed of less than so many leaves: another walk has compared it."""
        self.by_size = {size: claims for size, claims in self.by_size.items() if size >= below}


def log_keys_read() -> list[VerifierKey]:
    """Return the keys whose checkpoints count, the present one last; that of the file goes before what a table says."""
    try:
        keys = [VerifierKey.read(line) for line in log_keys()]
        signer = key_read(Path(settings.NOTARY_FOLDER))
    except (KeyRefused, NoteRefused) as error:
        raise TreeBroken(f"the log's keys cannot be read: {error}") from error
    if signer and keys and signer.verifier() not in keys:
        raise TreeBroken("the database names other keys than the one in the notary's folder")
    return [
        *(key for key in keys if signer is None or key != signer.verifier()),
        *([signer.verifier()] if signer else []),
    ]


def _opened(note: str, keys: Sequence[VerifierKey]) -> Checkpoint | None:
    for key in keys:
        try:
            return checkpoint_open(note=note, key=key)
        except NoteRefused:
            continue
    return None

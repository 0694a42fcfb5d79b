"""The claims of checkpoints on the tree: those that were signed, the last one in the folder, and those elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.conf import settings

from backend.notary.folder import KeyRefused, copies_read, key_read, last_read
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

    def add(self, checkpoint: Checkpoint, where: str) -> None:
        """Take what one says."""
        self.by_size.setdefault(checkpoint.size, []).append((checkpoint.root, where))

    def check(self, size: int, root: bytes) -> None:
        """Raise TreeBroken where a claim over so many leaves names another root."""
        for claimed, where in self.by_size.pop(size, []):
            if claimed != root:
                raise TreeBroken(f"the first {size} leaves are not those that {where} was signed over")

    def take_signed(self, *, above: int, up_to: int | None) -> None:
        """Take the checkpoints that were signed over more leaves than some, up to so many."""
        rows = SignedCheckpoint.objects.filter(size__gt=above)
        rows = rows if up_to is None else rows.filter(size__lte=up_to)
        for kept in rows.order_by("id").prefetch_related("cosignatures").iterator(chunk_size=CHUNK):
            checkpoint = _opened(kept.note, self.keys)
            if checkpoint is None or checkpoint.size != kept.size:
                raise TreeBroken(
                    f"the checkpoint of {kept.signed_at:%F %T} over {kept.size} leaves is not signed by the log"
                )
            self.add(checkpoint, f"the checkpoint of {kept.signed_at:%F %T}")
            self.checkpoints += 1
            for name in _witnesses_of(kept):
                self.witnesses[name] = max(self.witnesses.get(name, 0), checkpoint.size)
            self.signed = max(self.signed, checkpoint.size)

    def take_folder(self) -> None:
        """Take the last checkpoint in the notary's folder."""
        note = last_read(Path(settings.NOTARY_FOLDER))
        checkpoint = _opened(note, self.keys[-1:]) if note else None
        if checkpoint:
            self.add(checkpoint, "the last checkpoint in the notary's folder")
            self.outside = checkpoint.size

    def take_copies(self, *, since: date | None) -> None:
        """Take the checkpoints that lie elsewhere; those of a log that had another name are not of this tree."""
        if not settings.CHECKPOINT_FOLDER:
            return
        for path, note in copies_read(Path(settings.CHECKPOINT_FOLDER), since=since):
            if self.take_note(note, where=str(path)):
                self.copies += 1

    def take_note(self, note: str, *, where: str) -> bool:
        """Take a checkpoint that somebody has; return whether it is of this tree. Raise TreeBroken for a forged one."""
        checkpoint = _opened(note, self.keys)
        if checkpoint is None:
            raise TreeBroken(f"{where} is not signed by the log")
        if checkpoint.origin != self.keys[-1].name:
            return False
        self.add(checkpoint, where)
        self.seen = max(self.seen, checkpoint.size)
        return True

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


def _witnesses_of(kept: SignedCheckpoint) -> Iterator[str]:
    """Yield who of the witnesses that settings name cosigned a checkpoint; raise TreeBroken where a line is forged."""
    lines = "".join(one.line for one in kept.cosignatures.all())
    keys = tuple(VerifierKey.read(line) for _address, line in settings.WITNESSES)
    try:
        yield from (key.name for key in note_signers(note=kept.note + lines, keys=keys)) if lines else ()
    except NoteRefused as error:
        raise TreeBroken(f"under the checkpoint of {kept.signed_at:%F %T} {error}") from error


def _opened(note: str, keys: Sequence[VerifierKey]) -> Checkpoint | None:
    for key in keys:
        try:
            return checkpoint_open(note=note, key=key)
        except NoteRefused:
            continue
    return None

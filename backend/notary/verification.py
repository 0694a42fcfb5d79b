"""Proving the tree: everything that has a number is still what it was, and every checkpoint was signed over it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from backend.notary.entries import sweep_instant
from backend.notary.folder import KeyRefused, copies_read, key_read, last_read
from backend.notary.models import Leaf, NotaryMark, SignedCheckpoint
from backend.notary.notes import Checkpoint, NoteRefused, VerifierKey, checkpoint_open, note_signers
from backend.notary.recomputing import TreeBroken, entries_made, present_check
from backend.notary.selectors import Tiles, log_keys
from backend.notary.tree import EMPTY, SIZE, WIDTH, leaf_hash, node_hash

BATCH = 8 * WIDTH
SILENT = timedelta(minutes=3)


@dataclass
class Sweeps:
    """The sweeps of the deadlines that have leaves: up to when, and how often none says so for over three minutes."""

    up_to: datetime | None = None
    silences: int = 0
    longest: tuple[datetime, datetime] | None = None

    def add(self, up_to: datetime) -> None:
        """Take the next sweep."""
        since, self.up_to = self.up_to, up_to
        if since and up_to - since > SILENT:
            self.silences += 1
            self.longest = max(self.longest or (since, since), (since, up_to), key=lambda span: span[1] - span[0])


@dataclass
class Verified:
    """All that was found to hold: leaves, checkpoints over them, and the size that the notary's folder vouches for."""

    leaves: int = 0
    checkpoints: int = 0
    signed: int = 0
    outside: int | None = None
    copies: int = 0
    seen: int = 0
    """The size of the largest tree of which a checkpoint lies elsewhere."""
    witnesses: dict[str, int] = field(default_factory=dict)
    """By the name of a witness, the leaves of the largest tree that it cosigned."""
    sweeps: Sweeps = field(default_factory=Sweeps)
    ahead: int = 0
    """Leaves under a checkpoint outside that a restored backup is too old to have."""


class Roots:
    """The root over the leaves taken so far, with no more than one hash for each height."""

    def __init__(self) -> None:
        """Begin with no leaf."""
        self._stack: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Take the next leaf's hash."""
        height, found = 0, leaf
        while self._stack and self._stack[-1][0] == height:
            found = node_hash(self._stack.pop()[1], found)
            height += 1
        self._stack.append((height, found))

    def root(self) -> bytes:
        """Return the root over what was taken."""
        if not self._stack:
            return EMPTY
        *others, (_height, found) = self._stack
        for _height, left in reversed(others):
            found = node_hash(left, found)
        return found


@dataclass
class _Claims:
    """The claims of checkpoints on the tree: by size, the roots and where each was read."""

    by_size: dict[int, list[tuple[bytes, str]]] = field(default_factory=dict)

    def add(self, checkpoint: Checkpoint, where: str) -> None:
        self.by_size.setdefault(checkpoint.size, []).append((checkpoint.root, where))

    def check(self, size: int, root: bytes) -> int:
        claims = self.by_size.pop(size, [])
        for claimed, where in claims:
            if claimed != root:
                raise TreeBroken(f"the first {size} leaves are not those that {where} was signed over")
        return len(claims)


def tree_verify(*, is_restored: bool = False) -> Iterator[Verified]:
    """Verify all leaves from the first on, and say after each batch how far it is; raise TreeBroken at the first break.

    What was restored may be older than a checkpoint outside.
    """
    verified, claims, roots = Verified(), _Claims(), Roots()
    keys = _keys()
    _claims_of_database(claims, keys, verified)
    _claim_of_folder(claims, keys, verified)
    _claims_of_copies(claims, keys, verified)
    claims.check(0, EMPTY)
    tiles = Tiles()
    while batch := _leaves(verified.leaves):
        _batch_check(batch, verified, roots, claims, tiles)
        yield verified
    _end_check(verified, claims, is_restored=is_restored)
    present_check()
    yield verified


def _keys() -> list[VerifierKey]:
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


def _claims_of_database(claims: _Claims, keys: Sequence[VerifierKey], verified: Verified) -> None:
    kept_all = SignedCheckpoint.objects.order_by("id").prefetch_related("cosignatures")
    for kept in kept_all.iterator(chunk_size=BATCH):
        checkpoint = _opened(kept.note, keys)
        if checkpoint is None or checkpoint.size != kept.size:
            raise TreeBroken(
                f"the checkpoint of {kept.signed_at:%F %T} over {kept.size} leaves is not signed by the log"
            )
        claims.add(checkpoint, f"the checkpoint of {kept.signed_at:%F %T}")
        verified.checkpoints += 1
        for name in _witnesses_of(kept):
            verified.witnesses[name] = max(verified.witnesses.get(name, 0), checkpoint.size)
        verified.signed = max(verified.signed, checkpoint.size)


def _witnesses_of(kept: SignedCheckpoint) -> Iterator[str]:
    """Yield who of the witnesses that settings name cosigned a checkpoint; raise TreeBroken where a line is forged."""
    lines = "".join(one.line for one in kept.cosignatures.all())
    keys = tuple(VerifierKey.read(line) for _address, line in settings.WITNESSES)
    try:
        yield from (key.name for key in note_signers(note=kept.note + lines, keys=keys)) if lines else ()
    except NoteRefused as error:
        raise TreeBroken(f"under the checkpoint of {kept.signed_at:%F %T} {error}") from error


def _claim_of_folder(claims: _Claims, keys: Sequence[VerifierKey], verified: Verified) -> None:
    note = last_read(Path(settings.NOTARY_FOLDER))
    checkpoint = _opened(note, keys[-1:]) if note else None
    if checkpoint:
        claims.add(checkpoint, "the last checkpoint in the notary's folder")
        verified.outside = checkpoint.size


def _claims_of_copies(claims: _Claims, keys: Sequence[VerifierKey], verified: Verified) -> None:
    """Take the checkpoints that lie elsewhere; those of a log that had another name are not of this tree."""
    if not settings.CHECKPOINT_FOLDER:
        return
    for path, note in copies_read(Path(settings.CHECKPOINT_FOLDER)):
        checkpoint = _opened(note, keys)
        if checkpoint is None:
            raise TreeBroken(f"{path} is not signed by the log")
        if checkpoint.origin == keys[-1].name:
            claims.add(checkpoint, str(path))
            verified.copies += 1
            verified.seen = max(verified.seen, checkpoint.size)


def _opened(note: str, keys: Sequence[VerifierKey]) -> Checkpoint | None:
    for key in keys:
        try:
            return checkpoint_open(note=note, key=key)
        except NoteRefused:
            continue
    return None


def _leaves(start: int) -> list[Leaf]:
    return list(Leaf.objects.filter(index__gte=start).order_by("index")[:BATCH])


def _batch_check(batch: Sequence[Leaf], verified: Verified, roots: Roots, claims: _Claims, tiles: Tiles) -> None:
    entries, names = entries_made(batch)
    for leaf in batch:
        if leaf.index != verified.leaves:
            raise TreeBroken(f"leaf {verified.leaves} is missing")
        name, entry = names[leaf.index], entries[leaf.index]
        if entry is None:
            raise TreeBroken(f"{name} is gone; it was leaf {leaf.index}")
        found = leaf_hash(entry)
        number, place = divmod(leaf.index, WIDTH)
        if tiles(0, number)[place * SIZE : (place + 1) * SIZE] != found:
            raise TreeBroken(f"{name} is not what became leaf {leaf.index}")
        roots.add(found)
        if leaf.kind == Leaf.SWEEP:
            verified.sweeps.add(sweep_instant(leaf.subject))
        verified.leaves += 1
        claims.check(verified.leaves, roots.root() if verified.leaves in claims.by_size else b"")


def _end_check(verified: Verified, claims: _Claims, *, is_restored: bool) -> None:
    mark = NotaryMark.objects.first()
    if mark and mark.size != verified.leaves:
        raise TreeBroken(f"the notary numbered {mark.size} leaves, and there are {verified.leaves}")
    if claims.by_size:
        size, [(_root, where), *_others] = max(claims.by_size.items())
        if not (is_restored and size in {verified.outside, verified.seen}):
            raise TreeBroken(f"{where} was signed over {size} leaves, and there are {verified.leaves}")
        verified.ahead = size - verified.leaves

"""Proving the tree: everything that has a number is still what it was, and every checkpoint was signed over it."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.notary.claims import Claims, log_keys_read
from backend.notary.entries import sweep_instant
from backend.notary.models import Leaf, NotaryMark
from backend.notary.recomputing import TreeBroken, entries_made, present_check
from backend.notary.roots import Roots
from backend.notary.selectors import Tiles
from backend.notary.tree import EMPTY, SIZE, WIDTH, leaf_hash

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


class TreeWalk:
    """Goes from leaf to leaf, from the first on or from where another one ended; whoever has it asks for each batch."""

    def __init__(self, *, size: int = 0, roots: Sequence[bytes] = (), since: date | None = None) -> None:
        """Begin behind so many leaves, with the roots over them; of what lies elsewhere from a day on."""
        self.first = self.size = size
        self.sweeps = Sweeps()
        self.ahead = 0
        """Leaves under a checkpoint outside that a restored backup is too old to have."""
        self.claims = Claims(log_keys_read())
        self._roots = Roots.gone_on(size=size, hashes=roots)
        self.claims.take_folder()
        self.claims.take_copies(since=since)
        if size == 0:
            self.claims.take_signed(above=-1, up_to=0)
            self.claims.check(0, EMPTY)
        else:
            self._former_check()

    def roots(self) -> list[bytes]:
        """Return what another walk needs to go on from here."""
        return self._roots.hashes()

    def go_on(self) -> bool:
        """Verify the next leaves; return whether there were any. Raise TreeBroken at the first that does not hold."""
        batch = list(Leaf.objects.filter(index__gte=self.size).order_by("index")[:BATCH])
        if not batch:
            return False
        self.claims.take_signed(above=self.size, up_to=self.size + len(batch))
        entries, names = entries_made(batch)
        tiles = Tiles()
        for leaf in batch:
            self._check(leaf, names[leaf.index], entries[leaf.index], tiles)
        return True

    def end(self, *, is_restored: bool = False) -> bool:
        """Return whether this is the end of the tree, which may have grown meanwhile; raise TreeBroken where it is cut.

        What was restored may be older than a checkpoint outside.
        """
        mark = NotaryMark.objects.first()
        before = deepcopy(self.claims)
        self.claims.take_signed(above=self.size, up_to=None)
        if Leaf.objects.filter(index__gte=self.size).exists():
            self.claims = before  # what was signed meanwhile is taken with its leaves
            return False
        if mark and mark.size != self.size:
            raise TreeBroken(f"the notary numbered {mark.size} leaves, and there are {self.size}")
        if self.claims.by_size:
            size, [(_root, where), *_others] = max(self.claims.by_size.items())
            if not (is_restored and size in {self.claims.outside, self.claims.seen}):
                raise TreeBroken(f"{where} was signed over {size} leaves, and there are {self.size}")
            self.ahead = size - self.size
        return True

    def _former_check(self) -> None:
        """Compare the roots from which it goes on with whatever was signed over as many leaves, and drop older claims.

        A root that somebody made up is found under the next checkpoint at the latest.
        """
        self.claims.take_signed(above=self.size - 1, up_to=self.size)
        self.claims.check(self.size, self._roots.root())
        self.claims.drop(below=self.size)

    def _check(self, leaf: Leaf, name: str, entry: bytes | None, tiles: Tiles) -> None:
        if leaf.index != self.size:
            raise TreeBroken(f"leaf {self.size} is missing")
        if entry is None:
            raise TreeBroken(f"{name} is gone; it was leaf {leaf.index}")
        found = leaf_hash(entry)
        number, place = divmod(leaf.index, WIDTH)
        if tiles(0, number)[place * SIZE : (place + 1) * SIZE] != found:
            raise TreeBroken(f"{name} is not what became leaf {leaf.index}")
        self._roots.add(found)
        if leaf.kind == Leaf.SWEEP:
            self.sweeps.add(sweep_instant(leaf.subject))
        self.size += 1
        if self.size in self.claims.by_size:
            self.claims.check(self.size, self._roots.root())


def tree_verify(*, is_restored: bool = False, notes: Sequence[tuple[str, str]] = ()) -> Iterator[TreeWalk]:
    """Verify all leaves from the first on, and say after each batch how far it is; raise TreeBroken at the first break.

    `notes`: checkpoints that somebody kept, each with where it was read.
    """
    walk = TreeWalk()
    for where, note in notes:
        walk.claims.take_note(note, where=where)
    yield walk
    while walk.go_on() or not walk.end(is_restored=is_restored):
        yield walk
    for _after, broken in present_check():
        if broken:
            raise TreeBroken(broken[0])
    yield walk

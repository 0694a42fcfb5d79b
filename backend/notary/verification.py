"""Proving the tree: everything that has a number is still what it was, and every checkpoint was signed over it."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.notary.claims import Claims, log_keys_read
from backend.notary.entries import sweep_instant
from backend.notary.models import Leaf, NotaryMark
from backend.notary.recomputing import Made, TreeBroken, entries_made, present_check
from backend.notary.roots import Roots
from backend.notary.selectors import Tiles
from backend.notary.tree import SIZE, WIDTH, leaf_hash

BATCH = 8 * WIDTH
SILENT = timedelta(minutes=3)
UNCOMPARED = "from there on no checkpoint could be compared with the leaves"


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
    """Goes from leaf to leaf, from the first on or from where another one ended; whoever has it asks for each batch.

    It passes by what does not hold, so that no break hides another. The root goes on by what the tiles say then; once a
    checkpoint contradicts that, none is compared any more.
    """

    def __init__(self, *, size: int = 0, roots: Sequence[bytes] = (), since: date | None = None) -> None:
        """Begin behind so many leaves, with the roots over them; of what lies elsewhere from a day on."""
        self.first = self.size = size
        self.sweeps = Sweeps()
        self.ahead = 0
        """Leaves under a checkpoint outside that a restored backup is too old to have."""
        self.claims = Claims(log_keys_read())
        self._roots = Roots.gone_on(size=size, hashes=roots) if roots or size == 0 else None
        if self._roots is None:
            self._name(UNCOMPARED)
        self.claims.take_folder()
        self.claims.list_copies(since=since, above=size)
        # A root from which it goes on may be made up: that is found under the next checkpoint at the latest.
        self._take(above=size - 1, up_to=size)
        self._compare()
        self.claims.drop(below=size)

    def roots(self) -> list[bytes]:
        """Return what another walk needs to go on from here; nothing once they were contradicted."""
        return self._roots.hashes() if self._roots else []

    def found(self) -> list[str]:
        """Return what does not hold that it has come upon since it was asked last, each as a sentence."""
        broken, self.claims.broken = self.claims.broken, []
        return broken

    def go_on(self) -> bool:
        """Verify the next leaves; return whether there were any."""
        batch = list(Leaf.objects.filter(index__gte=self.size).order_by("index")[:BATCH])
        if not batch:
            return False
        self._take(above=self.size, up_to=batch[-1].index + 1)
        made, tiles = entries_made(batch), Tiles()
        for leaf in batch:
            self._pass_gap(leaf.index, tiles)
            self._check(leaf, made, tiles)
        return True

    def end(self, *, is_restored: bool = False) -> bool:
        """Return whether this is the end of the tree, which may have grown meanwhile; raise TreeBroken where it is cut.

        What was restored may be older than a checkpoint outside.
        """
        mark = NotaryMark.objects.first()
        before = deepcopy(self.claims)
        self._take(above=self.size, up_to=None)
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

    def _take(self, *, above: int, up_to: int | None) -> None:
        """Take what was signed over more leaves than some, up to so many, and what lies elsewhere of it."""
        self.claims.take_signed(above=above, up_to=up_to)
        self.claims.take_copies(up_to=up_to)

    def _name(self, broken: str) -> None:
        self.claims.broken.append(broken)

    def _pass_gap(self, index: int, tiles: Tiles) -> None:
        """Name the leaves that are missing before one, and go on behind them by what the tiles say they were."""
        missing = range(self.size, index)
        if len(missing) > 1:
            self._name(f"leaves {missing[0]} to {missing[-1]} are missing")
        elif missing:
            self._name(f"leaf {missing[0]} is missing")
        for number in missing:
            if not self._add(_tiled(number, tiles)):
                self.size = index
                self.claims.drop(below=index + 1)
                return

    def _check(self, leaf: Leaf, made: Made, tiles: Tiles) -> None:
        entry, name = made.entries[leaf.index], made.names[leaf.index]
        kept = _tiled(leaf.index, tiles)
        if leaf.index in made.broken:
            self._name(made.broken[leaf.index])
        if entry is None:
            self._name(f"{name} is gone; it was leaf {leaf.index}")
        elif leaf_hash(entry) != kept:
            self._name(f"{name} is not what became leaf {leaf.index}")
        if leaf.kind == Leaf.SWEEP:
            self.sweeps.add(sweep_instant(leaf.subject))
        self._add(kept)

    def _add(self, found: bytes) -> bool:
        """Take the next leaf's hash; return whether the tile has one."""
        self.size += 1
        if self._roots and len(found) == SIZE:
            self._roots.add(found)
        elif self._roots:
            self._roots = None
            self._name(UNCOMPARED)
        self._compare()
        return len(found) == SIZE

    def _compare(self) -> None:
        """Compare the root with whatever was signed over as many leaves."""
        if self.size not in self.claims.by_size:
            return
        if self._roots is None:
            del self.claims.by_size[self.size]
        elif not self.claims.check(self.size, self._roots.root()):
            self._roots = None
            self._name(UNCOMPARED)


def _tiled(index: int, tiles: Tiles) -> bytes:
    """Return the hash of a leaf as its tile has it; less than one where it ends before."""
    number, place = divmod(index, WIDTH)
    return tiles(0, number)[place * SIZE : (place + 1) * SIZE]


def tree_verify(*, is_restored: bool = False, notes: Sequence[tuple[str, str]] = ()) -> Iterator[TreeWalk]:
    """Verify all leaves from the first on, and say after each batch how far it is; raise TreeBroken at the first break.

    `notes`: checkpoints that somebody kept, each with where it was read.
    """
    walk = TreeWalk()
    for where, note in notes:
        walk.claims.take_note(note, where=where)
    is_over = False
    while not is_over:
        yield walk
        is_over = not walk.go_on() and walk.end(is_restored=is_restored)
        if broken := walk.found():
            raise TreeBroken(broken[0])
    for _after, changed in present_check():
        if changed:
            raise TreeBroken(changed[0])
    yield walk

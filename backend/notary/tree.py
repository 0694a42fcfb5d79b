"""The Merkle tree of RFC 6962: its hashes, kept as tiles of 256 (C2SP tlog-tiles), and the proofs made from them."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence

HEIGHT = 8
WIDTH = 1 << HEIGHT
"""Hashes in a full tile."""
SIZE = 32
"""Bytes of a hash."""
EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""
Hashes = Callable[[int, int], bytes]
"""A reader of tiles: the hashes of one, by its level and its number."""
Span = tuple[int, int]
"""The first leaf of a range, and the one behind its last."""
Ahead = Callable[[Collection[tuple[int, int]]], None]
"""Whoever is told which tiles are read next, by level and number, so that all of them can be fetched at once."""


class TileMissing(Exception):
    """The tiles do not hold a hash that a tree of this size has."""


class NotProven(Exception):
    """A proof does not lead to the root that it was made for."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of what joins two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over hashes whose number is a power of two."""
    while len(hashes) > 1:
        hashes = [node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def tiles_extended(*, size: int, leaves: Sequence[bytes], read: Hashes) -> dict[tuple[int, int], bytes]:
    """Return every tile that becomes another when leaves (their hashes) are added to a tree of some size."""
    changed: dict[tuple[int, int], bytes] = {}
    level, added = 0, list(leaves)
    while added:
        filled = size >> (HEIGHT * level)
        number, within = divmod(filled, WIDTH)
        tail = (read(level, number)[: within * SIZE] if within else b"") + b"".join(added)
        added = []
        for start in range(0, len(tail), WIDTH * SIZE):
            tile = tail[start : start + WIDTH * SIZE]
            changed[level, number] = tile
            number += 1
            if len(tile) == WIDTH * SIZE:
                added.append(root_of(_split(tile)))
        level += 1
    return changed


class Tree:
    """A tree of some size, as its tiles tell it."""

    def __init__(self, *, size: int, read: Hashes, ahead: Ahead | None = None) -> None:
        """Take the number of leaves and the reader of tiles."""
        self.size = size
        self._read = read
        self._ahead = ahead

    def root(self) -> bytes:
        """Return the root; that of no leaves is defined too."""
        return self._hashes([(0, self.size)])[0] if self.size else EMPTY

    def before(self, size: int) -> "Tree":
        """Return the tree as it was when it had fewer leaves."""
        return Tree(size=size, read=self._read, ahead=self._ahead)

    def leaf(self, index: int) -> bytes:
        """Return the hash of one leaf."""
        return self._over(index, index + 1)

    def inclusion(self, index: int) -> list[bytes]:
        """Return the proof that a leaf is in the tree, from its sibling up."""
        return self._hashes(_path(index, 0, self.size))

    def consistency(self, before: int) -> list[bytes]:
        """Return the proof that the tree went on from one of an earlier size; that of none, or the same, is empty."""
        return self._hashes(_going_on(before, 0, self.size, is_whole=True)) if 0 < before < self.size else []

    def _hashes(self, spans: Sequence[Span]) -> list[bytes]:
        """Return the hash over each of some ranges that are subtrees of this tree."""
        if self._ahead:
            self._ahead({_place(*part)[:2] for span in spans for part in _whole(*span)})
        return [self._over(*span) for span in spans]

    def _over(self, start: int, end: int) -> bytes:
        """Return the hash over a range that is a subtree of this tree."""
        *parts, last = (self._of_whole(*part) for part in _whole(start, end))
        for left in reversed(parts):
            last = node_hash(left, last)
        return last

    def _of_whole(self, start: int, end: int) -> bytes:
        level, number, first, width = _place(start, end)
        part = self._read(level, number)[first * SIZE : (first + width) * SIZE]
        if len(part) != SIZE * width:
            raise TileMissing(f"tile {number} of level {level} is too short")
        return root_of(_split(part))


def _path(index: int, start: int, end: int) -> list[Span]:
    """Return the ranges beside the way from a leaf up to the root over a range."""
    if end - start == 1:
        return []
    middle = start + _largest_power_below(end - start)
    if index < middle:
        return [*_path(index, start, middle), (middle, end)]
    return [*_path(index, middle, end), (start, middle)]


def _going_on(before: int, start: int, end: int, *, is_whole: bool) -> list[Span]:
    if before == end:
        return [] if is_whole else [(start, end)]
    middle = start + _largest_power_below(end - start)
    if before <= middle:
        return [*_going_on(before, start, middle, is_whole=is_whole), (middle, end)]
    return [*_going_on(before, middle, end, is_whole=False), (start, middle)]


def _whole(start: int, end: int) -> Iterator[Span]:
    """Yield the ranges of which a subtree is made, each of a power of two."""
    while (length := end - start) & (length - 1):
        middle = start + _largest_power_below(length)
        yield start, middle
        start = middle
    yield start, end


def _place(start: int, end: int) -> tuple[int, int, int, int]:
    """Return where the hashes of a range of a power of two stand: level and number of the tile, the first, how many."""
    level, within = divmod((end - start).bit_length() - 1, HEIGHT)
    number, first = divmod(start >> (HEIGHT * level), WIDTH)
    return level, number, first, 1 << within


def inclusion_root(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """Return the root to which a proof leads from a leaf's hash; raise NotProven where it cannot be one."""
    if not 0 <= index < size:
        raise NotProven("the index lies outside the tree")
    found = leaf
    for sibling, is_left in _turns(index, size - 1, proof):
        found = node_hash(sibling, found) if is_left else node_hash(found, sibling)
    return found


def consistency_check(*, before: int, old: bytes, size: int, new: bytes, proof: Sequence[bytes]) -> None:
    """Raise NotProven unless a tree with one root went on to become a larger one with another."""
    if before in {0, size}:
        if proof or (before == size and old != new):
            raise NotProven("two trees of one size have different roots, or nothing was to be proven")
        return
    if not 0 < before < size or not proof:
        raise NotProven("the proof is missing, or the tree grew smaller")
    first, *steps = proof if before & (before - 1) else [old, *proof]
    position, last = before - 1, size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    was = now = first
    for step, is_left in _turns(position, last, steps):
        was, now = (node_hash(step, was), node_hash(step, now)) if is_left else (was, node_hash(now, step))
    if was != old or now != new:
        raise NotProven("the proof does not lead from one root to the other")


def _turns(position: int, last: int, proof: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each hash of a proof on the way up, and whether it stands to the left."""
    for sibling in proof:
        if last == 0:
            raise NotProven("the proof is too long")
        is_left = bool(position & 1) or position == last
        while is_left and position and not position & 1:
            position, last = position >> 1, last >> 1
        position, last = position >> 1, last >> 1
        yield sibling, is_left
    if last:
        raise NotProven("the proof is too short")


def _split(tile: bytes) -> list[bytes]:
    return [tile[start : start + SIZE] for start in range(0, len(tile), SIZE)]


def _largest_power_below(number: int) -> int:
    return 1 << ((number - 1).bit_length() - 1)

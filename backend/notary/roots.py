"""The root over leaves that are taken one after the other, with no more than one hash for each height. Pure."""

from collections.abc import Sequence
from typing import Self

from backend.notary.tree import EMPTY, node_hash


class Roots:
    """The root over the leaves taken so far."""

    def __init__(self) -> None:
        """Begin with no leaf."""
        self._stack: list[tuple[int, bytes]] = []

    @classmethod
    def gone_on(cls, *, size: int, hashes: Sequence[bytes]) -> Self:
        """Return those over so many leaves, by what `hashes` returned of them."""
        heights = [height for height in reversed(range(size.bit_length())) if size >> height & 1]
        roots = cls()
        roots._stack = list(zip(heights, map(bytes, hashes), strict=True))
        return roots

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

    def hashes(self) -> list[bytes]:
        """Return the roots of the whole subtrees, the left first, from which it can go on another time."""
        return [found for _height, found in self._stack]

"""Adding leaves to the tree: by whoever has the notary's row locked, whatever they are of."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from backend.notary.entries import covering_entry
from backend.notary.models import NotaryMark
from backend.notary.selectors import Tiles
from backend.notary.tree import leaf_hash, tiles_extended

STORE_LEAVES = """
    INSERT INTO notary_leaf (index, kind, subject, number)
    SELECT %s + place - 1, kind, subject, number
    FROM unnest(%s::varchar[], %s::uuid[], %s::integer[]) WITH ORDINALITY AS added(kind, subject, number, place)"""
STORE_COVERS = """
    INSERT INTO notary_cover (index, version, salt, digests)
    SELECT index, version, salt, string_to_array(digests, ',')::bytea[]
    FROM unnest(%s::bigint[], %s::integer[], %s::bytea[], %s::text[]) AS added(index, version, salt, digests)"""
STORE_TILES = """
    INSERT INTO notary_tile (level, number, hashes) SELECT * FROM unnest(%s::integer[], %s::bigint[], %s::bytea[])
    ON CONFLICT (level, number) DO UPDATE SET hashes = EXCLUDED.hashes"""


@dataclass(frozen=True, slots=True)
class Covering:
    """Salted digests of what something says now, made by a list of columns of some version."""

    version: int
    salt: bytes
    digests: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Added:
    """A leaf to be: what it is of, and either the bytes whose hash it is or the digests that make them."""

    kind: str
    subject: UUID
    number: int
    entry: bytes = b""
    covering: Covering | None = None

    def hash(self) -> bytes:
        """Return the hash of the leaf."""
        if self.covering is None:
            return leaf_hash(self.entry)
        said = self.covering
        return leaf_hash(covering_entry(self.kind, self.subject, self.number, said.version, said.digests))


def mark_lock() -> NotaryMark | None:
    """Lock the notary's row; None where another has it."""
    return NotaryMark.objects.select_for_update(skip_locked=True).first()


def leaves_add(*, mark: NotaryMark, leaves: Sequence[Added]) -> None:
    """Add leaves at the end of the tree, whose row the caller has locked and saves."""
    tiles = tiles_extended(size=mark.size, leaves=[leaf.hash() for leaf in leaves], read=Tiles())
    covers = [(mark.size + place, leaf.covering) for place, leaf in enumerate(leaves) if leaf.covering]
    with connection.cursor() as cursor:
        columns = [[str(getattr(leaf, name)) for leaf in leaves] for name in ("kind", "subject")]
        cursor.execute(STORE_LEAVES, [mark.size, *columns, [leaf.number for leaf in leaves]])
        if covers:
            cursor.execute(STORE_COVERS, _columns(covers))
        cursor.execute(STORE_TILES, [[key[0] for key in tiles], [key[1] for key in tiles], list(tiles.values())])
    mark.size += len(leaves)


def _columns(covers: Sequence[tuple[int, Covering]]) -> list[list[int] | list[bytes] | list[str]]:
    """Return the columns of rows; the digests of one, as PostgreSQL reads bytes, joined: arrays of arrays are even."""
    return [
        [index for index, _covering in covers],
        [covering.version for _index, covering in covers],
        [covering.salt for _index, covering in covers],
        [",".join(f"\\x{digest.hex()}" for digest in covering.digests) for _index, covering in covers],
    ]

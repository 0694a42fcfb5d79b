"""The tree as it is read: its tiles, how far it is, and the checkpoints over it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from backend.notary.models import Cosignature, LogKey, NotaryMark, SignedCheckpoint, Tile
from backend.notary.tree import Tree

OPEN_SINCE = """
SELECT min(xact_start) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""


@dataclass(frozen=True, slots=True)
class NotaryState:
    """The reach of the notary: leaves, the instant of the newest checkpoint, and of its last look at what was new."""

    size: int
    signed_at: datetime | None
    looked_at: datetime | None


def notary_state() -> NotaryState:
    """Return how far the notary is."""
    mark = NotaryMark.objects.first() or NotaryMark()
    newest = checkpoint_newest()
    return NotaryState(mark.size, newest.signed_at if newest else None, mark.looked_at)


def checkpoint_newest() -> SignedCheckpoint | None:
    """Return the checkpoint that was signed last."""
    return SignedCheckpoint.objects.order_by("-id").first()


def checkpoint_unseen_since() -> datetime | None:
    """Return when the first checkpoint was signed of those after the last that a witness saw; None for none."""
    seen = Cosignature.objects.order_by("-checkpoint_id").values_list("checkpoint_id", flat=True).first() or 0
    return SignedCheckpoint.objects.filter(id__gt=seen).order_by("id").values_list("signed_at", flat=True).first()


def log_keys() -> list[str]:
    """Return the public keys under which the log signed, the newest last."""
    return list(LogKey.objects.order_by("id").values_list("line", flat=True))


class Tiles:
    """The tiles of the database, each read once."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._read: dict[tuple[int, int], bytes] = {}

    def __call__(self, level: int, number: int) -> bytes:
        """Return the hashes of a tile; none where it is missing."""
        key = (level, number)
        if key not in self._read:
            found = Tile.objects.filter(level=level, number=number).values_list("hashes", flat=True).first()
            self._read[key] = bytes(found or b"")
        return self._read[key]


def tree_of(*, size: int) -> Tree:
    """Return the tree of a size, as the tiles tell it."""
    return Tree(size=size, read=Tiles())


def open_since() -> datetime | None:
    """Return when the oldest transaction that is still open began: what it writes cannot be read yet."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_SINCE)
        row = cursor.fetchone()
    since: datetime | None = row[0]
    return since

"""The tree as it is read: its tiles, how far it is, and the checkpoints over it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from backend.notary.models import BreakAnswer, Cosignature, LogKey, NotaryMark, SignedCheckpoint, Verification
from backend.notary.tree import Tree
from backend.organisation.actors import Actor
from backend.organisation.models import School

MOST_ANSWERS = 20
SOME_TILES = """
SELECT level, number, hashes FROM notary_tile
JOIN unnest(%s::integer[], %s::bigint[]) AS asked(level, number) USING (level, number)"""
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


def checkpoint_told() -> SignedCheckpoint | None:
    """Return the newest checkpoint that a witness cosigned, or the newest where none has."""
    seen = Cosignature.objects.order_by("-checkpoint_id").select_related("checkpoint").first()
    return seen.checkpoint if seen else checkpoint_newest()


def checkpoint_unseen_since() -> datetime | None:
    """Return when the first checkpoint was signed of those after the last that a witness saw; None for none."""
    seen = Cosignature.objects.order_by("-checkpoint_id").values_list("checkpoint_id", flat=True).first() or 0
    return SignedCheckpoint.objects.filter(id__gt=seen).order_by("id").values_list("signed_at", flat=True).first()


def verification_held(*, is_full: bool = False) -> Verification | None:
    """Return the last verification that found nothing; of all that is on record where a full one is asked for."""
    held = Verification.objects.filter(findings=[]).order_by("-id")
    return (held.filter(is_full=True) if is_full else held).first()


def verifications_broken() -> list[Verification]:
    """Return the verifications that found something which nobody has answered, the oldest first.

    What somebody answered once counts as answered wherever it is found again, and what nobody has answered is told of
    the first verification that found it.
    """
    told, answered = Verification.objects.exclude(findings=[]).order_by("id"), findings_answered()
    known, broken = set(answered), []
    for one in told:
        if not known.issuperset(one.findings):
            broken.append(one)
            known.update(one.findings)
    return broken


def findings_answered() -> frozenset[str]:
    """Return the findings that somebody answered, wherever they are found again."""
    answered = Verification.objects.filter(answer__isnull=False).values_list("findings", flat=True)
    return frozenset(finding for findings in answered for finding in findings)


def breaks_answered(*, actor: Actor) -> list[BreakAnswer]:
    """Return what was last answered about breaks at the actor's school, at its bureau, or at the bureau's schools."""
    if actor.school_id:
        there = Q(person__school=actor.school_id) | Q(person__bureau__schools=actor.school_id)
    else:
        there = Q(person__school__bureau=actor.bureau_id) | Q(person__bureau=actor.bureau_id)
    answers = BreakAnswer.objects.filter(there).select_related("person")
    return list(answers.order_by("-at", "-id")[:MOST_ANSWERS])


def may_read_findings(*, actor: Actor) -> bool:
    """Say whether the actor may read which tickets a verification names: all that are on record are theirs."""
    own = Q(bureau=actor.bureau_id) if actor.bureau_id else Q(id=actor.school_id)
    return not School.objects.exclude(own).exists()


def begun_last() -> datetime | None:
    """Return when the last verification began, or before any when the first checkpoint was signed; None before that."""
    begun = Verification.objects.order_by("-id").values_list("begun_at", flat=True).first()
    return begun or SignedCheckpoint.objects.order_by("id").values_list("signed_at", flat=True).first()


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
        self.ahead([(level, number)])
        return self._read[level, number]

    def ahead(self, keys: Collection[tuple[int, int]]) -> None:
        """Read those of some tiles that were not yet, by level and number, all in one statement."""
        asked = [key for key in keys if key not in self._read]
        if asked:
            self._read |= dict.fromkeys(asked, b"")
            with connection.cursor() as cursor:
                cursor.execute(SOME_TILES, [[level for level, _number in asked], [number for _level, number in asked]])
                self._read |= {(level, number): bytes(hashes) for level, number, hashes in cursor.fetchall()}


def tree_of(*, size: int) -> Tree:
    """Return the tree of a size, as the tiles tell it."""
    tiles = Tiles()
    return Tree(size=size, read=tiles, ahead=tiles.ahead)


def open_since() -> datetime | None:
    """Return when the oldest transaction that is still open began: what it writes cannot be read yet."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_SINCE)
        row = cursor.fetchone()
    since: datetime | None = row[0]
    return since

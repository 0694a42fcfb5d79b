"""Signing checkpoints over the tree, with a key that no database holds."""

import logging
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from backend.notary.folder import KeyRefused, copy_write, key_make, key_put_aside, key_read, last_read, last_write
from backend.notary.models import LogKey, NotaryMark, SignedCheckpoint
from backend.notary.notes import Checkpoint, NoteRefused, SignerKey, checkpoint_open
from backend.notary.selectors import checkpoint_newest, tree_of
from backend.notary.services.numbering import ledger_number
from backend.notary.services.sweeps import sweep_number
from backend.notary.tree import TileMissing, Tree

logger = logging.getLogger(__name__)


class LedgerForked(Exception):
    """The tree is not the continuation of what was signed before: it was rewritten, or an older one was restored."""


def notary_look(*, now: datetime) -> None:
    """Number what is new and sign it; what keeps the notary from signing is an alarm, and tried again."""
    is_all = ledger_number(now=now)
    sweep_number(now=now)
    try:
        checkpoint_sign(now=now, is_all=is_all)
    except (KeyRefused, LedgerForked, OSError) as error:
        logger.error("ALARM: the notary signs nothing. %s", error)  # noqa: TRY400 - the sentence says it


def checkpoint_sign(*, now: datetime, is_all: bool) -> SignedCheckpoint | None:
    """Sign the tree as it is, if it grew; return the checkpoint. `is_all`: nothing waits for its number.

    Raise KeyRefused where there is no key to sign with, and LedgerForked rather than sign what contradicts the
    checkpoint that the notary's folder has.
    """
    folder = Path(settings.NOTARY_FOLDER)
    signer = _signer(folder, now)
    with transaction.atomic():
        mark = NotaryMark.objects.select_for_update(skip_locked=True).first()
        if mark is None:
            return None
        tree = tree_of(size=mark.size)
        goes_on_check(tree=tree, signer=signer, note=last_read(folder))
        checkpoint = Checkpoint(signer.name, mark.size, tree.root())
        signed = None
        if not _is_signed(checkpoint, signer):
            signed = SignedCheckpoint(size=mark.size, note=signer.note(checkpoint.text()), signed_at=now)
            signed.save()
        mark.looked_at = now if is_all else mark.looked_at
        mark.save(update_fields=["looked_at"])
    if signed:
        _remember(signed, folder)
        _copy(signed, now)
    return signed


def goes_on_check(*, tree: Tree, signer: SignerKey, note: str | None) -> None:
    """Raise LedgerForked unless a tree is the continuation of a checkpoint, where that is of the same log."""
    if note is None:
        return
    try:
        before = checkpoint_open(note=note, key=signer.verifier())
    except NoteRefused:
        return  # of another key: a new log begins, or a new key of this one
    if before.size > tree.size:
        raise LedgerForked(f"A checkpoint over {before.size} leaves was signed, and the tree has {tree.size}.")
    try:
        root = tree.before(before.size).root()
    except TileMissing:
        root = b""
    if root != before.root:
        raise LedgerForked(f"The first {before.size} leaves are not those over which a checkpoint was signed.")


def key_renew(*, name: str | None) -> SignerKey:
    """Put the notary's key aside and make another, under the same name or, for a new log, another one."""
    folder = Path(settings.NOTARY_FOLDER)
    try:
        former = key_read(folder)
    except KeyRefused:
        former = None
    chosen = name or (former.name if former else log_name())
    SignerKey.made(chosen)
    key_put_aside(folder)
    return key_make(folder, chosen)


def log_name() -> str:
    """Return the name that the log of this installation has if nobody chose another."""
    return f"{urlsplit(settings.PUBLIC_URL).netloc}/ledger"


def _remember(signed: SignedCheckpoint, folder: Path) -> None:
    """Have the checkpoint lie beside the key; where that cannot be written, it still leaves the machine."""
    try:
        last_write(folder, signed.note)
    except OSError as error:
        logger.error("ALARM: the notary's folder cannot be written: %s", error)  # noqa: TRY400 - it says why


def _copy(signed: SignedCheckpoint, now: datetime) -> None:
    """Have the checkpoint lie elsewhere too; where that cannot be reached, the next one stands for it."""
    if not settings.CHECKPOINT_FOLDER:
        return
    try:
        copy_write(Path(settings.CHECKPOINT_FOLDER), signed.note, size=signed.size, now=now)
    except OSError as error:
        logger.error("ALARM: a checkpoint could not leave the machine: %s", error)  # noqa: TRY400 - it says why


def _signer(folder: Path, now: datetime) -> SignerKey:
    """Return the key to sign with; make it at the first start, and never in place of one that was lost."""
    signer = key_read(folder)
    if signer is None:
        if LogKey.objects.exists():
            raise KeyRefused(
                f"The notary's key is not in {folder}. Put it back; if it is lost, "
                "`manage.py notary_key --new` makes another."
            )
        signer = key_make(folder, log_name())
    LogKey.objects.get_or_create(line=str(signer.verifier()), defaults={"name": signer.name, "since": now})
    return signer


def _is_signed(checkpoint: Checkpoint, signer: SignerKey) -> bool:
    newest = checkpoint_newest()
    if newest is None or newest.size != checkpoint.size:
        return False
    try:
        return checkpoint_open(note=newest.note, key=signer.verifier()) == checkpoint
    except NoteRefused:
        return False

"""Asking witnesses to cosign the newest checkpoint (C2SP tlog-witness); what they answer is kept beside it."""

import base64
import logging
from datetime import UTC, datetime

from django.conf import settings

from backend.common.outgoing import NotTaken
from backend.common.posting import Answer, post_to_known
from backend.notary.models import Cosignature, SignedCheckpoint
from backend.notary.notes import NUMBER, Checkpoint, NoteRefused, VerifierKey, note_signers, note_text, signature_line
from backend.notary.selectors import checkpoint_newest, tree_of

CONFLICT, DONE = 409, 200
logger = logging.getLogger(__name__)


def cosignatures_ask() -> dict[str, str]:
    """Ask every witness that has not cosigned the newest checkpoint yet; return what went wrong, by its address.

    Nobody waits for it, and no transaction is open meanwhile. A witness that is away is asked the next time.
    """
    signed = checkpoint_newest()
    wrong: dict[str, str] = {}
    if signed is None:
        return wrong
    for address, line in settings.WITNESSES:
        if Cosignature.objects.filter(checkpoint=signed, key=line).exists():
            continue
        try:
            _ask(signed, address, VerifierKey.read(line))
        except (NotTaken, NoteRefused) as error:
            wrong[address] = str(error)
            logger.error("ALARM: the witness %s does not cosign: %s", address, error)  # noqa: TRY400 - it says why
    return wrong


def _ask(signed: SignedCheckpoint, address: str, key: VerifierKey) -> None:
    last = Cosignature.objects.filter(key=str(key)).order_by("-checkpoint__size").first()
    old = last.checkpoint.size if last else 0
    answer = _post(address, signed, old)
    text = answer.body.decode(errors="replace")
    if answer.status == CONFLICT and NUMBER.fullmatch(text.strip()):
        old = int(text)
        if old > signed.size:
            raise NoteRefused(f"it has cosigned {old} leaves, and the tree has {signed.size}")
        answer = _post(address, signed, old)
        text = answer.body.decode(errors="replace")
    if answer.status != DONE:
        raise NoteRefused(f"it answered {answer.status}: {text[:200].strip()}")
    found = note_signers(note=signed.note + text, keys=(key,)).get(key)
    if found is None:
        raise NoteRefused("its answer is not signed with the key that was given for it")
    # The line is written anew from what was verified: beside it the answer may hold lines of another key of that name.
    said = {"line": signature_line(key, found), "seen_at": _seen_at(found)}
    Cosignature.objects.get_or_create(checkpoint=signed, key=str(key), defaults=said)


def _seen_at(signature: bytes) -> datetime:
    try:
        return datetime.fromtimestamp(int.from_bytes(signature[:8], "big"), UTC)
    except (ValueError, OverflowError, OSError):
        raise NoteRefused("the instant of its signature is none") from None


def _post(address: str, signed: SignedCheckpoint, old: int) -> Answer:
    proof = tree_of(size=Checkpoint.read(note_text(signed.note)).size).consistency(old)
    lines = [f"old {old}", *(base64.b64encode(one).decode() for one in proof), "", signed.note]
    return post_to_known(address=f"{address}/add-checkpoint", body="\n".join(lines).encode())

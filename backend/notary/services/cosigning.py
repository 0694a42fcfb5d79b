"""Asking witnesses to cosign the newest checkpoint (C2SP tlog-witness); what they answer is kept beside it."""

import base64
import logging
from datetime import UTC, datetime

import requests
from django.conf import settings

from backend.notary.models import Cosignature, SignedCheckpoint
from backend.notary.notes import Checkpoint, NoteRefused, VerifierKey, note_signers, note_text
from backend.notary.selectors import checkpoint_newest, tree_of

SECONDS = 5
CONFLICT, DONE = 409, 200
LONGEST_ANSWER = 4096
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
        except (requests.RequestException, NoteRefused) as error:
            wrong[address] = str(error)
            logger.error("ALARM: the witness %s does not cosign: %s", address, error)  # noqa: TRY400 - it says why
    return wrong


def _ask(signed: SignedCheckpoint, address: str, key: VerifierKey) -> None:
    last = Cosignature.objects.filter(key=str(key)).order_by("-checkpoint__size").first()
    old = last.checkpoint.size if last else 0
    answer = _post(address, signed, old)
    if answer.status_code == CONFLICT and answer.text.strip().isdigit():
        old = int(answer.text)
        if old > signed.size:
            raise NoteRefused(f"it has cosigned {old} leaves, and the tree has {signed.size}")
        answer = _post(address, signed, old)
    if answer.status_code != DONE:
        raise NoteRefused(f"it answered {answer.status_code}: {answer.text[:200].strip()}")
    note = signed.note + answer.text[:LONGEST_ANSWER]
    found = note_signers(note=note, keys=(key,)).get(key)
    if found is None:
        raise NoteRefused("its answer is not signed with the key that was given for it")
    kept = next(one for one in answer.text.splitlines() if one.startswith(f"— {key.name} "))
    seen_at = datetime.fromtimestamp(int.from_bytes(found[:8], "big"), UTC)
    Cosignature.objects.create(checkpoint=signed, key=str(key), line=f"{kept}\n", seen_at=seen_at)


def _post(address: str, signed: SignedCheckpoint, old: int) -> requests.Response:
    proof = tree_of(size=Checkpoint.read(note_text(signed.note)).size).consistency(old)
    lines = [f"old {old}", *(base64.b64encode(one).decode() for one in proof), "", signed.note]
    return requests.post(
        f"{address}/add-checkpoint", data="\n".join(lines).encode(), timeout=SECONDS, allow_redirects=False
    )

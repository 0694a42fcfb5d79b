"""News of the ledger: a verification found a break, and the checkpoint of the day."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.common.outbox import OutboxDraft
from backend.notary.models import SignedCheckpoint, Verification
from backend.notary.notes import Checkpoint, note_text
from backend.notary.selectors import verifications_broken
from backend.organisation.actors import Actor
from backend.organisation.roles import Role, with_those_above

TOPIC = "ledger.told"
BROKEN, DAILY = "broken", "daily"
PAGE = "/ledger"
TOLD = (Role.PRINCIPAL, Role.BUREAU_OFFICER)
HEARING = with_those_above(*TOLD)


def break_draft(found: Verification, people: Collection[UUID], *, turn: int) -> OutboxDraft:
    """Return the news of a break, once for each turn in which nobody has answered."""
    payload = {
        "people": sorted(map(str, people)),
        "what": BROKEN,
        "verification": found.pk,
        "ended_at": found.ended_at.isoformat(),
        "path": PAGE,
    }
    return OutboxDraft(TOPIC, f"{TOPIC}:{BROKEN}:{found.pk}:{turn}", payload)


def checkpoint_draft(signed: SignedCheckpoint, people: Collection[UUID], *, held: Verification | None) -> OutboxDraft:
    """Return the news of the day: the checkpoint as it was signed, with who cosigned it."""
    lines = "".join(signed.cosignatures.order_by("id").values_list("line", flat=True))
    payload = {
        "people": sorted(map(str, people)),
        "what": DAILY,
        "size": Checkpoint.read(note_text(signed.note)).size,
        "witnesses": signed.cosignatures.count(),
        "verified_at": held.ended_at.isoformat() if held else "",
        "note": signed.note + lines,
        "path": PAGE,
    }
    return OutboxDraft(TOPIC, f"{TOPIC}:{DAILY}:{signed.pk}", payload)


def ledger_standing(
    *,
    news: Mapping[UUID, Mapping[str, Any]],
    readers: Mapping[UUID, Actor],
    now: datetime,  # noqa: ARG001 - as all
) -> set[UUID]:
    """Return which news of the ledger still hold: of breaks those that nobody has answered.

    They are for whoever answers for a school, or stands in above.
    """
    broken = {found.pk for found in verifications_broken()}
    holds = {one for one, told in news.items() if told["what"] == DAILY or told["verification"] in broken}
    return {one for one in holds if readers[one].holds(*HEARING)}

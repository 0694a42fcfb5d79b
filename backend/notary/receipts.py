"""The receipt of a report: a proof (C2SP tlog-proof) that it was filed, which holds without this system too."""

import base64
from typing import Any
from uuid import UUID

from django.db.models import Q

from backend.incidents.models import Report
from backend.notary.entries import FORMAT
from backend.notary.errors import ProofNotReady
from backend.notary.models import Cosignature, Leaf, SignedCheckpoint
from backend.notary.selectors import tree_of
from backend.workflow.ledger import canonical, filed_of
from backend.workflow.models import FILED, TicketEvent
from backend.workflow.system_events import OPENED

HEADER = "c2sp.org/tlog-proof@v1"


def receipt_of(*, report: Report) -> str:
    """Return the proof that a report was filed, with its words; raise ProofNotReady where none is signed yet."""
    event = _event_of(report)
    index = Leaf.objects.filter(subject=event.ticket_id, kind=Leaf.EVENT, number=event.sequence).values_list("index")
    signed = _signed(index[:1])
    number: int = index.get()[0]
    proof = tree_of(size=signed.size).inclusion(number)
    said = canonical(_said(report, event))
    lines = [HEADER, f"extra {_text(said)}", f"index {number}", *map(_text, proof), "", signed.note]
    seen = signed.cosignatures.order_by("id").values_list("line", flat=True)
    return "\n".join(lines) + "".join(seen)


def _signed(index: Any) -> SignedCheckpoint:
    """Return the newest checkpoint over a leaf, one that a witness saw before any other."""
    checkpoints = SignedCheckpoint.objects.filter(size__gt=index).order_by("-id")
    seen = checkpoints.filter(id__in=Cosignature.objects.order_by("-id").values("checkpoint")[:1])
    signed = seen.first() or checkpoints.first()
    if signed is None:
        raise ProofNotReady
    return signed


def _event_of(report: Report) -> TicketEvent:
    by_reporter = Q(kind=OPENED.name, actor_id=report.reporter_id, at=report.filed_at)
    events = TicketEvent.objects.filter(by_reporter, ticket=report.ticket_id).select_related("payload")
    event = events.order_by("sequence").first()
    if event is None:
        raise ProofNotReady
    return event


def _said(report: Report, event: TicketEvent) -> dict[str, Any]:
    """Return what makes the entry anew: the event and, while it is kept, what it says and its salt."""
    said: dict[str, Any] = {"format": FORMAT, "event": event_said(event)}
    payload = getattr(event, "payload", None)
    if payload:
        said |= {"salt": bytes(payload.salt).hex(), "body": payload.body}
        if FILED in payload.body:
            said["filed"] = filed_of(ticket=report.ticket, place_id=report.place_id)
    return said


def event_said(event: TicketEvent) -> dict[str, Any]:
    """Return what of an event makes its hash anew, as a receipt says it."""
    return {
        "ticket": str(event.ticket_id),
        "sequence": event.sequence,
        "kind": event.kind,
        "version": event.version,
        "at": event.at.isoformat(timespec="microseconds"),
        "actor": _id(event.actor_id),
        "commitment": bytes(event.commitment).hex(),
        "previous": bytes(event.previous_hash).hex(),
    }


def _id(found: UUID | None) -> str | None:
    return str(found) if found else None


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()

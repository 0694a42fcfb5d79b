"""The receipt of a report: a proof (C2SP tlog-proof) that it was filed, which holds without this system too."""

import base64
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q

from backend.incidents.models import Report
from backend.notary.entries import FORMAT, sweep_instant
from backend.notary.errors import ProofNotReady
from backend.notary.models import Cosignature, Leaf, SignedCheckpoint
from backend.notary.selectors import tree_of
from backend.notary.tree import Tree
from backend.workflow.ledger import canonical, filed_of
from backend.workflow.models import FILED, TicketEvent
from backend.workflow.policy import reporter_may_open
from backend.workflow.system_events import OPENED

TELLING = (
    *("acknowledge", "start", "resolve", "fix-at-once", "confirm-decline", "withdraw", "merge"),
    *("escalated", "wait", "clocks-moved", "reclassify", "merged-here"),
)
"""The kinds of events that keep, break or move what was promised; nothing else of the work is told."""
MOST_ACTS = 50
HEADER = "c2sp.org/tlog-proof@v1"


def receipt_of(*, report: Report) -> str:
    """Return the proof that a report was filed, with its words; raise ProofNotReady where none is signed yet."""
    event = _event_of(report)
    index = Leaf.objects.filter(subject=event.ticket_id, kind=Leaf.EVENT, number=event.sequence).values_list("index")
    signed = _signed(index[:1])
    number: int = index.get()[0]
    tree = tree_of(size=signed.size)
    proof = tree.inclusion(number)
    # Who acts on a case that its reporter may not open is not theirs to read, and neither is what became of it.
    is_open = report.opens_ticket and reporter_may_open(confidentiality=report.ticket.confidentiality)
    followed = {"acts": list(_acts(event, tree)), **_swept(tree)} if is_open else {}
    said = canonical(_said(report, event) | followed)
    lines = [HEADER, f"extra {_text(said)}", f"index {number}", *map(_text, proof), "", signed.note]
    seen = signed.cosignatures.order_by("id").values_list("line", flat=True)
    return "\n".join(lines) + "".join(seen)


def _acts(opened: TicketEvent, tree: Tree) -> Iterator[dict[str, Any]]:
    """Yield what became of the promises, each as an event without its words and with a proof of its own."""
    later = TicketEvent.objects.filter(ticket=opened.ticket_id, sequence__gt=opened.sequence, kind__in=TELLING)
    events = {event.sequence: event for event in later.order_by("sequence")[:MOST_ACTS]}
    leaves = Leaf.objects.filter(subject=opened.ticket_id, kind=Leaf.EVENT, number__in=events, index__lt=tree.size)
    for number, index in leaves.order_by("number").values_list("number", "index"):
        yield {"event": event_said(events[number]), "index": index, "proof": [*map(_text, tree.inclusion(index))]}


def _swept(tree: Tree) -> dict[str, Any]:
    """Return up to when the log says that nothing due was left, with its proof: so a promise that was skipped shows."""
    leaf = Leaf.objects.filter(kind=Leaf.SWEEP, index__lt=tree.size).order_by("-index").first()
    if leaf is None:
        return {}
    proof = [*map(_text, tree.inclusion(leaf.index))]
    up_to = sweep_instant(leaf.subject).isoformat(timespec="microseconds")
    return {"swept": {"up_to": up_to, "fired": leaf.number, "index": leaf.index, "proof": proof}}


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

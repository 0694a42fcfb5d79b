"""Resolving a ticket: the control used against a hazard, and the proof that its category asks for."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.files.models import Purpose, StoredFile, Upload, UploadState
from backend.rulebook.proofs import Proof
from backend.rulebook.ruleset import Kind
from backend.rulebook.selectors import ruleset_get
from backend.workflow.change import TicketChange
from backend.workflow.errors import ProofMissing
from backend.workflow.models import Attachment, Ticket, TicketFix

OF_FILES = {StoredFile.Kind.PICTURE: Proof.PHOTO, StoredFile.Kind.DOCUMENT: Proof.DOCUMENT}
"""The proof that each sort of file is."""
FILES = frozenset(OF_FILES.values())
MISSING: dict[Proof, Promise] = {
    Proof.PHOTO: _("A photo of what was done belongs with this. Please add one."),
    Proof.DOCUMENT: _("A document belongs with this, such as a test report. Please add one."),
}


def is_hazard(ticket: Ticket) -> bool:
    """Say whether something dangerous is removed by solving it, so that how it was done counts."""
    return ticket.kind == Kind.HAZARD


def proof_asked(ticket: Ticket) -> tuple[Proof, ...]:
    """Return what the ticket's category asks for, by the rules that the ticket pins."""
    return ruleset_get(ticket.rulebook_id).categories[ticket.category].proof


def asks_measurement(ticket: Ticket) -> bool:
    """Say whether a measured value is asked for."""
    return Proof.MEASUREMENT in proof_asked(ticket)


def fix_of(*, ticket: Ticket) -> TicketFix | None:
    """Return how a ticket was resolved; None while it is not."""
    return TicketFix.objects.filter(ticket=ticket, undone_at=None).first() if ticket.resolved_at else None


def fix_undo(*, change: TicketChange) -> None:
    """Note that what was done did not solve it, or not for good; what is to prove the next fix comes after that."""
    change.ticket.confirmed_at = None
    fix = fix_of(ticket=change.ticket)
    if fix is not None:
        fix.undone_at = change.now
        change.keeps(fix)


def fix_check(*, ticket: Ticket) -> None:
    """Raise ProofMissing where what has to prove the fix did not arrive, or was taken away again."""
    fix = fix_of(ticket=ticket)
    if fix is not None:
        files_check(ticket=ticket, asked=fix.proof, with_coming=False)


def files_check(*, ticket: Ticket, asked: Iterable[str], with_coming: bool) -> None:
    """Raise ProofMissing where a photo or a document that is asked for is not with the ticket.

    Only what was added since the last fix came undone counts. `with_coming`: also what has arrived whole and is still
    being examined, so that a photo can go with the step itself.
    """
    needed = [Proof(kind) for kind in asked if kind in FILES]
    if not needed:
        return
    since = _undone_last(ticket)
    there = {OF_FILES[StoredFile.Kind(kind)] for kind in _attached(ticket, since)}
    missing = [kind for kind in needed if kind not in there]
    if missing and not (with_coming and _is_coming(ticket, since)):
        raise ProofMissing(MISSING[missing[0]], pointer=f"/{missing[0]}")


def _undone_last(ticket: Ticket) -> datetime:
    undone = TicketFix.objects.filter(ticket=ticket, undone_at__isnull=False).order_by("-undone_at")
    return undone.values_list("undone_at", flat=True).first() or ticket.filed_at


def _attached(ticket: Ticket, since: datetime) -> Iterable[str]:
    rows = Attachment.objects.filter(ticket=ticket, purpose=Purpose.EVIDENCE, added_at__gte=since)
    return rows.filter(file__removed_at=None).values_list("file__kind", flat=True)


def _is_coming(ticket: Ticket, since: datetime) -> bool:
    """Say whether a file is on its way that nobody has looked into yet: it may be what is asked for."""
    rows = Upload.objects.filter(subject_id=ticket.id, purpose=Purpose.EVIDENCE, began_at__gte=since)
    arrived = rows.filter(state__in=[UploadState.CHECKING, UploadState.READY])
    return arrived.exclude(id__in=Attachment.objects.filter(ticket=ticket).values("file")).exists()

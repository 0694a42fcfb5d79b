"""The photos and documents that prove a fix, as rows: what a picture holds plays no part in a simulation."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from backend.files.models import Purpose, StoredFile
from backend.workflow.models import Attachment


def proof_add(*, ticket_id: UUID, person_id: UUID, proof: Iterable[str], at: datetime) -> None:
    """Let somebody add to a ticket what its category asks for."""
    for kind in proof:
        is_photo = kind == "photo"
        sides = {"width": 1, "height": 1} if is_photo else {}
        file = StoredFile.objects.create(
            id=uuid4(),
            kind=StoredFile.Kind.PICTURE if is_photo else StoredFile.Kind.DOCUMENT,
            media_type="image/jpeg" if is_photo else "text/plain",
            name=kind,
            size=1,
            sha256="",
            stored_at=at,
            **sides,
        )
        Attachment.objects.create(
            file=file, ticket_id=ticket_id, added_by_id=person_id, added_at=at, purpose=Purpose.EVIDENCE
        )

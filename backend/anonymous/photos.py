"""Photos that come without a name: neither the name of the file nor what a camera wrote into it is kept."""

import hashlib
import io
from datetime import datetime
from uuid import UUID

from backend.files.models import Purpose
from backend.files.services import UploadDraft, upload_take
from backend.workflow.services.unnamed import ticket_file_begin_unnamed

NAME = "photo.jpg"


def photo_take(*, ticket_id: UUID, content: bytes, now: datetime) -> None:
    """Take in a photo for the report; its pixels are made anew before anybody sees them."""
    draft = UploadDraft(NAME, len(content), hashlib.sha256(content).hexdigest(), Purpose.REPORT)
    upload = ticket_file_begin_unnamed(ticket_id=ticket_id, said=lambda: draft, now=now)
    upload_take(upload=upload, content=io.BytesIO(content), now=now)

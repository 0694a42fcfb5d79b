"""Every write to uploads and kept files, and to the store that holds their contents."""

from backend.files.services.checking import upload_check
from backend.files.services.receiving import (
    Subject,
    UploadDraft,
    part_receive,
    upload_begin,
    upload_complete,
    upload_take,
)
from backend.files.services.removing import contents_remove, file_remove
from backend.files.services.sweeping import uploads_sweep

__all__ = [
    "Subject",
    "UploadDraft",
    "contents_remove",
    "file_remove",
    "part_receive",
    "upload_begin",
    "upload_check",
    "upload_complete",
    "upload_take",
    "uploads_sweep",
]

"""Every write to uploads and kept files, and to the store that holds their contents."""

from backend.files.services.receiving import Subject, UploadDraft, part_receive, upload_begin, upload_complete, upload_take

__all__ = ["Subject", "UploadDraft", "part_receive", "upload_begin", "upload_complete", "upload_take"]

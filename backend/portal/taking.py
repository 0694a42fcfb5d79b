"""Taking in files that came whole with a form, by the same steps as those that come in parts."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from backend.common.errors import DomainError, NotFound
from backend.files.models import Purpose, Upload
from backend.files.services import UploadDraft, upload_take

MOST_AT_ONCE = 10


def files_take(
    *,
    begin: Callable[[Callable[[], UploadDraft]], Upload],
    sent: Sequence["UploadedFile[Any]"],
    purpose: Purpose,
    now: datetime,
) -> list[str]:
    """Take in up to ten files; return a sentence for each that was not taken. Raises NotFound as `begin` does."""
    return list(_refusals(begin, sent, purpose, now))


def _refusals(
    begin: Callable[[Callable[[], UploadDraft]], Upload],
    sent: Sequence["UploadedFile[Any]"],
    purpose: Purpose,
    now: datetime,
) -> Iterator[str]:
    for file in sent[:MOST_AT_ONCE]:
        try:
            upload_take(upload=begin(partial(_draft, file, purpose)), content=file, now=now)
        except NotFound:
            raise
        except DomainError as error:
            yield _("%(name)s was not added. %(reason)s") % {"name": file.name, "reason": error}
    for file in sent[MOST_AT_ONCE:]:
        yield _("%(name)s was not added: ten files at once are enough.") % {"name": file.name}


def _draft(file: "UploadedFile[Any]", purpose: Purpose) -> UploadDraft:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return UploadDraft(name=file.name or "", size=file.size or 0, sha256=digest.hexdigest(), purpose=purpose)

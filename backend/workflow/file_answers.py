"""The answer that carries the content of a file: nothing in it is ever run, and what is sealed stays in no cache."""

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from rest_framework.request import Request

from backend.common.errors import Invalid
from backend.files.models import StoredFile
from backend.files.store import LARGE, ORIGINAL, SMALL, content_open
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models import Attachment

SIZES = [SMALL, LARGE, ORIGINAL]
NOTHING_RUNS = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
"""A browser that shows a picture alone styles the page it makes around it."""


def content_response(*, request: Request | HttpRequest, attachment: Attachment, size: str) -> HttpResponseBase:
    """Return the content in a size that the file has, or 304 where the reader has it still; raise Invalid."""
    file = attachment.file
    name = _name(file, size)
    is_sealed = attachment.ticket.seal != Confidentiality.K0
    tag = f'"{file.sha256[:32]}-{name}"'
    known: HttpResponse | None = None if is_sealed else get_conditional_response(request, etag=tag)
    answer = known or FileResponse(
        content_open(file_id=file.id, name=name),
        as_attachment=not file.is_picture,
        filename=file.name,
        content_type=file.media_type,
    )
    # Asked anew each time, so that whoever lost sight of the ticket sees no picture of it any more.
    answer.headers["Cache-Control"] = "no-store" if is_sealed else "private, no-cache"
    answer.headers["Content-Security-Policy"] = NOTHING_RUNS
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if not is_sealed:
        answer.headers["ETag"] = tag
    return answer


def _name(file: StoredFile, size: str) -> str:
    names = (LARGE, SMALL) if file.is_picture else (ORIGINAL,)
    if size and size not in names:
        raise Invalid(pointer="/size")
    return size or names[0]

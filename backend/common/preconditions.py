"""Changing a thing only in the version one has seen (RFC 9110, If-Match with strong entity tags)."""

import re

from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from backend.common.errors import DomainError

COMPRESSED = re.compile(r'[-;](?:gzip|zstd|br|deflate)"$')


class PreconditionRequired(DomainError):
    """The request does not say which version it is about."""

    code = "precondition_required"
    status = 428
    title = _("Load this first and send its ETag back as If-Match, so that nobody's change is overwritten.")


class Stale(DomainError):
    """The thing has changed since the client saw it."""

    code = "stale"
    status = 412
    title = _("Somebody changed this in the meantime. Load it again, look, and repeat your change if it still fits.")


def etag(version: int) -> str:
    """Return the strong entity tag of a version."""
    return f'"v{version}"'


def require_match(request: Request, version: int) -> None:
    """Pass when If-Match names this version (also within a list) or is `*`; raise PreconditionRequired or Stale.

    A proxy that compresses an answer gives it a tag of its own, which the client sends back: `"v3-gzip"` for `"v3"`.
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired
    tags = {COMPRESSED.sub('"', tag) for tag in parse_etags(header)}
    if "*" not in tags and etag(version) not in tags:
        raise Stale

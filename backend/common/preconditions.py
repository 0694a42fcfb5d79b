"""Entity tags (RFC 9110): changing a thing only in the version one has seen, and loading it only where it differs.

A tag is strong and made of two parts, `"v3.0f1e2d3c4b5a6978"`: the version of the thing, which `If-Match` is about, and
a digest of the body, which also moves with what leaves the version alone (a comment, a clock that ran out).
"""

import re
from hashlib import blake2b

from django.http import HttpResponseNotModified
from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.errors import DomainError

COMPRESSED = re.compile(r'[-;](?:gzip|zstd|br|deflate)"$')
"""The mark that a proxy puts into the tag of an answer which it compresses; the client sends it back."""
VERSION = re.compile(r'^"v\d+"$')
BODY = re.compile(r'\.[0-9a-f]{16}"$')
READS = ("GET", "HEAD")


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
    """Return the part of the tag that names a version; `tag_body` adds the other."""
    return f'"v{version}"'


def tag_body(request: Request, response: Response) -> None:
    """Complete the tag of an answer once its body is written; who asks for it and has that body already gets a 304."""
    if VERSION.match(response.headers.get("ETag", "")):
        response.add_post_render_callback(lambda written: _tagged(request, written))


def require_match(request: Request, version: int) -> None:
    """Pass when If-Match names this version (also within a list) or is `*`; raise PreconditionRequired or Stale.

    What else the body said is no condition: nobody's change is refused because somebody added a comment. Nor is the
    mark of a weak tag, which common proxies put before the tag of whatever they compress: a version is the same or
    another.
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired
    tags = {BODY.sub('"', _as_sent(tag)) for tag in parse_etags(header)}
    if "*" not in tags and etag(version) not in tags:
        raise Stale


def _tagged(request: Request, response: Response) -> HttpResponseNotModified | None:
    if not response.content:
        return None
    digest = blake2b(response.content, digest_size=8).hexdigest()
    tag = f'{response.headers["ETag"][:-1]}.{digest}"'
    response.headers["ETag"] = tag
    known = {_as_sent(each) for each in parse_etags(request.headers.get("If-None-Match", ""))}
    if request.method not in READS or known.isdisjoint({tag, "*"}):
        return None
    return HttpResponseNotModified(headers={name: value for name, value in response.items() if name != "Content-Type"})


def _as_sent(tag: str) -> str:
    """Return a tag as it left here, without what proxies that compress make of it."""
    return COMPRESSED.sub('"', tag.removeprefix("W/"))

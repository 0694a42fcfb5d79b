"""The description of the API as it is served: composed once in each language and form, and kept compressed."""

import gzip
import re
from functools import cache
from hashlib import blake2b
from threading import Lock

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.encoding import force_bytes
from django.utils.http import parse_etags
from django.utils.translation import get_language, override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.common.access import PUBLIC

GZIP = re.compile(r"\bgzip\b")
WRITERS = {"yaml": OpenApiYamlRenderer, "json": OpenApiJsonRenderer}

_composing = Lock()


def description(language: str, form: str) -> tuple[bytes, str]:
    """Return the compressed description in a language, as `yaml` or `json`, and its tag.

    Composing takes more than a second of the processor, and its library knows only one at a time: whoever asks
    meanwhile waits for that one.
    """
    with _composing:
        return _composed(language, form)


@cache
def _composed(language: str, form: str) -> tuple[bytes, str]:
    with override(language):
        content = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        written = force_bytes(WRITERS[form]().render(content))
    return gzip.compress(written, mtime=0), f'W/"{blake2b(written, digest_size=8).hexdigest()}"'


class ApiDescriptionView(APIView):
    """The API's description as a file, YAML or JSON, in the language asked for; nobody signs in for it."""

    access = PUBLIC
    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []
    renderer_classes = [OpenApiYamlRenderer, OpenApiYamlRenderer2, OpenApiJsonRenderer, OpenApiJsonRenderer2]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        """Answer with what is kept, or with 304 to whoever has it already."""
        written_as = request.accepted_renderer
        packed, tag = description(_language(request.query_params.get("lang")), written_as.format)
        if tag in parse_etags(request.headers.get("If-None-Match", "")):
            response: HttpResponse = HttpResponseNotModified()
        else:
            response = _answer(request, packed, f"{written_as.media_type}; charset=utf-8")
            response.headers["Content-Disposition"] = f'inline; filename="allclear.{written_as.format}"'
        response.headers["ETag"], response.headers["Cache-Control"] = tag, "no-cache"
        patch_vary_headers(response, ["Accept", "Accept-Encoding", "Accept-Language"])
        return response


def _language(asked: str | None) -> str:
    """Return the language asked for by name where there is one, else the request's."""
    return asked if asked in dict(settings.LANGUAGES) else get_language() or settings.LANGUAGE_CODE


def _answer(request: Request, packed: bytes, content_type: str) -> HttpResponse:
    if GZIP.search(request.headers.get("Accept-Encoding", "")):
        return HttpResponse(packed, content_type=content_type, headers={"Content-Encoding": "gzip"})
    return HttpResponse(gzip.decompress(packed), content_type=content_type)

"""Compression of pages for phones on a poor network, with or without a proxy in front."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

PAGE = "text/html"


class PageCompressionMiddleware(GZipMiddleware):
    """Compresses pages alone: answers of the API keep their strong tags, files are compressed or cannot be.

    Each page ends at a random length, so that its size tells nothing of the secrets in it; a proxy would not see to it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress what is a page, for a browser that can read it."""
        if not response.headers.get("Content-Type", "").startswith(PAGE):
            return response
        return super().process_response(request, response)

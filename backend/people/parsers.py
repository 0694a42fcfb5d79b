"""The body of a request that is a OneRoster bundle."""

from base64 import b64encode
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from backend.common.http_errors import BodyTooLarge
from backend.people.bundle.archive import MAXIMUM_BYTES


class BundleParser(BaseParser):
    """Reads a ZIP file of up to 3.5 MB, as text, since what is repeated under one key is compared as text."""

    media_type = "application/octet-stream"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - given by the framework
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        """Return the file; raise BodyTooLarge."""
        content: bytes = stream.read(MAXIMUM_BYTES + 1)
        if len(content) > MAXIMUM_BYTES:
            raise BodyTooLarge
        return b64encode(content).decode()

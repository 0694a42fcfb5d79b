"""Allclear as the portal's server asks it: by the service account, over its API."""

from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import requests
from django.utils.translation import get_language

from demo.portal.folder import connection, school

SECONDS = 20
MOST_PAGES = 100


class NotConnected(Exception):
    """Nobody connected this portal with Allclear yet."""


class Refused(Exception):
    """Allclear refused a request; the text is what it said."""


def get(path: str, **query: str) -> requests.Response:
    """Ask for something."""
    return requests.get(_address(path), query, headers=_headers(), timeout=SECONDS)


def post(path: str, *, document: Any = None, content: bytes | None = None) -> Any:
    """Send a document, or bytes, under a key of its own; return what was answered, or raise Refused."""
    headers = {**_headers(), "Idempotency-Key": str(uuid4())}
    if content is not None:
        headers["Content-Type"] = "application/octet-stream"
    answer = requests.post(_address(path), data=content, json=document, headers=headers, timeout=SECONDS)
    if not answer.ok:
        raise Refused(_said(answer))
    return answer.json()


def items(path: str) -> list[dict[str, Any]]:
    """Return a whole list, page by page."""
    found: list[dict[str, Any]] = []
    query = {"page_size": "100"}
    for _page in range(MOST_PAGES):
        answer = get(path, **query)
        answer.raise_for_status()
        content = answer.json()
        found += content["items"]
        if content["next"] is None:
            break
        query = {name: values[0] for name, values in parse_qs(urlsplit(content["next"]).query).items()}
    return found


def _address(path: str) -> str:
    return f"{school()['allclear']}/api/v1/{path}"


def _said(refusal: requests.Response) -> str:
    """Return the sentence of a problem document, which is in the reader's language."""
    try:
        return str(refusal.json()["detail"])
    except (ValueError, KeyError):
        return f"HTTP {refusal.status_code}"


def _headers() -> dict[str, str]:
    known = connection()
    if known is None:
        raise NotConnected
    return {"Authorization": f"Bearer {known.token}", "Accept-Language": get_language() or "zh-hans"}

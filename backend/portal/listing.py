"""Pages of a list in the portal: by position, like the API's, with links to the neighbours."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.common.pagination import CursorPagination

ROWS = 20


class PortalPagination(CursorPagination):
    """The API's pagination with rows for a phone."""

    page_size = ROWS


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows of one page, and the addresses of the pages before and after."""

    rows: list[Any]
    next_url: str | None
    previous_url: str | None


def listing(request: HttpRequest, rows: QuerySet[Any], *, ordering: tuple[str, ...]) -> Listing:
    """Return the page that the address asks for; raise CursorInvalid."""
    pagination = PortalPagination()
    view = cast("APIView", SimpleNamespace(ordering=ordering))
    found = pagination.paginate_queryset(rows, Request(request), view)
    return Listing(found, _relative(pagination.next_url), _relative(pagination.previous_url))


def _relative(url: str | None) -> str | None:
    return f"?{urlsplit(url).query}" if url else None

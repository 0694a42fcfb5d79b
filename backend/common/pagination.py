"""Pages by position, not by number: stable while rows come and go, as quick on the last page as on the first."""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import Field, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from backend.common.errors import CursorInvalid, DomainError
from backend.common.sql.alternatives import first_page

if TYPE_CHECKING:
    from rest_framework.views import APIView  # the framework loads this module while it builds APIView

SIGNER = Signer(salt="allclear.cursor")


class PageSizeInvalid(DomainError):
    """The page size is no number, or outside its bounds."""

    code = "invalid_page_size"
    title = _("page_size must be a whole number from 1 to 100.")


class CursorPagination(BasePagination):
    """Pages of a query set ordered by the view's `ordering`: fields that are never NULL, the last one unique.

    Answers {"items", "next", "previous"} with RFC 8288 links, without totals.
    """

    page_size = 25
    max_page_size = 100
    cursor_param = "cursor"
    size_param = "page_size"

    def paginate_queryset(self, queryset: Any, request: Request, view: "APIView | None" = None) -> list[Any]:
        """Return the rows of the page asked for; raise CursorInvalid or PageSizeInvalid."""
        self.base_url = request.build_absolute_uri()
        self.ordering = tuple(view.ordering)  # type: ignore[union-attr]
        size = self._size(request)
        backwards, position = self._decoded(request.query_params.get(self.cursor_param))
        ordering = tuple(_turned(name) for name in self.ordering) if backwards else self.ordering
        rows = queryset.order_by(*ordering)
        if position is not None:
            rows = rows.filter(_beyond(queryset, ordering, position))
        found = list(first_page(rows, size + 1))
        page = found[:size]
        is_more = len(found) > size
        if backwards:
            page.reverse()
        self.next_url = self._url(page[-1:], backwards=False, exists=is_more or backwards)
        self.previous_url = self._url(page[:1], backwards=True, exists=is_more if backwards else position is not None)
        return page

    def get_paginated_response(self, data: Any) -> Response:
        """Wrap the page and link its neighbours."""
        neighbours = {"next": self.next_url, "previous": self.previous_url}
        links = [f'<{url}>; rel="{"prev" if name == "previous" else name}"' for name, url in neighbours.items() if url]
        return Response({"items": data, **neighbours}, headers={"Link": ", ".join(links)} if links else {})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe the wrapper."""
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["items", "next", "previous"],
            "properties": {"items": schema, "next": link, "previous": link},
        }

    def get_schema_operation_parameters(self, view: "APIView") -> list[dict[str, Any]]:  # noqa: ARG002 - given
        """Describe the query parameters."""
        size = {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        return [
            {"name": self.cursor_param, "in": "query", "required": False, "schema": {"type": "string"}},
            {"name": self.size_param, "in": "query", "required": False, "schema": size},
        ]

    def _size(self, request: Request) -> int:
        text = request.query_params.get(self.size_param)
        return self.page_size if text is None else page_size_read(text)

    def _url(self, row: list[Any], *, backwards: bool, exists: bool) -> str | None:
        if not (row and exists):
            return None
        position = [_text(getattr(row[0], name.lstrip("-"))) for name in self.ordering]
        cursor = SIGNER.sign_object([backwards, list(self.ordering), position])
        return replace_query_param(self.base_url, self.cursor_param, cursor)

    def _decoded(self, cursor: str | None) -> tuple[bool, list[str] | None]:
        if cursor is None:
            return False, None
        try:
            backwards, ordering, position = SIGNER.unsign_object(cursor)
        except (BadSignature, ValueError) as error:
            raise CursorInvalid(pointer=f"/{self.cursor_param}") from error
        if ordering != list(self.ordering):
            raise CursorInvalid(pointer=f"/{self.cursor_param}")
        return backwards, position


def page_size_read(text: str) -> int:
    """Return the size of a page as it was asked for; raise PageSizeInvalid."""
    if not re.fullmatch("[0-9]{1,3}", text) or not 1 <= int(text) <= CursorPagination.max_page_size:
        raise PageSizeInvalid(pointer=f"/{CursorPagination.size_param}")
    return int(text)


def _beyond(queryset: QuerySet[Any], ordering: tuple[str, ...], position: list[str]) -> Q:
    """Build the condition for rows after the position: (a > x) or (a = x and b > y) …, and a >= x to begin there."""
    start, condition, equal = Q(), Q(), Q()
    for name, text in zip(ordering, position, strict=True):
        bare = name.lstrip("-")
        try:
            value = _field(queryset, bare).to_python(text)
        except ValidationError as error:
            raise CursorInvalid from error
        condition |= equal & Q(**{f"{bare}__{'lt' if name.startswith('-') else 'gt'}": value})
        if not equal:
            start = Q(**{f"{bare}__{'lte' if name.startswith('-') else 'gte'}": value})
        equal &= Q(**{bare: value})
    return start & condition


def _field(queryset: QuerySet[Any], name: str) -> "Field[Any, Any]":
    annotation = queryset.query.annotations.get(name)
    if annotation is not None:
        return annotation.output_field
    field: Field[Any, Any] = queryset.model._meta.get_field(name)  # noqa: SLF001 - Django's documented way to a field
    return field


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)

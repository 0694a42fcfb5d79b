"""The pages of the list of tickets, described with the tickets that left the reader's sight."""

from typing import Any

from backend.common.pagination import CursorPagination


class TicketPagination(CursorPagination):
    """Pages of tickets; the view adds what is gone to the first page of a list asked for with `updated_since`."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe the wrapper."""
        described = super().get_paginated_response_schema(schema)
        described["properties"]["gone"] = {
            "type": "array",
            "items": {"type": "string", "format": "uuid"},
            "description": (
                "Only on the first page with `updated_since`: what the reader saw before and does not see since then, "
                "by a change of class, owner or assignee or because a post of theirs is over. Drop these from a copy."
            ),
        }
        return described

"""Answering with a file made of figures and tickets."""

from typing import IO, Any

from django.http import FileResponse

from backend.insights.models import Export

TYPES = {
    Export.Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Export.Format.CSV: "text/csv; charset=utf-8",
}


def export_response(*, export: Export, content: IO[Any]) -> FileResponse:
    """Return the content to be saved, never kept by a cache and never shown as a page."""
    name = f"allclear-{export.kind}-{export.first_day:%Y-%m-%d}-{export.last_day:%Y-%m-%d}.{export.format}"
    answer = FileResponse(content, as_attachment=True, filename=name, content_type=TYPES[Export.Format(export.format)])
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer

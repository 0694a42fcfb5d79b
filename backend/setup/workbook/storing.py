"""Storing the rows of a plan, in a few statements, each recorded."""

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Model

from backend.common.recording import ROWS_AT_ONCE, bulk_record
from backend.setup.workbook.plan import Rows

Row = TypeVar("Row", bound=Model)


def rows_store(model: type[Row], rows: Rows[Row], fields: Sequence[str]) -> None:
    """Add the new rows of one table, and write these fields of those that changed."""
    created = model._default_manager.bulk_create(rows.new, batch_size=ROWS_AT_ONCE)  # noqa: SLF001 - the documented way to a model's manager
    corrected = [after for _before, after in rows.changed]
    model._default_manager.bulk_update(corrected, fields, batch_size=ROWS_AT_ONCE)  # noqa: SLF001
    before = [*[None] * len(created), *(before for before, _after in rows.changed)]
    bulk_record(before=before, after=[*created, *corrected])

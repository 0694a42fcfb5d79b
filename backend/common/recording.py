"""Recording what services write in bulk, which the record of changes does not see by itself."""

from collections.abc import Sequence
from typing import Any

from auditlog import get_logentry_model
from auditlog.diff import model_instance_diff
from django.db.models import Model

ROWS_AT_ONCE = 2000
"""The number of rows one statement writes in bulk; the server ends a statement of a request after some seconds."""


def bulk_record(*, before: Sequence[Model | None], after: Sequence[Model]) -> None:
    """Record rows written in bulk, each beside what it was before (None: it is new)."""
    record: Any = get_logentry_model()
    changed = []
    for old, new in zip(before, after, strict=True):
        differences = model_instance_diff(old, new, use_json_for_changes=True)
        if differences:
            changed.append((new, record.Action.CREATE if old is None else record.Action.UPDATE, differences))
    record.objects.log_bulk(changed)

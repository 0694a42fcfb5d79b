"""The record of every change of configuration: who, when, what it was before and what it is now."""

from collections.abc import Sequence
from typing import Any, ClassVar

from auditlog.models import AbstractLogEntry, LogEntryManager
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from backend.administration.employers import address_masked, employer_of
from backend.common.clock import database_now
from backend.common.current_request import acting_through, acting_user_id
from backend.common.recording import ROWS_AT_ONCE
from backend.common.sql.refusals import Refusal

MANY = 500
"""The number of rows from which on the time they are recorded at is asked for first."""


class ChangeManager(LogEntryManager):  # type: ignore[misc]
    """Records changes with the account that made them and the school they belong to."""

    def log_create(self, instance: models.Model, force_log: bool = False, **fields: Any) -> "Change | None":
        """Record a change of a row; auditlog calls this after every save and deletion."""
        fields.setdefault("employer_id", employer_of(instance))
        fields.setdefault("actor_id", acting_user_id())
        fields.setdefault("additional_data", acting_through())
        fields.setdefault("object_repr", address_masked(str(instance)))
        change: Change | None = super().log_create(instance, force_log=force_log, **fields)
        return change

    def log_bulk(self, rows: Sequence[tuple[models.Model, int, dict[str, Any]]]) -> None:
        """Record changes (row, action, differences) that a service wrote in bulk, as few statements as they took."""
        kinds = ContentType.objects.get_for_models(*{type(row) for row, _action, _changes in rows})
        # A time left to the database is an expression in every row; without one the rows are written as lists of plain
        # values, at a third of the cost. Of a few rows that saves less than the question for the time costs.
        when = {"timestamp": database_now()} if len(rows) >= MANY else {}
        entries = [
            self.model(
                content_type=kinds[type(row)],
                object_pk=str(row.pk),
                object_repr=address_masked(str(row)),
                action=action,
                changes=changes,
                actor_id=acting_user_id(),
                employer_id=employer_of(row),
                additional_data=acting_through(),
                **when,
            )
            for row, action, changes in rows
        ]
        self.bulk_create(entries, batch_size=ROWS_AT_ONCE)


class Change(AbstractLogEntry):  # type: ignore[misc]
    """One change of one row; the database refuses to alter or remove it."""

    employer_id = models.UUIDField(null=True, editable=False, help_text="The school or bureau whose row was changed.")
    timestamp = models.DateTimeField(_("when"), db_default=Now(), editable=False)

    objects: ClassVar[ChangeManager] = ChangeManager()

    refusals = (Refusal("change_immutable", "UPDATE OR DELETE"),)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["-timestamp", "-id"]
        get_latest_by = "timestamp"
        indexes = [models.Index(fields=["employer_id", "-timestamp", "-id"])]

    def __str__(self) -> str:
        return str(self.object_repr)

"""The one table that filing a report is compared with."""

from typing import ClassVar

from django.db import models


class Row(models.Model):
    """As little as a report can be: who, when and a text."""

    principal = models.BigIntegerField()
    stored_at = models.DateTimeField()
    text = models.TextField()

    objects: ClassVar[models.Manager["Row"]] = models.Manager()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "bench_row"

    def __str__(self) -> str:
        return self.text


CREATE = """
CREATE TABLE IF NOT EXISTS bench_row (
    id bigserial PRIMARY KEY, principal bigint NOT NULL, stored_at timestamptz NOT NULL, text text NOT NULL
)
"""

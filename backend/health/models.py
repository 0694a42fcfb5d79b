"""The record of backups, which says what each must give back and whether it did in a rehearsal."""

from typing import ClassVar

from django.db import models


class Backup(models.Model):
    """One encrypted file: its digest, the rows it holds by table, and its rehearsals.

    `rows` is empty for a file that was made elsewhere. `finding` is empty where the last rehearsal found nothing wrong.
    """

    digest = models.CharField(max_length=64, unique=True)
    file_name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    rows = models.JSONField(default=dict)
    made_at = models.DateTimeField(null=True)
    rehearsed_at = models.DateTimeField(null=True)
    finding = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.file_name

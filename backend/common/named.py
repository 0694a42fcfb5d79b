"""The base of models that have a name in both languages."""

import uuid

from django.db import models

from backend.common.localised import localised


class Named(models.Model):
    """Something with a name in both languages."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return localised(self, "name")

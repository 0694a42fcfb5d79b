"""Names that are stored in both languages, and the base of models that have one."""

import uuid

from django.db import models
from django.utils.translation import get_language


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


def localised(thing: object, field: str) -> str:
    """Return `<field>_en` or `<field>_zh` of the thing, by the language of the reader."""
    suffix = "en" if (get_language() or "").startswith("en") else "zh"
    text: str = getattr(thing, f"{field}_{suffix}")
    return text

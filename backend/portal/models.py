"""Views of the list of tickets that people keep for themselves."""

import uuid

from django.db import models

from backend.organisation.models import Person

LONGEST_NAME = 40
LONGEST_WORDS = 100


class SavedView(models.Model):
    """A way of one person to look at the list of tickets: a tab or words, and filters, under a name of their own.

    It holds what was asked for, never what was found: whoever opens it finds what they may see then.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_views", db_index=False)
    name = models.CharField(max_length=LONGEST_NAME)
    tab = models.CharField(max_length=12)
    words = models.CharField(max_length=LONGEST_WORDS, blank=True, default="")
    filters = models.JSONField(default=dict, help_text="The values of each filter by its name.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="saved_view_once_by_name")]

    def __str__(self) -> str:
        return self.name

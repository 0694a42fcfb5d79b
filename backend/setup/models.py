"""Rows that setting a school up needs to remember."""

from django.db import models
from django.db.models import Q


class SetupLink(models.Model):
    """A link by which the first administrator of a new school comes in; only the hash of its token is stored."""

    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="Used, or replaced by a later one.")
    draft = models.JSONField(default=dict, help_text="What was entered about the school, until it is stored.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ended_at"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="one_open_setup_link",
            )
        ]

    def __str__(self) -> str:
        return f"{self.made_at:%F %H:%M}"

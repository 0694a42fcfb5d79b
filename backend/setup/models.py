"""Rows that setting a school up needs to remember."""

from django.db import models
from django.db.models import Q

from backend.organisation.models import Bureau, School
from backend.rulebook.models import RulebookVersion


class SetupLink(models.Model):
    """A link by which the first administrator of a new school comes in; only the hash of its token is stored."""

    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="Used, or replaced by a later one.")
    draft = models.JSONField(default=dict, help_text="What was entered about the school, until it is stored.")
    bureau = models.ForeignKey(
        Bureau,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The bureau that the school comes under; none: one of its own is made.",
    )

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


class CheckKept(models.Model):
    """The version of the rules for which an administrator of a school looked at who is told, and found it right."""

    school = models.OneToOneField(School, on_delete=models.CASCADE, primary_key=True, related_name="+")
    version = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.school_id} {self.kept_at:%F}"

"""Versions of the rules, which never change once stored, and which version a school uses."""

import pgtrigger
from django.db import models

from backend.organisation.models import School


class RulebookVersion(models.Model):
    """One immutable version of a rulebook; a ticket keeps the version it was opened under."""

    name = models.CharField(max_length=40)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the canonical content.")
    content = models.JSONField()
    loaded_at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="rulebook_version_immutable", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.name} {self.digest[:8]}"


class SchoolRulebook(models.Model):
    """The version a school opens new tickets under."""

    school = models.OneToOneField(School, on_delete=models.CASCADE, primary_key=True, related_name="rulebook")
    version = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.school_id}: {self.version_id}"

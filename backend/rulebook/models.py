"""Versions of the rules, which never change once stored, which version a school uses, and its standard replies."""

import uuid

from django.db import models
from django.db.models import F, Q

from backend.common.sql.refusals import Refusal
from backend.organisation.models import School


class RulebookVersion(models.Model):
    """One immutable version of a rulebook; a ticket keeps the version it was opened under."""

    name = models.CharField(max_length=40)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the canonical content.")
    content = models.JSONField()
    loaded_at = models.DateTimeField()

    refusals = (Refusal("rulebook_version_immutable", "UPDATE OR DELETE"),)

    def __str__(self) -> str:
        return f"{self.name} {self.digest[:8]}"


class SchoolRulebook(models.Model):
    """The version a school opens new tickets under."""

    school = models.OneToOneField(School, on_delete=models.CASCADE, primary_key=True, related_name="rulebook")
    version = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.school_id}: {self.version_id}"


class RulebookUse(models.Model):
    """That a school took a version into use; the latest one stands in SchoolRulebook."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="rulebook_uses")
    version = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="uses")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "version"], name="rulebook_use_once")]

    def __str__(self) -> str:
        return f"{self.school_id}: {self.version_id}"


class RulebookStretch(models.Model):
    """A span of time in which a school works by stricter rules than its own, as special periods have it.

    `measures` are those in force, from which the rules are made anew when the school's own change. A row that another
    one took the place of stays, so that the version of every ticket can be explained.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    measures = models.JSONField()
    made_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="stretch_ends_after_start"),
            models.UniqueConstraint(
                fields=["school", "starts_at"], condition=Q(replaced_at__isnull=True), name="stretch_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.starts_at:%F}"


class RulebookCheck(models.Model):
    """The last check of a school's rulebook against its posts, absences and rosters; each night it is written anew."""

    school = models.OneToOneField(School, on_delete=models.CASCADE, primary_key=True, related_name="rulebook_check")
    version = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+")
    ran_at = models.DateTimeField()
    until = models.DateTimeField(help_text="The end of the period checked.")
    digest = models.CharField(max_length=64, help_text="Of what was found; another one is news for the coordinator.")
    findings = models.JSONField(default=list, help_text="Where nobody would be reached.")
    warnings = models.JSONField(default=list, help_text="Where everything rests on one person.")

    def __str__(self) -> str:
        return f"{self.school_id} {self.ran_at:%F}"


LONGEST_REPLY = 400


class StandardReply(models.Model):
    """A sentence that a school offers to whoever writes a note on a ticket of a category (empty: of every one)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="standard_replies")
    category = models.CharField(max_length=3, blank=True)
    text_zh = models.CharField(max_length=LONGEST_REPLY)
    text_en = models.CharField(max_length=LONGEST_REPLY)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "category", "text_zh"], name="standard_reply_once")]

    def __str__(self) -> str:
        return self.text_zh

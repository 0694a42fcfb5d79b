"""Files on their way in, and files that are kept; of whom or what they are, rooms above know."""

import uuid

from django.db import models
from django.db.models import Q

from backend.files.limits import LONGEST_NAME


class UploadState(models.TextChoices):
    """The states of a file on its way in."""

    RECEIVING = "receiving"
    CHECKING = "checking"
    READY = "ready"
    REFUSED = "refused"


class Purpose(models.TextChoices):
    """The purposes for which a file is sent."""

    REPORT = "report"
    EVIDENCE = "evidence"


class Upload(models.Model):
    """A file on its way in, in parts; the row comes before any content in the store and goes after all of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_kind = models.CharField(max_length=12, help_text="The kind of thing it is sent for, such as a ticket.")
    subject_id = models.UUIDField()
    sender_id = models.UUIDField(help_text="The person who sends it; nobody else hears of it before it is kept.")
    purpose = models.CharField(max_length=12, choices=Purpose)
    name = models.CharField(max_length=LONGEST_NAME)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, help_text="The digest of the whole as its sender announced it, in hex.")
    part_size = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=UploadState, default=UploadState.RECEIVING)
    reason = models.CharField(max_length=40, blank=True, default="", help_text="The code of the refusal.")
    began_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=UploadState.REFUSED, reason__gt="") | (~Q(state=UploadState.REFUSED) & Q(reason="")),
                name="upload_refused_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["subject_id", "sender_id"], name="upload_of_subject"),
            models.Index(fields=["sender_id", "state"], name="upload_of_sender"),
            models.Index(fields=["changed_at", "id"], name="upload_age"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.id}"

    @property
    def parts(self) -> int:
        """The number of its parts."""
        return -(-self.size // self.part_size)

    def part_length(self, number: int) -> int:
        """Return how long a part is, counted from 0; only the last may be shorter."""
        return min(self.part_size, self.size - number * self.part_size)


class UploadPart(models.Model):
    """A part that has arrived; its content is in the store."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="received", db_index=False)
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="upload_part_once")]

    def __str__(self) -> str:
        return f"{self.upload_id} {self.number}"


class StoredFile(models.Model):
    """A file that is kept: a picture made anew in two sizes, or a document as it was sent."""

    class Kind(models.TextChoices):
        """The two sorts of files."""

        PICTURE = "picture"
        DOCUMENT = "document"

    id = models.UUIDField(primary_key=True, editable=False, help_text="The same as its upload's.")
    kind = models.CharField(max_length=12, choices=Kind)
    media_type = models.CharField(max_length=100)
    name = models.CharField(max_length=LONGEST_NAME, help_text="Its ending says what it is; empty after a removal.")
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, help_text="The digest of what is kept, in hex.")
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    stored_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="document", width=None, height=None) | Q(kind="picture", width__gte=1, height__gte=1),
                name="file_of_picture_has_sides",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def is_picture(self) -> bool:
        """Whether it is shown in two sizes."""
        return self.kind == self.Kind.PICTURE

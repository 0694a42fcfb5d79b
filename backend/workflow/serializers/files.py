"""Shapes of files in the API: on their way in, and of a ticket."""

import re
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import CleanTextField, StrictSerializer
from backend.files.errors import REFUSALS
from backend.files.limits import LONGEST_NAME
from backend.files.models import Purpose, StoredFile, Upload, UploadState
from backend.files.selectors import parts_received
from backend.files.services import UploadDraft
from backend.organisation.serializers import PersonOutput
from backend.workflow.attachments import shows_adder
from backend.workflow.file_answers import SIZES
from backend.workflow.models import Attachment

LONGEST_SIZE = 2**53 - 1
DIGEST = re.compile(r"[0-9a-f]{64}")


class UploadInput(StrictSerializer):
    """A file to be sent: what it is called, how long it is, and its SHA-256."""

    name = serializers.CharField(max_length=LONGEST_NAME, help_text="Without a folder and without invisible signs.")
    size = serializers.IntegerField(min_value=1, max_value=LONGEST_SIZE, help_text="In bytes.")
    sha256 = serializers.RegexField(DIGEST, min_length=64, max_length=64, help_text="Of the whole file, in small hex.")


class SizeQuery(StrictSerializer):
    """The size in which a picture is asked for."""

    size = serializers.ChoiceField(choices=SIZES, required=False, help_text="Of a picture; without it, the large one.")


class TicketUploadInput(UploadInput):
    """A file to be sent for a ticket."""

    purpose = serializers.ChoiceField(
        choices=Purpose.choices,
        required=False,
        default=Purpose.REPORT,
        help_text="`evidence`: shows what was done; `report`: shows what is the matter.",
    )


def upload_read(shape: type[UploadInput], given: Any) -> UploadDraft:
    """Return what is to be sent, or raise ValidationError."""
    input_ = shape(data=given)
    input_.is_valid(raise_exception=True)
    values = input_.validated_data
    return UploadDraft(
        name=values["name"],
        size=values["size"],
        sha256=values["sha256"],
        purpose=Purpose(values.get("purpose", Purpose.REPORT)),
    )


class UploadOutput(serializers.ModelSerializer[Upload]):
    """A file on its way in, for its sender alone."""

    parts = serializers.IntegerField(help_text="How many parts there are, numbered from 0; each but the last is whole.")
    received = serializers.SerializerMethodField()
    state = serializers.ChoiceField(
        choices=UploadState.choices,
        help_text="`receiving` takes parts; `checking` is examined; `ready` is kept with its ticket; `refused` is not.",
    )
    reason = serializers.SerializerMethodField(help_text="Why it was refused, as a stable code; else null.")
    detail = serializers.SerializerMethodField(help_text="The same for people; empty unless it was refused.")

    class Meta:
        model = Upload
        fields = ["id", "name", "size", "purpose", "state", "reason", "detail", "part_size", "parts", "received"]

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_received(self, upload: Upload) -> list[int]:
        """Return the numbers of the parts that are here."""
        return parts_received(upload=upload)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_reason(self, upload: Upload) -> str | None:
        """Return the code of the refusal."""
        return upload.reason or None

    def get_detail(self, upload: Upload) -> str:
        """Return the words of the refusal."""
        return str(REFUSALS[upload.reason].title) if upload.reason else ""


class FileOutput(serializers.ModelSerializer[Attachment]):
    """A photo or document of a ticket; photos were made anew and hold nothing but their pixels."""

    id = serializers.UUIDField(source="file.id")
    kind = serializers.ChoiceField(source="file.kind", choices=StoredFile.Kind.choices)
    media_type = serializers.CharField(source="file.media_type")
    name = serializers.CharField(source="file.name")
    size = serializers.IntegerField(source="file.size", help_text="In bytes; of a picture the large size.")
    sha256 = serializers.CharField(source="file.sha256", help_text="Of what is kept.")
    width = serializers.IntegerField(source="file.width", allow_null=True)
    height = serializers.IntegerField(source="file.height", allow_null=True)
    added_by = serializers.SerializerMethodField(help_text="Null for a reporter whose name is kept back.")
    content = serializers.SerializerMethodField(help_text="The address of the content.")
    ticket = serializers.UUIDField(source="ticket_id", help_text="Another one than asked for where that was merged.")

    class Meta:
        model = Attachment
        fields = [
            *("id", "kind", "media_type", "name", "size", "sha256", "width", "height"),
            *("purpose", "added_at", "added_by", "content", "ticket"),
        ]

    @extend_schema_field(PersonOutput(allow_null=True))
    def get_added_by(self, attachment: Attachment) -> Any:
        """Return who added it, where the reader may know."""
        is_shown = shows_adder(actor=self.context["actor"], attachment=attachment)
        return PersonOutput(attachment.added_by).data if is_shown and attachment.added_by else None

    def get_content(self, attachment: Attachment) -> str:
        """Return the address."""
        return f"/api/v1/files/{attachment.file_id}/content"


class FileRemovalInput(StrictSerializer):
    """The reason for taking a file away; needed unless one added it oneself within the last hour."""

    note = CleanTextField(max_length=4000, required=False, allow_blank=True, default="")

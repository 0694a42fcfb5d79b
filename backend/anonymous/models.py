"""The tracking codes of reports that came without a name; of each only a slow hash is kept."""

import uuid

from django.db import models

from backend.common.sql.refusals import Refusal
from backend.incidents.models import Report


class TrackingCode(models.Model):
    """The hash of the code with which somebody follows what they reported; nothing else of them is known."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="tracking_code")
    digest = models.CharField(max_length=64, unique=True)

    refusals = (Refusal("tracking_code_immutable", "UPDATE OR DELETE"),)

    def __str__(self) -> str:
        return str(self.id)

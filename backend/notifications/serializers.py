"""Shapes of notices in the API."""

from rest_framework import serializers

from backend.notifications.messages import headline
from backend.notifications.models import Notice


class NoticeOutput(serializers.ModelSerializer[Notice]):
    """What one person was told."""

    text = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = ["id", "ticket", "kind", "text", "created_at", "read_at"]

    def get_text(self, notice: Notice) -> str:
        """Return the sentence that says why, in the reader's language."""
        ticket = notice.ticket
        to_reporter = ticket.reporter_id == notice.person_id
        return headline(kind=notice.kind, confidentiality=ticket.confidentiality, to_reporter=to_reporter)

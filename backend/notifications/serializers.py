"""Shapes of notices in the API."""

from uuid import UUID

from rest_framework import serializers

from backend.notifications.messages import headline, tells_reporter
from backend.notifications.models import Notice
from backend.rulebook.ruleset import Confidentiality


class NoticeOutput(serializers.ModelSerializer[Notice]):
    """What one person was told."""

    ticket = serializers.SerializerMethodField(help_text="The ticket's id; null where the reader may not open it.")
    text = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = ["id", "ticket", "kind", "text", "created_at", "read_at"]

    def get_text(self, notice: Notice) -> str:
        """Return the sentence that says why, in the reader's language."""
        confidentiality = notice.ticket.confidentiality
        return headline(kind=notice.kind, confidentiality=confidentiality, to_reporter=_to_reporter(notice))

    def get_ticket(self, notice: Notice) -> UUID | None:
        """Return the ticket's id; its reporter may not open one of class K2."""
        is_sealed = notice.ticket.confidentiality == Confidentiality.K2 and _to_reporter(notice)
        return None if is_sealed else notice.ticket_id


def _to_reporter(notice: Notice) -> bool:
    return tells_reporter(kind=notice.kind, is_reporter=notice.ticket.reporter_id == notice.person_id)

"""The API of notices."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView

from backend.notifications.models import Notice
from backend.notifications.selectors import notices_of
from backend.notifications.serializers import NoticeOutput
from backend.organisation.api import StaffView


@extend_schema_view(get=extend_schema(operation_id="notices_list"))
class NoticeListView(StaffView, ListAPIView[Notice]):
    """What the signed-in person was told, newest first."""

    serializer_class = NoticeOutput
    ordering = ("-created_at", "id")

    def get_queryset(self) -> QuerySet[Notice]:
        """Return the person's own notices."""
        return notices_of(actor=self.actor)

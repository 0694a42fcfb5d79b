"""The API of published results."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView

from backend.organisation.staff_view import StaffView
from backend.workflow.models import PublishedResult
from backend.workflow.results import results_published
from backend.workflow.serializers.outcome import ResultOutput


@extend_schema_view(get=extend_schema(operation_id="results_list"))
class ResultListView(StaffView, ListAPIView[PublishedResult]):
    """The results of reports at one's school, without names, the newest first."""

    serializer_class = ResultOutput
    ordering = ("-published_at", "id")

    def get_queryset(self) -> QuerySet[PublishedResult]:
        """Return what the person may read."""
        return results_published(actor=self.actor)

"""The API of the lessons of a school."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.organisation.staff_view import StaffView
from backend.workflow.lessons import lessons_of
from backend.workflow.serializers.reviewing import LessonOutput


class LessonListView(StaffView):
    """The lessons that were published for the colleagues of a school."""

    @extend_schema(operation_id="lessons_list", responses=LessonOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with the last hundred, the newest first."""
        return Response(LessonOutput(lessons_of(actor=self.actor), many=True).data)

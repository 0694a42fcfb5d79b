"""The API of the rules."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.organisation.api import StaffView
from backend.rulebook.selectors import categories_of
from backend.rulebook.serializers import CategoryOutput


class CategoryListView(StaffView):
    """What can be reported at the signed-in person's school."""

    @extend_schema(operation_id="categories_list", responses=CategoryOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with every category of the rulebook in use; there are at most 200."""
        return Response(CategoryOutput(categories_of(actor=self.actor), many=True).data)

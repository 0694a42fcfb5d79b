"""The API of one's own saved views."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.idempotency import idempotent
from backend.organisation.staff_view import StaffView
from backend.portal.models import SavedView
from backend.portal.saved_views import view_remove, view_save, views_of
from backend.portal.serializers import SavedViewInput, SavedViewOutput


class SavedViewListView(StaffView, ListAPIView[SavedView]):
    """The views of the list of tickets that the signed-in person keeps; at most twenty."""

    uses_idempotency_key = True
    is_conflicting = frozenset({"post"})
    serializer_class = SavedViewOutput
    ordering = ("name", "id")

    def get_queryset(self) -> QuerySet[SavedView]:
        """Return the person's own views."""
        return views_of(actor=self.actor)

    @extend_schema(operation_id="me_views_list")
    def get(self, request: Request, *args: object, **options: object) -> Response:
        """Answer with the views."""
        return super().get(request, *args, **options)

    @extend_schema(operation_id="me_views_create", request=SavedViewInput, responses={201: SavedViewOutput})
    def post(self, request: Request) -> Response:
        """Keep a view."""

        def act(_now: datetime) -> Response:
            given = SavedViewInput(data=request.data)
            given.is_valid(raise_exception=True)
            return Response(SavedViewOutput(view_save(actor=self.actor, draft=given.draft())).data, status=201)

        return idempotent(request, act)


class SavedViewView(StaffView):
    """One view of the signed-in person."""

    @extend_schema(operation_id="me_views_destroy", responses={204: None})
    def delete(self, _request: Request, view_id: UUID) -> Response:
        """Remove it."""
        view_remove(actor=self.actor, view_id=view_id)
        return Response(status=204)

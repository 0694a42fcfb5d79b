"""The API of weekly bulletins."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.idempotency import idempotent
from backend.insights.bulletin_serializers import (
    BulletinDraftOutput,
    BulletinInput,
    BulletinOutput,
    BulletinPublishInput,
    BulletinRow,
)
from backend.insights.models import Bulletin, BulletinContent
from backend.insights.selectors.bulletins import bulletin_get, bulletins_known, drafts_known, lessons_in
from backend.insights.services.bulletins import bulletin_prepare, bulletin_publish
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView


@extend_schema_view(get=extend_schema(operation_id="bulletins_list"))
class BulletinListView(StaffView, ListAPIView[Bulletin]):
    """The bulletins that were published at the signed-in person's school, the last week at the top."""

    serializer_class = BulletinRow
    ordering = ("-week", "-version", "id")

    def get_queryset(self) -> QuerySet[Bulletin]:
        """Return what was published."""
        return bulletins_known(actor=self.actor)


class BulletinDetailView(StaffView):
    """One bulletin."""

    @extend_schema(operation_id="bulletins_retrieve", responses=BulletinOutput)
    def get(self, _request: Request, bulletin_id: UUID) -> Response:
        """Answer with the bulletin as it was published."""
        return Response(_shown(BulletinOutput, bulletin_get(actor=self.actor, bulletin_id=bulletin_id)))


class BulletinDraftListView(StaffView):
    """Bulletins that are prepared and not published yet."""

    access = Permission.BULLETINS_PREPARE
    uses_idempotency_key = True

    @extend_schema(operation_id="bulletins_drafts", responses=BulletinDraftOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with each, with its revision."""
        drafts = list(drafts_known(actor=self.actor))
        return Response(BulletinDraftOutput(drafts, many=True, context=_lessons(drafts)).data)

    @extend_schema(operation_id="bulletins_prepare", request=BulletinInput, responses={201: BulletinDraftOutput})
    def post(self, request: Request) -> Response:
        """Count a week that is over and keep it with a few words; the same week again is another revision."""

        def act(now: datetime) -> Response:
            draft = bulletin_prepare(actor=self.actor, said=lambda: _read(BulletinInput, request).said(), now=now)
            return Response(_shown(BulletinDraftOutput, draft), status=status.HTTP_201_CREATED)

        return idempotent(request, act)


class BulletinPublishView(StaffView):
    """Approving a bulletin."""

    access = Permission.BULLETINS_PUBLISH
    uses_idempotency_key = True

    @extend_schema(operation_id="bulletins_publish", request=BulletinPublishInput, responses={201: BulletinOutput})
    def post(self, request: Request, draft_id: UUID) -> Response:
        """Publish it as it is, in the revision that was read, to everybody at the school; it never changes then."""

        def act(now: datetime) -> Response:
            def revision() -> int:
                return int(_read(BulletinPublishInput, request).validated_data["revision"])

            bulletin = bulletin_publish(actor=self.actor, draft_id=draft_id, revision=revision, now=now)
            return Response(_shown(BulletinOutput, bulletin), status=status.HTTP_201_CREATED)

        return idempotent(request, act)


def _shown(shape: type[Any], bulletin: BulletinContent) -> Any:
    return shape(bulletin, context=_lessons([bulletin])).data


def _lessons(bulletins: Sequence[BulletinContent]) -> dict[str, Any]:
    """Return the lessons of each of a school's bulletins, for their shape."""
    if not bulletins:
        return {}
    found = lessons_in(school_id=bulletins[0].school_id, bulletins=bulletins)
    return {"lessons": {bulletin.id: lessons for bulletin, lessons in zip(bulletins, found, strict=True)}}


def _read(shape: type[Any], request: Request) -> Any:
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return given

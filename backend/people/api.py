"""The API by which a portal, or an administrator, brings the staff of a school."""

from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.token_proof import proof_require
from backend.common.clock import database_now
from backend.common.idempotency import idempotent
from backend.organisation.scopes import Scope
from backend.organisation.staff_view import StaffView
from backend.people.bundle.faults import BundleFaulty, Fault
from backend.people.models import PeopleSync
from backend.people.parsers import BundleParser
from backend.people.selectors import sync_access, sync_get, syncs_of
from backend.people.serializers import ApplyInput, LookedOutput, SyncOutput
from backend.people.services.syncing import bundle_look, sync_apply, sync_look_again

MOST_POINTED_AT = 100


class SyncView(StaffView):
    """A view for the administrator of a school, and for the one program it opened its staff to."""

    scope = {"get": Scope.PEOPLE_SYNC, "post": Scope.PEOPLE_SYNC}

    def admit(self, request: Request) -> None:
        """Let them in; a person proves who they are before anything is written."""
        sync_access(actor=self.actor)
        if self.actor.through is None and request.method not in SAFE_METHODS:
            proof_require(request)

    def admitted(self, body: Any) -> Any:
        """Return a remembered answer, which names staff, to whoever may still ask for it."""
        self.admit(self.request)
        return body


class SyncListView(SyncView, ListAPIView[PeopleSync]):
    """The syncs of the school."""

    serializer_class = SyncOutput
    parser_classes = [BundleParser]
    ordering = ("-made_at", "id")
    uses_idempotency_key = True

    def get_queryset(self) -> QuerySet[PeopleSync]:
        """Return them."""
        return syncs_of(actor=self.actor)

    @extend_schema(operation_id="people_syncs_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of them, the latest first."""
        self.admit(request)
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="people_syncs_create",
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={200: LookedOutput, 201: LookedOutput},
    )
    def post(self, request: Request) -> Response:
        """Look at a OneRoster bundle (CSV, 1.1 or 1.2); of people nothing is changed.

        Answers 200 where there is nothing to do.
        """

        def act(now: datetime) -> Response:
            self.admit(request)
            try:
                looked = bundle_look(actor=self.actor, content=b64decode(str(request.data)), now=now)
            except BundleFaulty as error:
                raise ValidationError(_pointed(error.faults[:MOST_POINTED_AT])) from error
            code = status.HTTP_201_CREATED if looked.sync else status.HTTP_200_OK
            return Response(LookedOutput(looked).data, status=code)

        return idempotent(request, act, still_shown=self.admitted)


class SyncDetailView(SyncView):
    """One sync of the school."""

    @extend_schema(operation_id="people_syncs_retrieve", responses=SyncOutput)
    def get(self, request: Request, sync_id: UUID) -> Response:
        """Answer with what became of it."""
        sync = sync_get(actor=self.actor, sync_id=sync_id)
        self.admit(request)
        return Response(SyncOutput(sync).data)


class SyncPreviewView(SyncView):
    """The changes that a sync which was not taken in yet would make now."""

    is_conflicting = frozenset({"get"})

    @extend_schema(operation_id="people_syncs_preview", responses=LookedOutput)
    def get(self, _request: Request, sync_id: UUID) -> Response:
        """Answer with it, as the school is now."""
        return Response(LookedOutput(sync_look_again(actor=self.actor, sync_id=sync_id, now=database_now())).data)


class SyncApplyView(SyncView):
    """Taking a sync in."""

    uses_idempotency_key = True
    is_conflicting = frozenset({"post"})

    @extend_schema(operation_id="people_syncs_apply", request=ApplyInput, responses={202: SyncOutput})
    def post(self, request: Request, sync_id: UUID) -> Response:
        """Have it taken in exactly as it was looked at; it is `done`, or `outdated` and nothing changed, soon after."""

        def act(now: datetime) -> Response:
            sync_get(actor=self.actor, sync_id=sync_id)
            self.admit(request)
            given = ApplyInput(data=request.data)
            given.is_valid(raise_exception=True)
            despite_guard = given.validated_data["despite_guard"]
            sync = sync_apply(actor=self.actor, sync_id=sync_id, despite_guard=despite_guard, now=now)
            return Response(SyncOutput(sync).data, status=status.HTTP_202_ACCEPTED)

        return idempotent(request, act, still_shown=self.admitted)


def _pointed(faults: Sequence[Fault]) -> dict[str, Any]:
    """Return faults as the framework nests them: under file, line and column."""
    root: dict[str, Any] = {}
    for one in faults:
        line = root.setdefault(one.file, {}).setdefault(str(one.line), {})
        line.setdefault(one.column, []).append(ErrorDetail(one.message, code=one.code))
    return root

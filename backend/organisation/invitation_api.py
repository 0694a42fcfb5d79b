"""The API of inviting people."""

from datetime import datetime
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.idempotency import idempotent
from backend.common.serializers import StrictSerializer
from backend.organisation.permissions import Permission
from backend.organisation.services.invitations import Invited, person_invite
from backend.organisation.staff_view import StaffView


class InviteInput(StrictSerializer):
    """Nothing has to be said."""


class InviteOutput(serializers.Serializer[Invited]):
    """The number of mails that are on their way."""

    mails = serializers.IntegerField(help_text="0 when one went out within the last ten minutes.")
    waiting = serializers.IntegerField(help_text="1 when a second person has to confirm it first.")


class InviteView(StaffView):
    """Invite somebody without an account to open one."""

    access = Permission.STAFF_INVITE
    uses_idempotency_key = True

    @extend_schema(operation_id="people_invite", request=InviteInput, responses={202: InviteOutput})
    def post(self, request: Request, person_id: UUID) -> Response:
        """Send a link by mail that is good for seven days and once.

        Only the school's administrator may, and for a bureau its officers.
        """

        def act(now: datetime) -> Response:
            InviteInput(data=request.data).is_valid(raise_exception=True)
            invited = person_invite(actor=self.actor, person_id=person_id, now=now)
            return Response(InviteOutput(invited).data, status=status.HTTP_202_ACCEPTED)

        return idempotent(request, act)

"""The API of one's private duty calendar: whether there is one, making its address, letting it be dead."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.idempotency import HEADER, idempotent
from backend.duty.feed_serializers import FeedAddressOutput, FeedOutput
from backend.duty.feed_tokens import feed_token
from backend.duty.selectors.feeds import feed_check, feed_made_at
from backend.duty.services.feeds import feed_put, feed_take_back
from backend.organisation.staff_view import StaffView


class FeedView(StaffView):
    """The private address at which a calendar program reads one's own duty."""

    uses_idempotency_key = True

    @extend_schema(operation_id="me_duty_feed_retrieve", responses=FeedOutput)
    def get(self, _request: Request) -> Response:
        """Answer with when the address was made, if there is one; nobody can read the address again."""
        return Response(FeedOutput({"created_at": feed_made_at(actor=self.actor)}).data)

    @extend_schema(operation_id="me_duty_feed_create", request=None, responses={201: FeedAddressOutput})
    def post(self, request: Request) -> Response:
        """Make the address, or a new one after which the one before is dead; it is shown only here.

        Repeated after that address has died, the request answers 409 (`feed_address_dead`).
        """

        def act(now: datetime) -> Response:
            feed_put(actor=self.actor, token=self._token(request, now), now=now)
            return Response({"created_at": now.isoformat()}, status=status.HTTP_201_CREATED)

        def still_shown(body: Any) -> Any:
            feed_check(actor=self.actor, token=self._token(request, datetime.fromisoformat(body["created_at"])))
            return body

        # What is stored to be repeated holds no address: that is computed again from the key and the instant.
        response = idempotent(request, act, still_shown=still_shown)
        token = self._token(request, datetime.fromisoformat(response.data["created_at"]))
        address = f"{settings.PUBLIC_URL}{reverse('portal:duty_feed_read', args=[token])}"
        response.data = FeedAddressOutput({**response.data, "address": address}).data
        return response

    @extend_schema(operation_id="me_duty_feed_delete", responses={204: None})
    def delete(self, _request: Request) -> Response:
        """Switch this address off; nothing happens where there is none."""
        feed_take_back(actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _token(self, request: Request, made_at: datetime) -> str:
        return feed_token(person_id=self.actor.person_id, key=request.headers[HEADER], made_at=made_at)

"""The API of links to questions that somebody outside answers."""

from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.organisation.staff_view import StaffView
from backend.workflow.services.asking import question_link_end, question_link_make


class QuestionLinkOutput(serializers.Serializer[Any]):
    """A link that opens one page; it is shown here and never again."""

    address = serializers.CharField()


def link_address(token: str) -> str:
    """Return the address of the page that a link opens."""
    return f"{settings.PUBLIC_URL}/answer/{token}"


class QuestionLinkView(StaffView):
    """The link to one open question to somebody outside."""

    @extend_schema(operation_id="tickets_question_link_make", request=None, responses={201: QuestionLinkOutput})
    def post(self, _request: Request, ticket_id: UUID, part_id: UUID) -> Response:
        """Answer with a new link and end the one before; no key, since an answer that holds a secret is not kept."""
        token = question_link_make(actor=self.actor, ticket_id=ticket_id, part_id=part_id, now=database_now())
        return Response({"address": link_address(token)}, status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="tickets_question_link_end", responses={204: None})
    def delete(self, _request: Request, ticket_id: UUID, part_id: UUID) -> Response:
        """End the link; the question stays."""
        question_link_end(actor=self.actor, ticket_id=ticket_id, part_id=part_id, now=database_now())
        return Response(status=status.HTTP_204_NO_CONTENT)

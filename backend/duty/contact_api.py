"""The API of contact tests: asked by hand or by rule, answered with one tap; no position is asked, nobody is ranked."""

from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.idempotency import idempotent
from backend.duty.contact_serializers import (
    ContactInput,
    ContactRuleInput,
    ContactRuleOutput,
    ContactTakeBackInput,
    ContactTestOutput,
)
from backend.duty.models import ContactTest
from backend.duty.selectors.contact import contact_rules_of, contact_test_get, contact_tests_visible
from backend.duty.services.contact import contact_answer, contact_ask, contact_rule_set, contact_take_back
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView


class ContactTestListView(StaffView, ListAPIView[ContactTest]):
    """The contact tests of the signed-in person; to keepers of the rosters those of everybody where they work."""

    serializer_class = ContactTestOutput
    ordering = ("-asked_at", "id")

    def get_queryset(self) -> QuerySet[ContactTest]:
        """Return what the person may see."""
        return contact_tests_visible(actor=self.actor)

    @extend_schema(operation_id="contact_tests_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of them, the newest first."""
        return super().get(request, *args, **kwargs)


class RosterContactView(StaffView):
    """A contact test of a shift."""

    uses_idempotency_key = True

    @extend_schema(
        operation_id="rosters_ask_contact", request=ContactInput, responses={201: ContactTestOutput(many=True)}
    )
    def post(self, request: Request, shift_id: UUID) -> Response:
        """Ask everybody in it who is not away; whoever does not answer in time is passed over until they do."""

        def act(now: datetime) -> Response:
            asked = contact_ask(
                actor=self.actor, shift_id=shift_id, minutes=lambda: ContactInput(data=request.data).said, now=now
            )
            rows = contact_tests_visible(actor=self.actor).filter(id__in=[row.id for row in asked])
            shown = ContactTestOutput([*rows.order_by("person__name", "id")], many=True).data
            return Response(shown, status=status.HTTP_201_CREATED)

        return idempotent(request, act)


class ContactAnswerView(StaffView):
    """The answer to a contact test."""

    uses_idempotency_key = True

    @extend_schema(operation_id="contact_tests_answer", request=None, responses=ContactTestOutput)
    def post(self, request: Request, test_id: UUID) -> Response:
        """Say that one can be reached; late it counts as well."""

        def act(now: datetime) -> Response:
            contact_answer(actor=self.actor, test_id=test_id, now=now)
            return Response(ContactTestOutput(contact_test_get(actor=self.actor, test_id=test_id)).data)

        return idempotent(request, act)


class ContactTakeBackView(StaffView):
    """Taking a contact test back."""

    uses_idempotency_key = True

    @extend_schema(operation_id="contact_tests_take_back", request=ContactTakeBackInput, responses=ContactTestOutput)
    def post(self, request: Request, test_id: UUID) -> Response:
        """Take it back, with a reason: whoever was asked counts as reachable again."""

        def act(now: datetime) -> Response:
            said = ContactTakeBackInput(data=request.data)
            contact_take_back(actor=self.actor, test_id=test_id, reason=lambda: said.said, now=now)
            return Response(ContactTestOutput(contact_test_get(actor=self.actor, test_id=test_id)).data)

        return idempotent(request, act)


class ContactRuleListView(StaffView):
    """The rules by which the people of each sort of shift are asked before it begins."""

    access = MappingProxyType({"get": Permission.STAFF, "post": Permission.CONTACTS_ASK})
    uses_idempotency_key = True

    @extend_schema(operation_id="contact_rules_list", responses=ContactRuleOutput(many=True))
    def get(self, _request: Request) -> Response:
        """Answer with the rules of the school; a sort of shift without one is not asked."""
        return Response(ContactRuleOutput(contact_rules_of(actor=self.actor), many=True).data)

    @extend_schema(operation_id="contact_rules_set", request=ContactRuleInput, responses=ContactRuleOutput)
    def post(self, request: Request) -> Response:
        """Set when the people of one sort of shift are asked, or that they are not."""

        def act(now: datetime) -> Response:
            said = ContactRuleInput(data=request.data).said
            row = contact_rule_set(actor=self.actor, draft=said, now=now)
            return Response(ContactRuleOutput(row).data)

        return idempotent(request, act)

"""What is said with an action on one ticket or on many, and what came of it."""

from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from backend.common.openapi import ProblemSerializer
from backend.common.problems import problem_of
from backend.common.serializers import CleanTextField, IdField, StrictSerializer
from backend.rulebook.ruleset import Confidentiality, Severity
from backend.workflow.models import LONGEST_PARTY
from backend.workflow.services import ActionInput
from backend.workflow.services.bulk import BulkItem, BulkOutcome
from backend.workflow.states import Action, State

LONGEST_NOTE = 4000
MOST_IN_BULK = 100
USER_ACTIONS = [action.value for action in Action if action is not Action.ROUTE]
BULK_ACTIONS = [name for name in USER_ACTIONS if name not in {Action.RECLASSIFY, Action.WAIT}]
"""What can be done to many tickets with the same words; a correction is about one, and so is a wait."""


class ActionInputSerializer(StrictSerializer):
    """What is said with an action; which fields an action needs stands in the transition table.

    `category`, `severity`, `confidentiality` and `place` belong to `reclassify`; what is left out stays as it is.
    `waiting_for` belongs to `wait`: the outside party by name, in one line.
    """

    note = CleanTextField(max_length=LONGEST_NOTE, required=False, allow_blank=True, default="")
    assignee = IdField(required=False, allow_null=True, default=None)
    category = serializers.CharField(max_length=10, required=False, allow_null=True, default=None)
    severity = serializers.ChoiceField(choices=Severity.choices, required=False, allow_null=True, default=None)
    confidentiality = serializers.ChoiceField(
        choices=Confidentiality.choices, required=False, allow_null=True, default=None
    )
    place = IdField(required=False, allow_null=True, default=None)
    waiting_for = CleanTextField(
        max_length=LONGEST_PARTY, multiline=False, required=False, allow_blank=True, default=""
    )

    def given(self) -> ActionInput:
        """Return the checked values."""
        values: dict[str, Any] = self.validated_data
        return ActionInput(
            note=values["note"],
            assignee_id=values["assignee"],
            category=values["category"],
            severity=Severity(values["severity"]) if values["severity"] else None,
            confidentiality=Confidentiality(values["confidentiality"]) if values["confidentiality"] else None,
            place_id=values["place"],
            waiting_for=values["waiting_for"],
        )


class BulkItemInput(StrictSerializer):
    """One ticket, in the version seen; actions that need no If-Match need no version."""

    ticket = IdField()
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None)


class BulkInput(StrictSerializer):
    """One action for up to a hundred tickets, each named once."""

    action = serializers.ChoiceField(choices=BULK_ACTIONS)
    items = serializers.ListField(child=BulkItemInput(), min_length=1, max_length=MOST_IN_BULK)
    note = CleanTextField(max_length=LONGEST_NOTE, required=False, allow_blank=True, default="")
    assignee = IdField(required=False, allow_null=True, default=None)

    def validate_items(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Refuse a ticket named twice."""
        if len({item["ticket"] for item in items}) < len(items):
            raise serializers.ValidationError(_("Name each ticket once."), code="repeated")
        return items

    def bulk_items(self) -> list[BulkItem]:
        """Return the checked items."""
        return [BulkItem(item["ticket"], item["version"]) for item in self.validated_data["items"]]

    def given(self) -> ActionInput:
        """Return what is said with the action."""
        return ActionInput(note=self.validated_data["note"], assignee_id=self.validated_data["assignee"])


class BulkOutcomeOutput(serializers.Serializer[Any]):
    """What became of one item: 200 with the ticket's version and state now, or a status with its problem."""

    ticket = IdField()
    status = serializers.IntegerField()
    version = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(choices=State.choices, allow_null=True)
    problem = ProblemSerializer(allow_null=True)

    def to_representation(self, outcome: BulkOutcome) -> dict[str, Any]:
        """Write one outcome down."""
        problem = problem_of(outcome.refusal).document() if outcome.refusal else None
        return {
            "ticket": str(outcome.item.ticket_id),
            "status": problem["status"] if problem else HTTPStatus.OK.value,
            "version": outcome.ticket.version if outcome.ticket else None,
            "state": outcome.ticket.state if outcome.ticket else None,
            "problem": problem,
        }


class BulkOutput(serializers.Serializer[Any]):
    """The outcomes, in the order of the items."""

    items = BulkOutcomeOutput(many=True)

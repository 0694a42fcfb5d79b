"""Inputs of actions on one ticket or on many, made from what each action declares, and what came of them."""

from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from backend.common.openapi import ProblemSerializer
from backend.common.problems import problem_of
from backend.common.serializers import NO_SUCH_FIELD, AwareDateTimeField, CleanTextField, StrictSerializer
from backend.workflow.action import Action
from backend.workflow.action_input import (
    LONGEST_NOTE,
    MOST_DIGITS,
    MOST_PLACES,
    FieldKind,
    FieldSpec,
    field_specs,
    said_from,
)
from backend.workflow.actions import BULK_CHOICES, BY_NAME
from backend.workflow.models import Control
from backend.workflow.services.bulk import BulkItem, BulkOutcome
from backend.workflow.states import State

MOST_IN_BULK = 100
LEFT_OUT: dict[str, Any] = {"required": False, "allow_null": True, "default": None}
FIELDS: Mapping[FieldKind, Callable[[FieldSpec], serializers.Field[Any, Any, Any, Any]]] = {
    FieldKind.TEXT: lambda spec: _text_field(spec, multiline=True),
    FieldKind.LINE: lambda spec: _text_field(spec, multiline=False),
    FieldKind.CODE: lambda spec: serializers.CharField(max_length=spec.longest, **LEFT_OUT),
    FieldKind.CHOICE: lambda spec: serializers.ChoiceField(
        choices=spec.choices.choices if spec.choices else [], **LEFT_OUT
    ),
    FieldKind.PERSON: lambda _spec: serializers.UUIDField(**LEFT_OUT),
    FieldKind.PLACE: lambda _spec: serializers.UUIDField(**LEFT_OUT),
    FieldKind.MOMENT: lambda _spec: AwareDateTimeField(**LEFT_OUT),
    FieldKind.OFFICE: lambda _spec: serializers.UUIDField(**LEFT_OUT),
    FieldKind.PART: lambda _spec: serializers.UUIDField(**LEFT_OUT),
    FieldKind.AFFECTED: lambda _spec: serializers.UUIDField(**LEFT_OUT),
    FieldKind.TICKET: lambda spec: serializers.CharField(
        max_length=spec.longest, required=False, allow_blank=True, default="", help_text="A ticket's id or reference."
    ),
    FieldKind.FLAG: lambda _spec: serializers.BooleanField(required=False, default=False),
    FieldKind.NUMBER: lambda _spec: serializers.DecimalField(
        max_digits=MOST_DIGITS, decimal_places=MOST_PLACES, **LEFT_OUT
    ),
}


class ActionInputSerializer(StrictSerializer):
    """The words of one action.

    That something required is missing is said by the workflow, once it is known that the reader may act at all; the
    API's description names it as required all the same (`schema_required`).
    """

    schema_required: ClassVar[tuple[str, ...]] = ()


@cache
def input_serializer(action: Action[Any]) -> type[ActionInputSerializer]:
    """Return the serializer of what is said with an action."""
    specs = field_specs(action.said)
    name = "".join(word.capitalize() for word in action.name.split("-"))
    members: dict[str, Any] = {
        "__doc__": f"What is said with `{action.name}`.",
        "__module__": __name__,
        "schema_required": tuple(spec.name for spec in specs if spec.required),
        **{spec.name: FIELDS[spec.kind](spec) for spec in specs},
    }
    return type(f"{name}ActionInput", (ActionInputSerializer,), members)


def _text_field(spec: FieldSpec, *, multiline: bool) -> CleanTextField:
    return CleanTextField(max_length=spec.longest, multiline=multiline, required=False, allow_blank=True, default="")


class BulkItemInput(StrictSerializer):
    """One ticket, in the version seen; actions that need no If-Match need no version."""

    ticket = serializers.UUIDField()
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False, allow_null=True, default=None)


BESIDE_ANY = frozenset({"action", "items", "note"})


class BulkInput(StrictSerializer):
    """One action for up to a hundred tickets, each named once."""

    action = serializers.ChoiceField(choices=BULK_CHOICES)
    items = serializers.ListField(child=BulkItemInput(), min_length=1, max_length=MOST_IN_BULK)
    note = CleanTextField(max_length=LONGEST_NOTE, required=False, allow_blank=True, default="")
    assignee = serializers.UUIDField(required=False, allow_null=True, default=None)
    although_away = serializers.BooleanField(required=False, default=False)
    although_doubtful = serializers.BooleanField(required=False, default=False)
    control = serializers.ChoiceField(choices=Control.choices, required=False, allow_null=True, default=None)
    done_by = AwareDateTimeField(**LEFT_OUT, help_text="Of `next-step` and `adopt`.")
    promised_for = AwareDateTimeField(**LEFT_OUT, help_text="Of `promise` and `change-promise`.")
    due_at = AwareDateTimeField(**LEFT_OUT, help_text="Of `order`.")

    def validate_items(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Refuse a ticket named twice."""
        if len({item["ticket"] for item in items}) < len(items):
            raise serializers.ValidationError(_("Name each ticket once."), code="repeated")
        return items

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """Refuse a field that the action does not have, as on one ticket."""
        names = {spec.name for spec in field_specs(BY_NAME[given["action"]].said)}
        unknown = [name for name in given.keys() - BESIDE_ANY if given[name] and name not in names]
        if unknown:
            error = serializers.ErrorDetail(str(NO_SUCH_FIELD), code="unknown_field")
            raise serializers.ValidationError({name: [error] for name in unknown})
        return given

    def bulk_items(self) -> list[BulkItem]:
        """Return the checked items."""
        return [BulkItem(item["ticket"], item["version"]) for item in self.validated_data["items"]]

    def chosen(self) -> Action[Any]:
        """Return the action."""
        return BY_NAME[self.validated_data["action"]]

    def given(self) -> Any:
        """Return what is said with the action."""
        return said_from(self.chosen().said, self.validated_data)


class BulkOutcomeOutput(serializers.Serializer[Any]):
    """The outcome of one item: 200 with the ticket's version and state now, or a status with its problem."""

    ticket = serializers.UUIDField()
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

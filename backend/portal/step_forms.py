"""Forms of actions, made from what each action declares."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from backend.common.serializers import EARLIEST, LATEST, AwareDateTimeField
from backend.portal.forms import TOO_LONG, CleanLine, CleanText, LocalTime
from backend.workflow.action import Action
from backend.workflow.action_input import MOST_DIGITS, MOST_PLACES, FieldKind, FieldSpec, field_specs
from backend.workflow.affected_errors import UnknownAffected
from backend.workflow.errors import UnknownCategory, UnknownOffice, UnknownPart, UnknownPerson, UnknownPlace


def plausible_check(instant: datetime) -> None:
    """Raise ValidationError for an instant beyond the years that the API takes: what follows from it has no date."""
    if not EARLIEST <= instant < LATEST:
        raise ValidationError(AwareDateTimeField.default_error_messages["out_of_range"])


FIELDS: Mapping[FieldKind, Callable[[FieldSpec], forms.Field]] = {
    FieldKind.TEXT: lambda spec: CleanText(required=False, max_length=spec.longest, error_messages=TOO_LONG),
    FieldKind.LINE: lambda spec: CleanLine(required=False, max_length=spec.longest, error_messages=TOO_LONG),
    FieldKind.CODE: lambda spec: forms.CharField(
        required=False, max_length=spec.longest, error_messages={"max_length": UnknownCategory.title}
    ),
    FieldKind.CHOICE: lambda spec: forms.ChoiceField(
        required=False, choices=spec.choices.choices if spec.choices else ()
    ),
    FieldKind.PERSON: lambda _spec: forms.UUIDField(required=False, error_messages={"invalid": UnknownPerson.title}),
    FieldKind.PLACE: lambda _spec: forms.UUIDField(required=False, error_messages={"invalid": UnknownPlace.title}),
    FieldKind.MOMENT: lambda _spec: LocalTime(required=False, validators=[plausible_check]),
    FieldKind.OFFICE: lambda _spec: forms.UUIDField(required=False, error_messages={"invalid": UnknownOffice.title}),
    FieldKind.PART: lambda _spec: forms.UUIDField(required=False, error_messages={"invalid": UnknownPart.title}),
    FieldKind.AFFECTED: lambda _spec: forms.UUIDField(
        required=False, error_messages={"invalid": UnknownAffected.title}
    ),
    FieldKind.TICKET: lambda spec: CleanLine(required=False, max_length=spec.longest, error_messages=TOO_LONG),
    FieldKind.FLAG: lambda _spec: forms.BooleanField(required=False),
    FieldKind.NUMBER: lambda _spec: forms.DecimalField(
        required=False, max_digits=MOST_DIGITS, decimal_places=MOST_PLACES
    ),
}


class StepInput(forms.Form):
    """The part that every form of an action has: the version it showed, and its token."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    token = forms.CharField(max_length=64)

    def at(self, now: datetime) -> None:
        """Take the instant at which it is read, by which an hour that comes twice is told apart."""
        for field in self.fields.values():
            if isinstance(field, LocalTime):
                field.now = now

    @property
    def own_fields(self) -> tuple[str, ...]:
        """The names of the action's own fields."""
        return tuple(name for name in self.fields if name not in StepInput.base_fields)


@cache
def step_form(action: Action[Any]) -> type[StepInput]:
    """Return the form of an action; that something required is missing is said by the workflow."""
    own = {spec.name: FIELDS[spec.kind](spec) for spec in field_specs(action.said)}
    return type("StepForm", (StepInput,), own)

"""The form by which a leader has the places of a school looked over."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.portal.forms import TOO_LONG, CleanText, LocalTime
from backend.portal.placetree import PlaceGroup
from backend.portal.sweep_forms import TIME
from backend.rounds.services.inspecting import InspectionDraft
from backend.rulebook.round_rules import RoundPlan

WHY = {"required": _("Please say what for, for example the start of term."), **TOO_LONG}


class InspectionForm(forms.Form):
    """The checklist, the reason, until when, and which places; none ticked stand for all of the school."""

    plan = forms.ChoiceField()
    reason = CleanText(max_length=200, error_messages=WHY)
    due_at = LocalTime(error_messages=TIME)
    places = forms.MultipleChoiceField(required=False)
    token = forms.CharField(required=False, max_length=64)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        plans: Iterable[RoundPlan],
        groups: Sequence[PlaceGroup],
        initial: Mapping[str, Any],
    ) -> None:
        """Offer the inspections and the places of a school."""
        super().__init__(data, initial=dict(initial))
        self.groups = groups
        options = [(option.value, option.label) for group in groups for option in group.options]
        self.fields["plan"].choices = [(plan.code, plan.name) for plan in plans]  # type: ignore[attr-defined]
        self.fields["places"].choices = options  # type: ignore[attr-defined]
        self.fields["due_at"].now = initial["now"]  # type: ignore[attr-defined]

    def draft(self) -> InspectionDraft:
        """Return what is asked."""
        given = self.cleaned_data
        places = [UUID(place) for place in given["places"]]
        return InspectionDraft(given["plan"], given["reason"], given["due_at"], places)

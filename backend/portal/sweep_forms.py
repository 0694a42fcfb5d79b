"""The form that asks an office whether what was found at one place is so at others."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.organisation.models import Place, Unit
from backend.portal.forms import TOO_LONG, CleanText, LocalTime
from backend.rounds.services.sweeping import SweepDraft
from backend.rulebook.route_checks import MOST_PLACES

TIME = {"required": _("Please give a day and a time."), "invalid": _("Please give a day and a time.")}
PLACES = {"required": _("Please tick at least one place.")}


class SweepForm(forms.Form):
    """The question, the places, the office, and until when; `again` names a sweep of which a part is checked again."""

    question = CleanText(max_length=300, error_messages={"required": _("Please say what to look for."), **TOO_LONG})
    office = forms.ChoiceField()
    due_at = LocalTime(error_messages=TIME)
    places = forms.MultipleChoiceField(error_messages=PLACES)
    again = forms.UUIDField(required=False, widget=forms.HiddenInput)
    token = forms.CharField(required=False, max_length=64)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        offices: Sequence[Unit],
        places: Sequence[Place],
        initial: Mapping[str, Any],
        now: datetime,
    ) -> None:
        """Offer the offices and places of a school."""
        super().__init__(data, initial=dict(initial))
        self.fields["office"].choices = [(str(unit.id), unit.name) for unit in offices]  # type: ignore[attr-defined]
        self.fields["places"].choices = [(str(place.id), place.name) for place in places]  # type: ignore[attr-defined]
        self.fields["due_at"].now = now  # type: ignore[attr-defined]

    def clean_places(self) -> list[UUID]:
        """Return the places; a round goes over so many at most."""
        given: list[str] = self.cleaned_data["places"]
        if len(given) > MOST_PLACES:
            raise forms.ValidationError(_("Please tick 60 places at most, and ask again for the others."))
        return [UUID(place) for place in given]

    @property
    def offered(self) -> list[tuple[str, str, bool]]:
        """Every place with whether it is ticked."""
        chosen = self["places"].value() or []
        return [(key, name, key in chosen) for key, name in self.fields["places"].choices]  # type: ignore[attr-defined]

    def draft(self) -> SweepDraft:
        """Return what is asked."""
        given = self.cleaned_data
        return SweepDraft(given["question"], given["places"], UUID(given["office"]), given["due_at"], given["again"])

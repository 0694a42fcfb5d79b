"""The forms of the gate: a visitor, how long visitors may stay, an open day and what is counted on it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.common.days import plausible
from backend.gate.models import (
    LONGEST_ABOUT,
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_PLATE,
    LONGEST_STAY,
    MOST_AT_ONCE,
    MOST_COUNTED,
    SHORTEST_STAY,
    GateEntry,
    Purpose,
    Refused,
)
from backend.gate.services import CountDraft, VisitDraft
from backend.portal.forms import LONGEST_WAIT, TOO_LONG, CleanLine

WHO = _("Please choose who is visited from the list.")
PERSON, OFFICE = "person", "office"


class GateForm(forms.Form):
    """A visitor; who is visited is chosen from one list of offices and people."""

    gate = forms.UUIDField(
        error_messages={"required": _("Please choose the gate."), "invalid": _("Please choose the gate.")}
    )
    purpose = forms.ChoiceField(choices=Purpose.choices, error_messages={"required": _("Please choose what for.")})
    visitor = CleanLine(
        max_length=LONGEST_NAME, error_messages={"required": _("Please enter the visitor's name."), **TOO_LONG}
    )
    host = forms.CharField(required=False, max_length=60)
    plate = CleanLine(required=False, max_length=LONGEST_PLATE, error_messages=TOO_LONG)
    people = forms.IntegerField(required=False, min_value=1, max_value=MOST_AT_ONCE)
    refused = forms.ChoiceField(required=False, choices=[("", "—"), *Refused.choices])
    note = CleanLine(required=False, max_length=LONGEST_NOTE, error_messages=TOO_LONG)
    is_back = forms.BooleanField(required=False)
    waited = forms.IntegerField(required=False, min_value=0, max_value=LONGEST_WAIT)
    token = forms.CharField(required=False, max_length=64)

    def clean_host(self) -> tuple[UUID | None, UUID | None]:
        """Return the person or the office that is visited."""
        kind, _colon, named = self.cleaned_data["host"].partition(":")
        try:
            chosen = UUID(named) if named else None
        except ValueError:
            raise forms.ValidationError(WHO, code="invalid") from None
        return (chosen, None) if kind == PERSON else (None, chosen)

    def draft(self) -> VisitDraft:
        """Return what was sent."""
        given = self.cleaned_data
        host_id, office_id = given["host"]
        rest = {name: given[name] for name in ("purpose", "visitor", "plate", "refused", "note")}
        return VisitDraft(
            gate_id=given["gate"], host_id=host_id, office_id=office_id, people=given["people"] or 1, **rest
        )

    def came_at(self, now: datetime) -> datetime:
        """Return when they came; what was entered without a network has waited on its device since."""
        return now - timedelta(seconds=self.cleaned_data["waited"] or 0)

    def corrected(self) -> tuple[VisitDraft, bool]:
        """Return the same, and whether they are inside after all."""
        return self.draft(), self.cleaned_data["is_back"]


def entry_typed(entry: GateEntry) -> dict[str, Any]:
    """Return an entry as the form that corrects it shows it."""
    host = f"{PERSON}:{entry.host_id}" if entry.host_id else f"{OFFICE}:{entry.office_id}" if entry.office_id else ""
    same = ("purpose", "visitor", "plate", "people", "refused", "note")
    return {"gate": entry.gate_id, "host": host, **{name: getattr(entry, name) for name in same}}


class StayForm(forms.Form):
    """The minutes after which a visitor should have left."""

    stay_minutes = forms.IntegerField(min_value=SHORTEST_STAY, max_value=LONGEST_STAY)


class OpenDayForm(forms.Form):
    """A day on which everybody is let in."""

    day = forms.DateField(validators=[plausible], error_messages={"required": _("Please choose a day.")})
    about = CleanLine(max_length=LONGEST_ABOUT, error_messages={"required": _("Please say what it is."), **TOO_LONG})


class CountForm(forms.Form):
    """People counted at a gate."""

    gate = forms.UUIDField(
        error_messages={"required": _("Please choose the gate."), "invalid": _("Please choose the gate.")}
    )
    came_in = forms.IntegerField(required=False, min_value=-MOST_COUNTED, max_value=MOST_COUNTED)
    went_out = forms.IntegerField(required=False, min_value=-MOST_COUNTED, max_value=MOST_COUNTED)
    token = forms.CharField(required=False, max_length=64)

    def counted(self) -> CountDraft:
        """Return what was sent."""
        given = self.cleaned_data
        return CountDraft(given["gate"], given["came_in"] or 0, given["went_out"] or 0)

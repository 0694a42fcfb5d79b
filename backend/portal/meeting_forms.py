"""The forms of meetings: calling one, putting a ticket on its agenda, a reason, and the minutes."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.common.days import plausible
from backend.meetings.models import LONGEST_ABOUT, LONGEST_WORDS, Meeting
from backend.meetings.services import MeetingDraft, Minutes
from backend.portal.forms import TOO_LONG, CleanLine, CleanText

SAY_WHY = {"required": _("Please say why."), **TOO_LONG}


class MeetingForm(forms.Form):
    """A meeting that is called."""

    kind = forms.ChoiceField(choices=Meeting.Kind.choices)
    day = forms.DateField(validators=[plausible], error_messages={"required": _("Please choose a day.")})
    about = CleanLine(required=False, max_length=LONGEST_ABOUT, error_messages=TOO_LONG)

    def draft(self) -> MeetingDraft:
        """Return what was sent."""
        given = self.cleaned_data
        return MeetingDraft(Meeting.Kind(given["kind"]), given["day"], given["about"])


class ItemForm(forms.Form):
    """A ticket that is put on the agenda, and why."""

    ticket = CleanLine(max_length=40, error_messages={"required": _("Please enter the ticket's reference.")})
    words = CleanText(max_length=LONGEST_WORDS, error_messages=SAY_WHY)


class WhyForm(forms.Form):
    """The reason for which an item is taken off, or its ticket stays as it is."""

    words = CleanText(max_length=LONGEST_WORDS, error_messages=SAY_WHY)


class MinutesForm(forms.Form):
    """The people who were present, of the school's, and what was said besides."""

    present = forms.TypedMultipleChoiceField(coerce=UUID, required=False)
    words = CleanText(required=False, max_length=LONGEST_WORDS, error_messages=TOO_LONG)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        """Take the people who may have been there, by id and name."""
        super().__init__(*args, **kwargs)
        self.fields["present"].choices = people  # type: ignore[attr-defined]

    def minutes(self) -> Minutes:
        """Return what was sent."""
        return Minutes(self.cleaned_data["present"], self.cleaned_data["words"])

"""The forms of visits from outside."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.common.days import plausible
from backend.portal.forms import TOO_LONG, CleanText
from backend.rounds.models import Authority, OutsideReplyWord
from backend.rounds.models.replies import LONGEST_REASON, LONGEST_REFERENCE
from backend.rounds.services.outside import OutsideDraft
from backend.rounds.services.replying import Word

DAY = {"required": _("Please give a day."), "invalid": _("Please give a day.")}


class OutsideVisitForm(forms.Form):
    """The authority that came, who of it, on which day, and what they said."""

    authority = forms.ChoiceField(choices=Authority.choices)
    who = CleanText(max_length=200, error_messages={"required": _("Please say who came."), **TOO_LONG})
    day = forms.DateField(validators=[plausible], error_messages=DAY)
    words = CleanText(required=False, max_length=4000, error_messages=TOO_LONG)
    token = forms.CharField(required=False, max_length=64)

    def draft(self) -> OutsideDraft:
        """Return what is to be kept."""
        given = self.cleaned_data
        return OutsideDraft(given["authority"], given["who"], given["day"], given["words"])


class ReplyForm(forms.Form):
    """A word on an answer that an authority wants: its day, another day, or that it was given."""

    kind = forms.ChoiceField(choices=OutsideReplyWord.Kind.choices)
    day = forms.DateField(validators=[plausible], error_messages=DAY)
    reference = CleanText(required=False, max_length=LONGEST_REFERENCE, error_messages=TOO_LONG)
    reason = CleanText(required=False, max_length=LONGEST_REASON, error_messages=TOO_LONG)

    def clean(self) -> dict[str, Any]:
        """Ask for the reference of an answer that was given."""
        said = super().clean() or {}
        if said.get("kind") == OutsideReplyWord.Kind.ANSWERED and not said.get("reference"):
            self.add_error("reference", _("Please enter the number of the letter, or the authority's own."))
        return said

    def word(self) -> Word:
        """Return what was said."""
        said = self.cleaned_data
        return Word(OutsideReplyWord.Kind(said["kind"]), said["day"], said["reference"], said["reason"])


class OutsideFindingForm(forms.Form):
    """A ticket about what they found, and the day by which they want an answer."""

    ticket = forms.CharField(max_length=40, error_messages={"required": _("Please enter the ticket's reference.")})
    answer_by = forms.DateField(required=False, validators=[plausible], error_messages=DAY)

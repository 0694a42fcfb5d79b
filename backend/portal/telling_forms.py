"""The form of what somebody says on a report to somebody outside."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.outside.models import LONGEST_NAME, LONGEST_PHONE, LONGEST_REFERENCE, LONGEST_WORDS, OutsideWord
from backend.outside.services.saying import Said
from backend.portal.forms import TOO_LONG, CleanText, LocalTime
from backend.rulebook.outside_rules import Way

Kind = OutsideWord.Kind
TELLS = (Kind.TOLD, Kind.FOLLOWED_UP)
SAY_WHO = _("Please say who took it at the other end: a name, an office or a desk.")
SAY_WHY = _("Please say why.")


class SayForm(forms.Form):
    """The word that it was told (when, by whom, to whom and how) or does not apply (why)."""

    kind = forms.ChoiceField(choices=Kind.choices)
    at = LocalTime(required=False, error_messages={"invalid": _("Please give the day and the time.")})
    caller = forms.UUIDField(required=False)
    whom = CleanText(required=False, max_length=LONGEST_NAME, error_messages=TOO_LONG)
    way = forms.ChoiceField(choices=[("", ""), *Way.choices], required=False)
    reference = CleanText(required=False, max_length=LONGEST_REFERENCE, error_messages=TOO_LONG)
    words = CleanText(required=False, max_length=LONGEST_WORDS, error_messages=TOO_LONG)
    corrects = forms.UUIDField(required=False)

    def at_now(self, now: datetime) -> None:
        """Have an hour that comes twice be read by the present instant."""
        field = self.fields["at"]
        if isinstance(field, LocalTime):
            field.now = now

    def clean(self) -> dict[str, Any]:
        """Ask for who took it where it was told, and for the reason where it does not apply."""
        given = super().clean() or {}
        tells = given.get("kind") in TELLS
        if tells and not given.get("whom") and "whom" not in self.errors:
            self.add_error("whom", SAY_WHO)
        if not tells and not given.get("words") and "words" not in self.errors:
            self.add_error("words", SAY_WHY)
        return given

    def said(self) -> Said:
        """Return what was said."""
        given = self.cleaned_data
        kind = Kind(given["kind"])
        if kind not in TELLS:
            return Said(kind, words=given["words"], corrects=given["corrects"])
        return Said(
            kind=kind,
            at=given["at"],
            caller_id=given["caller"],
            whom=given["whom"],
            way=given["way"],
            reference=given["reference"],
            words=given["words"],
            corrects=given["corrects"],
        )


class PhoneForm(forms.Form):
    """The number at which a school reaches somebody outside."""

    phone = CleanText(required=False, max_length=LONGEST_PHONE, error_messages=TOO_LONG)

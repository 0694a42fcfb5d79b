"""The forms by which somebody is named for a place or an office, and by which that ends."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.common.days import plausible
from backend.responsibility.models import Slot
from backend.responsibility.services.sharing import ShareDraft, SlotDraft
from backend.rulebook.wording import Group

DAY = {"required": _("Please choose a day."), "invalid": _("Please choose a day.")}
PERSON = {"required": _("Please choose a person."), "invalid": _("Please choose a person.")}
PLACE = {"required": _("Please choose a place."), "invalid": _("Please choose a place.")}
OFFICE = {"required": _("Please choose an office."), "invalid": _("Please choose an office.")}


class NamingForm(forms.Form):
    """A person, and from when until when."""

    person = forms.UUIDField(error_messages=PERSON)
    from_day = forms.DateField(validators=[plausible], error_messages=DAY)
    until_day = forms.DateField(validators=[plausible], required=False, error_messages=DAY)
    token = forms.CharField(required=False, max_length=64)


class ShareForm(NamingForm):
    """Somebody answers for a place in a matter, or in all."""

    place = forms.UUIDField(error_messages=PLACE)
    topic = forms.ChoiceField(required=False, choices=[("", _("Everything")), *Group.choices])

    def draft(self) -> ShareDraft:
        """Return what was filled in."""
        given = self.cleaned_data
        return ShareDraft(given["place"], given["topic"], given["person"], given["from_day"], given["until_day"])


class SlotForm(NamingForm):
    """Somebody is in charge of an office, or supports it."""

    office = forms.UUIDField(error_messages=OFFICE)
    slot = forms.ChoiceField(choices=Slot.choices)

    def draft(self) -> SlotDraft:
        """Return what was filled in."""
        given = self.cleaned_data
        return SlotDraft(given["office"], given["slot"], given["person"], given["from_day"], given["until_day"])


class EndForm(forms.Form):
    """The last day of something."""

    until_day = forms.DateField(validators=[plausible], error_messages=DAY)

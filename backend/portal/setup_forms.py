"""Shapes of what the first pages of setting a school up send: the school, and its first administrator."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.organisation.models import School
from backend.portal.account_forms import InvitationForm

TIME_ZONES: dict[str, Promise] = {
    "Asia/Shanghai": _("China"),
    "Asia/Hong_Kong": _("Hong Kong, Macao"),
    "Asia/Taipei": _("Taipei"),
    "Asia/Singapore": _("Singapore, Malaysia"),
    "Asia/Bangkok": _("Thailand, Vietnam"),
    "Asia/Tokyo": _("Japan"),
    "Asia/Seoul": _("Korea"),
    "Asia/Kolkata": _("India"),
    "Asia/Dubai": _("Gulf states"),
    "Australia/Sydney": _("Australia, east"),
    "Europe/London": _("Britain, Ireland, Portugal"),
    "Europe/Berlin": _("Central Europe"),
    "America/New_York": _("America, east"),
    "America/Chicago": _("America, middle"),
    "America/Los_Angeles": _("America, west"),
}
LONGEST_CAMPUSES = 2000
MOST_CAMPUSES = 20
REQUIRED = {"required": _("Please fill this in.")}


class SchoolForm(forms.Form):
    """The school; one name is enough, and whoever has one more in the other language gives both."""

    name_zh = forms.CharField(max_length=120, required=False)
    name_en = forms.CharField(max_length=120, required=False)
    kind = forms.ChoiceField(choices=School.Kind.choices, error_messages=REQUIRED)
    campuses = forms.CharField(max_length=LONGEST_CAMPUSES, required=False)
    time_zone = forms.ChoiceField(choices=tuple(TIME_ZONES.items()), error_messages=REQUIRED)
    bureau = forms.CharField(max_length=120, required=False)

    def clean_campuses(self) -> str:
        """Refuse more campuses than a school has."""
        text: str = self.cleaned_data["campuses"]
        if len(text.splitlines()) > MOST_CAMPUSES or any(len(line) > 100 for line in text.splitlines()):  # noqa: PLR2004
            raise ValidationError(_("One campus on each line, at most twenty."))
        return text

    def clean(self) -> dict[str, Any]:
        """Ask for a name in one language at least."""
        values = super().clean() or {}
        if not values.get("name_zh") and not values.get("name_en"):
            self.add_error("name_zh", _("Please give the name of the school in one of the two languages."))
        return values


class AdministratorForm(InvitationForm):
    """The person who sets the school up, and the account to sign in with."""

    field_order = ("name", "staff_number", "address", "username")
    name = forms.CharField(max_length=80, error_messages=REQUIRED)
    staff_number = forms.CharField(max_length=40, error_messages=REQUIRED)
    address = forms.CharField(
        max_length=254,
        error_messages=REQUIRED,
        validators=[EmailValidator(_("This is no e-mail address. Write it like name@school.example."))],
    )

"""Shapes of what the first pages of setting a school up send: the school, and its first administrator."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.common.errors import NotFound
from backend.common.identities import plain_of
from backend.common.mail_addresses import LONGEST_ADDRESS, is_mail_address, mail_address_of
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
OFFICE, REMOVED = "office-", "remove"
REQUIRED = {"required": _("Please fill this in.")}
LANGUAGES = ((User.Language.CHINESE.value, "中文"), (User.Language.ENGLISH.value, "English"))


class PlainField(forms.CharField):
    """A text in the form in which identities are stored; what nobody can see is nothing."""

    def to_python(self, value: Any) -> str:
        """Return it in that form, which is then judged: it may be longer than what was typed, or empty."""
        return plain_of(super().to_python(value) or "")


class MailAddressField(PlainField):
    """An e-mail address in the one form in which it is stored."""

    def __init__(self) -> None:
        super().__init__(label=_("E-mail address"), max_length=LONGEST_ADDRESS, error_messages=REQUIRED)

    def to_python(self, value: Any) -> str:
        """Return it in that form; what is no address is refused."""
        text = mail_address_of(super().to_python(value))
        if text and not is_mail_address(text):
            raise ValidationError(_("This is no e-mail address. Write it like name@school.example."))
        return text


class VisibleField(forms.CharField):
    """A text as it was typed, with its typography; what nobody can see is nothing."""

    def to_python(self, value: Any) -> str:
        """Return it, or nothing."""
        text: str = super().to_python(value) or ""
        return text if plain_of(text) else ""


class SchoolForm(forms.Form):
    """The school; one name is enough, and whoever has one more in the other language gives both."""

    name_zh = VisibleField(label=_("Name of the school in Chinese"), max_length=120, required=False)
    name_en = VisibleField(label=_("Name of the school in English"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("Kind of school"), choices=School.Kind.choices, error_messages=REQUIRED)
    campuses = forms.CharField(max_length=LONGEST_CAMPUSES, required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=tuple(TIME_ZONES.items()), error_messages=REQUIRED)
    bureau = VisibleField(label=_("Education bureau or trust above the school"), max_length=120, required=False)

    def clean_campuses(self) -> str:
        """Refuse more campuses than a school has."""
        lines = [line.strip() for line in self.cleaned_data["campuses"].splitlines() if plain_of(line)]
        if len(lines) > MOST_CAMPUSES or any(len(line) > 100 for line in lines):  # noqa: PLR2004
            raise ValidationError(_("One campus on each line, at most twenty."))
        return "\n".join(lines)

    def clean(self) -> dict[str, Any]:
        """Ask for a name in one language at least."""
        values = super().clean() or {}
        if not values.get("name_zh") and not values.get("name_en"):
            self.add_error("name_zh", _("Please give the name of the school in one of the two languages."))
        return values


class AdministratorForm(InvitationForm):
    """The person who sets the school up, and the account to sign in with."""

    field_order = ("name", "staff_number", "address", "username")
    name = PlainField(label=_("Your name"), max_length=80, error_messages=REQUIRED)
    staff_number = PlainField(label=_("Staff number"), max_length=40, error_messages=REQUIRED)
    address = MailAddressField()


def offices_chosen(*, data: Mapping[str, str]) -> dict[UUID, UUID | None]:
    """Return which office takes the place of which (None: nobody's); those that stay are left out; raise NotFound."""
    sent = {name.removeprefix(OFFICE): value for name, value in data.items() if name.startswith(OFFICE) and value}
    try:
        return {UUID(office): None if value == REMOVED else UUID(value) for office, value in sent.items()}
    except ValueError as error:
        raise NotFound from error


class BureauForm(forms.Form):
    """The names of the bureau or trust above a school; one is enough."""

    name_zh = VisibleField(label=_("Chinese name"), max_length=120, required=False)
    name_en = VisibleField(label=_("English name"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for a name in one language at least."""
        values = super().clean() or {}
        if not values.get("name_zh") and not values.get("name_en"):
            self.add_error("name_zh", _("Please fill this in."))
        return values


class OfficerForm(forms.Form):
    """An officer of the bureau; who has no staff number there gets one."""

    name = PlainField(label=_("Name"), max_length=80, error_messages=REQUIRED)
    address = MailAddressField()
    staff_number = PlainField(label=_("Staff number"), max_length=40, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    is_deputy = forms.BooleanField(required=False)

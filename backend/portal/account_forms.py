"""Shapes of what people send about their own account, and of a staff list."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import username_normalised

LONGEST_USERNAME = 80
LONGEST_PASSWORD = 200
NO_FILE = _("Please choose a file.")
NO_PASSWORD = {"required": _("Please choose a password.")}


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    token = forms.CharField(max_length=1000, required=False)
    password = forms.CharField(max_length=LONGEST_PASSWORD, strip=False, error_messages=NO_PASSWORD)
    again = forms.CharField(
        max_length=LONGEST_PASSWORD, strip=False, error_messages={"required": _("Please type it once more.")}
    )

    def clean(self) -> dict[str, Any]:
        """Refuse two different passwords."""
        values = super().clean() or {}
        if "password" in values and "again" in values and values["password"] != values["again"]:
            self.add_error("again", _("The two passwords are not the same. Please type them again."))
        return values


class InvitationForm(NewPasswordForm):
    """The user name and password of a new account."""

    field_order: tuple[str, ...] = ("username",)
    username = forms.CharField(
        label=_("User name"),
        max_length=LONGEST_USERNAME,
        error_messages={"required": _("Please choose a user name.")},
        validators=[RegexValidator(r"^[\w.@+-]+$", _("Use letters, digits and . @ + - _ only, without spaces."))],
    )

    def clean_username(self) -> str:
        """Return the name in the spelling it is stored in; its length may have grown by that."""
        name = username_normalised(self.cleaned_data["username"])
        if len(name) > LONGEST_USERNAME:
            raise ValidationError(_("Please choose a shorter user name."))
        return name


class PasswordForm(NewPasswordForm):
    """The present password and a new one."""

    field_order = ("present",)
    present = forms.CharField(
        max_length=LONGEST_PASSWORD, strip=False, error_messages={"required": _("Please enter your present password.")}
    )


class ForgottenForm(forms.Form):
    """The name or address of an account."""

    asked = forms.CharField(
        max_length=254, error_messages={"required": _("Please enter your user name or your e-mail address.")}
    )


class StaffListForm(forms.Form):
    """A file with a staff list."""

    file = forms.FileField(
        allow_empty_file=True,
        error_messages={"required": NO_FILE, "invalid": NO_FILE},
    )

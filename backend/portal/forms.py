"""Shapes of what the pages send; a refused form keeps what was typed."""

import secrets
import unicodedata
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _

from backend.common.moments import NO_SUCH_TIME, instant_of, is_twice
from backend.portal.inbox import BOARD, Tab
from backend.portal.models import LONGEST_NAME, LONGEST_WORDS

TOO_LONG = {"max_length": _("This is longer than %(limit_value)d characters. Please shorten it.")}

LONGEST_WAIT = 14 * 24 * 3600
"""The seconds for which a device keeps what is to be sent."""


def token_new() -> str:
    """Return the token of a new form, by which a form sent twice is recognised."""
    return secrets.token_urlsafe(16)


class CleanText(forms.CharField):
    """Text of several lines; invisible control characters, which pasting brings along, are left out."""

    def to_python(self, value: str | None) -> str:
        """Normalise line ends first, so that they count once."""
        text = (value or "").replace("\r\n", "\n").replace("\r", "\n")
        kept = [letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cs"}]
        return "".join(kept).strip()


class CleanLine(CleanText):
    """Text of one line; whatever would break it becomes a space."""

    def to_python(self, value: str | None) -> str:
        """Join the words with single spaces."""
        return " ".join(super().to_python(value).split())


class LocalTime(forms.DateTimeField):
    """A day and a time of day as a phone's picker gives them, in the school's time zone.

    Of an hour that comes twice the later one counts that has begun (`now`); one that does not come is refused.
    """

    widget = forms.DateTimeInput
    now: datetime

    def to_python(self, value: Any) -> datetime | None:
        """Return the instant; a year at the edge of the calendar has none and is refused."""
        try:
            return super().to_python(value)
        except OverflowError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        except ValidationError as error:
            wall = parse_datetime(str(value).strip()) if error.code == "ambiguous_timezone" else None
            zone = get_current_timezone()
            if wall is None:
                raise
            if not is_twice(wall.replace(tzinfo=zone)):
                raise ValidationError(NO_SUCH_TIME, code="no_such_time") from error
            return instant_of(wall=wall, zone=zone, now=self.now)


class SignInForm(forms.Form):
    """A user name and a password."""

    username = forms.CharField(max_length=80, error_messages={"required": _("Please enter your user name.")})
    password = forms.CharField(
        max_length=200, strip=False, error_messages={"required": _("Please enter your password.")}
    )


class AmendmentForm(forms.Form):
    """The form to add to one's own report."""

    text = CleanText(
        max_length=8000, error_messages={"required": _("Please write what you would like to add."), **TOO_LONG}
    )
    token = forms.CharField(max_length=64)


class WithdrawalForm(forms.Form):
    """The form to withdraw one's own report, with a reason if one wants."""

    text = CleanText(required=False, max_length=4000, error_messages=TOO_LONG)
    token = forms.CharField(max_length=64)


class ViewNameForm(forms.Form):
    """The name of a saved view."""

    name = CleanLine(max_length=LONGEST_NAME, error_messages={"required": _("Please give it a name."), **TOO_LONG})


class SavedViewForm(ViewNameForm):
    """A view to keep, beside its filters."""

    tab = forms.ChoiceField(choices=[(tab.value, tab.label) for tab in Tab if tab not in BOARD])
    q = CleanLine(required=False, max_length=LONGEST_WORDS, error_messages=TOO_LONG)

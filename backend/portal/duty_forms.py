"""The form by which somebody steps in for a colleague on duty."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.portal.forms import TOO_LONG, CleanText


class TakeOverForm(forms.Form):
    """The reason why it cannot wait."""

    note = CleanText(
        max_length=1000,
        error_messages={"required": _("Please say why it cannot wait; your colleague reads it."), **TOO_LONG},
    )

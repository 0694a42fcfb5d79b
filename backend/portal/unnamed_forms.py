"""The forms of people without a name: a report, a tracking code, a message, and a step."""

from dataclasses import replace
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.anonymous.codes import LONGEST_TYPED
from backend.portal.forms import TOO_LONG, CleanText
from backend.portal.report_form import ReportForm
from backend.workflow.action_input import LONGEST_NOTE
from backend.workflow.models import ReporterMode
from backend.workflow.services import TicketDraft


def key_new() -> str:
    """Return the key of a new form, from which its tracking code follows."""
    return str(uuid4())


class UnnamedReportForm(ReportForm):
    """The form of a report without a name: what it says of people is left out, whoever filled it in."""

    def draft(self) -> TicketDraft:
        """Return the checked values, without anybody's name."""
        return replace(
            super().draft(),
            persons_concerned=frozenset(),
            is_exercise=False,
            reporter_mode=ReporterMode.ANONYMOUS,
            earlier=None,
        )


class CodeForm(forms.Form):
    """A tracking code as somebody types it."""

    code = forms.CharField(
        max_length=LONGEST_TYPED, strip=False, error_messages={"required": _("Please enter your tracking code.")}
    )


class MessageForm(forms.Form):
    """A message, with photos or without."""

    text = CleanText(
        max_length=LONGEST_NOTE, error_messages={"required": _("Please write something first."), **TOO_LONG}
    )


class UnnamedStepForm(forms.Form):
    """A step with its words."""

    note = CleanText(required=False, max_length=LONGEST_NOTE, error_messages=TOO_LONG)

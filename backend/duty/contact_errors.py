"""Refusals about contact tests, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict


class ShiftNotNear(Conflict):
    """The shift is over, or begins in more than a day."""

    code = "shift_not_near"
    title = _("A contact test is held for a shift that is in force or begins within a day.")


class NobodyToAsk(Conflict):
    """Everybody in the shift is away, or was asked already and has time to answer."""

    code = "nobody_to_ask"
    title = _("Everybody in this shift is away, or has been asked already and has not answered yet.")


class ContactOver(Conflict):
    """The test was answered, or taken back."""

    code = "contact_over"
    title = _("This contact test is answered already, or was taken back.")

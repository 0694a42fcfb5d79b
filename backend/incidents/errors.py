"""Refusals about reports, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict
from backend.workflow.errors import AmendingTooLate


class ReadByCaseTeam(AmendingTooLate):
    """The reporter of a sealed ticket cannot comment on it, only speak to those who read it."""

    title = _(
        "This has been read already, so it stays as it is. Please speak to the student protection lead in person."
    )


class TooManyAmendments(Conflict):
    """A report can be added to fifty times."""

    code = "too_many_amendments"
    title = _("You have added to this report very often. Please speak to the office that has it.")

"""Refusals about special periods, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid


class UnknownTemplate(Invalid):
    """The rules of the school have no such kind of period."""

    code = "unknown_template"
    title = _("Your school's rules have no such special period. Choose one from the list.")


class PeriodDaysWrong(Invalid):
    """The days of a period or of a measure are over, not in order, or too many."""

    code = "period_days_wrong"
    title = _("Give a first day from today on, a last day that is not before it, and a year at most.")


class ReviewTooLate(Invalid):
    """The review would be due after the period has begun, or at a time that is over."""

    code = "review_too_late"
    title = _("What is open is reviewed before the period begins. Choose a time from now until then.")


class MeasureWrong(Invalid):
    """A measure asks for something that the school's rules do not have, or says too little."""

    code = "measure_wrong"
    title = _("This measure cannot be taken as it stands. Check what it is about, and its numbers.")


class PeriodNeedsPlaces(Invalid):
    """A walk would be asked for without a place to look at."""

    code = "period_needs_places"
    title = _("A walk is asked for, and nobody would know where. Choose the places that are looked at.")


class PeriodScopeUnknown(Invalid):
    """The period names units or places that the school does not have."""

    code = "period_scope_unknown"
    title = _("Choose offices, classes and places that your school has.")


class PeriodNotDraft(Conflict):
    """The period is approved, or will not be held."""

    code = "period_not_draft"
    title = _("This is decided already. Lengthen it or end it earlier instead.")


class PeriodNotInForce(Conflict):
    """The period is not approved, is over, or was called off."""

    code = "period_not_in_force"
    title = _("This period is not approved, or is over. Load the page again to see how it stands.")


class PeriodBegun(Conflict):
    """The period has begun, so that it is ended and not called off."""

    code = "period_begun"
    title = _("This period has begun. End it earlier instead; the record of it stays.")


class NotInReview(Invalid):
    """The ticket is not one of those that are reviewed before the period."""

    code = "not_in_review"
    title = _("This ticket is not open, or neither urgent nor overdue; there is nothing to decide about it here.")


class PeriodDecided(Conflict):
    """The ticket is decided already."""

    code = "period_decided"
    title = _("This is decided already. Load the page again to see what was decided.")


class PeriodNotOver(Conflict):
    """The summary of a period is written once it is over."""

    code = "period_not_over"
    title = _("The summary is written once the period is over.")


class NoSummary(Conflict):
    """There is no summary that could be approved, or it is approved already."""

    code = "no_summary"
    title = _("There is no summary to approve, or it is approved already and stays as it is.")
